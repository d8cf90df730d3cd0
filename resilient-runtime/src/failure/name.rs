//! Names compared without case, separators and a closing "error", "exception" or "fault".

/// The hash of a name: equal for `rate_limit_error`, `RateLimit` and `RATE-LIMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name(u64);

impl Name {
    pub(crate) const fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let short = match without(bytes, b"error") {
            None => match without(bytes, b"fault") {
                None => without(bytes, b"exception"),
                short => short,
            },
            short => short,
        };
        if let Some(short) = short {
            let short = Self(hash(short));
            if short.0 != START {
                return short;
            }
        }
        Self(hash(bytes))
    }
}

#[cfg(feature = "http")]
impl Name {
    /// The name of a member or header, whose end matters.
    pub(crate) const fn exact(text: &str) -> Self {
        Self(hash(text.as_bytes()))
    }

    /// The name that consists of the digits of a number.
    pub(crate) fn of_number(number: u64) -> Self {
        let mut digits = [0_u8; 20];
        let mut left = number;
        let mut start = digits.len();
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = u8::try_from(left % 10).unwrap_or_default() | b'0';
            left /= 10;
            start = at;
            if left == 0 {
                break;
            }
        }
        Self(hash(digits.get(start..).unwrap_or_default()))
    }

    /// One of 64 bits.
    pub(crate) const fn bit(self) -> u64 {
        1_u64.wrapping_shl((self.0 & 63) as u32)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }
}

/// The bytes before this ending, given in lower case.
const fn without<'t, const N: usize>(bytes: &'t [u8], ending: &[u8; N]) -> Option<&'t [u8]> {
    let Some((start, end)) = bytes.split_last_chunk::<N>() else {
        return None;
    };
    let (mut end, mut ending): (&[u8], &[u8]) = (end, ending);
    while let (Some((one, ends)), Some((other, endings))) =
        (end.split_first(), ending.split_first())
    {
        if one.to_ascii_lowercase() != *other {
            return None;
        }
        (end, ending) = (ends, endings);
    }
    Some(start)
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a of the letters and digits: <http://www.isthe.com/chongo/tech/comp/fnv/>
#[expect(
    clippy::indexing_slicing,
    reason = "the table has a place for every byte"
)]
const fn hash(mut bytes: &[u8]) -> u64 {
    let mut hash = START;
    while let Some((byte, rest)) = bytes.split_first() {
        let folded = FOLDED[*byte as usize];
        if folded != 0 {
            hash = (hash ^ folded as u64).wrapping_mul(0x0100_0000_01b3);
        }
        bytes = rest;
    }
    hash
}

/// The lower case of each letter and digit, and zero for what is left out. A table, because every
/// byte of every name is looked up.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte = u8::MAX;
    loop {
        if is_part(byte) {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        if byte == 0 {
            break folded;
        }
        byte -= 1;
    }
};

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// A list of names, hashed by the compiler.
macro_rules! names {
    ($($name:literal),* $(,)?) => { &[$($crate::failure::name::Name::of($name)),*] };
}
pub(crate) use names;

#[cfg(all(test, feature = "http"))]
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
        for number in [0, 7, 1_130, u64::MAX] {
            assert_eq!(Name::of_number(number), Name::of(&number.to_string()));
        }
        assert_ne!(Name::exact("rate_limit_error"), Name::exact("rate_limit"));
    }
}
