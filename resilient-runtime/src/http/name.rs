//! Names compared without case, separators and a closing "error", "exception" or "fault".

/// The hash of a name: equal for `rate_limit_error`, `RateLimit` and `RATE-LIMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name(u64);

impl Name {
    pub(super) const fn of(text: &str) -> Self {
        let (count, end) = letters(text.as_bytes());
        let suffix =
            if end & 0xff_ffff_ffff == word(b"error") || end & 0xff_ffff_ffff == word(b"fault") {
                5
            } else if end & 0xff_ffff_ffff_ffff_ffff == word(b"exception") {
                9
            } else {
                0
            };
        let kept = if count > suffix {
            count.saturating_sub(suffix)
        } else {
            count
        };
        Self(hash(text.as_bytes(), kept))
    }

    /// The name of a member or header, whose end matters.
    pub(super) const fn exact(text: &str) -> Self {
        Self(hash(text.as_bytes(), u32::MAX))
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

/// The number of letters and digits, and the last nine of them in lower case.
const fn letters(mut bytes: &[u8]) -> (u32, u128) {
    let (mut count, mut end) = (0_u32, 0_u128);
    while let Some((byte, rest)) = bytes.split_first() {
        if is_part(*byte) {
            count = count.saturating_add(1);
            end = end << 8 & 0xff_ffff_ffff_ffff_ffff | byte.to_ascii_lowercase() as u128;
        }
        bytes = rest;
    }
    (count, end)
}

const fn word(bytes: &[u8]) -> u128 {
    letters(bytes).1
}

/// FNV-1a of the first letters: <http://www.isthe.com/chongo/tech/comp/fnv/>
const fn hash(mut bytes: &[u8], mut count: u32) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while let Some((byte, rest)) = bytes.split_first() {
        if is_part(*byte) {
            if count == 0 {
                break;
            }
            count = count.saturating_sub(1);
            hash = (hash ^ byte.to_ascii_lowercase() as u64).wrapping_mul(0x0100_0000_01b3);
        }
        bytes = rest;
    }
    hash
}

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// A list of names, hashed by the compiler.
macro_rules! names {
    ($($name:literal),* $(,)?) => { &[$($crate::http::name::Name::of($name)),*] };
}
pub(super) use names;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_only_by_their_letters() {
        for same in [
            "RateLimit",
            "rate-limit",
            "RATE_LIMIT_ERROR",
            "rateLimitException",
        ] {
            assert_eq!(Name::of(same), Name::of("rate_limit"), "{same}");
        }
        for other in ["rate_limits", "rate", "", "rate_limit_errors"] {
            assert_ne!(Name::of(other), Name::of("rate_limit"), "{other}");
        }
        assert_eq!(Name::of("error"), Name::exact("Error"));
        assert_ne!(Name::exact("rate_limit_error"), Name::exact("rate_limit"));
    }
}
