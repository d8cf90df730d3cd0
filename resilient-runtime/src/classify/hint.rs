//! Stage classify: the server's own word on when to come back. Takes header values, gives a wait.

use std::{fmt, time::Duration};

/// How long the server asks to wait, and where it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerWait {
    /// The wait, counted from the answer.
    pub duration: Duration,
    /// Where it was read.
    pub origin: WaitOrigin,
}

impl ServerWait {
    /// A wait that was read at `origin`.
    pub const fn new(duration: Duration, origin: WaitOrigin) -> Self {
        Self { duration, origin }
    }
}

/// Where in an answer a wait was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitOrigin {
    /// The header `retry-after-ms`: milliseconds.
    RetryAfterMs,
    /// The header `retry-after` ([RFC 9110, section
    /// 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)): seconds, here with fractions too,
    /// or an HTTP date.
    RetryAfter,
    /// The body of the answer.
    Body,
    /// Elsewhere: the error type knows it.
    Error,
}

impl WaitOrigin {
    /// The name that the log uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RetryAfterMs => "retry-after-ms",
            Self::RetryAfter => "retry-after",
            Self::Body => "body",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for WaitOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A number of `unit`s as digits with at most one point, spaces around it allowed: `20`, `1.5`, ` 7 `.
/// Everything else (signs, exponents, `inf`, hexadecimal, a comma) is no number here. Too large a
/// number saturates, so that it is still recognised as too long a wait.
#[cfg(feature = "http")]
pub(super) fn number_of(text: &str, unit: Duration) -> Option<Duration> {
    let text = text.trim_matches([' ', '\t']);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || text.len() > 64 {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(number * unit.as_secs_f64()).unwrap_or(Duration::MAX))
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::*;

    #[test]
    fn f32_only_plain_numbers_are_waits() {
        let second = Duration::from_secs(1);
        for (text, seconds) in [
            ("20", 20.0),
            ("1.5", 1.5),
            (" 7 ", 7.0),
            ("0", 0.0),
            ("007", 7.0),
        ] {
            assert_eq!(
                number_of(text, second),
                Some(Duration::from_secs_f64(seconds)),
                "{text}"
            );
        }
        let long = "9".repeat(10_000);
        for text in [
            "", " ", ".", "5.", ".5", "inf", "Infinity", "nan", "1e400", "-1", "+5", "0x10", "5,5",
            "5.5.5", "5 5", "\u{0665}", "soon", "-10", &long,
        ] {
            assert_eq!(number_of(text, second), None, "{text}");
        }
        assert_eq!(
            number_of("18446744073709551616", second),
            Some(Duration::MAX)
        );
        assert_eq!(
            number_of("561", Duration::from_millis(1)),
            Some(Duration::from_millis(561))
        );
    }
}
