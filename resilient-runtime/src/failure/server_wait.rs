//! Stage classify: the server's own word on when to come back. Takes header values, gives a wait.

use super::{Class, Classification, Processed};
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

impl Classification {
    /// Takes the wait that the server names with a failure. An overloaded one that names the time to come back has put
    /// the request off, not begun it.
    pub(crate) fn come_back(self, wait: ServerWait) -> Self {
        let processed = match self.class {
            Class::Overloaded => Processed::No,
            _ => self.processed,
        };
        self.wait(wait).processed(processed)
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
    /// The header `x-ms-retry-after-ms` of Azure: milliseconds.
    XMsRetryAfterMs,
    /// The header `x-amz-retry-after` of AWS: milliseconds.
    XAmzRetryAfter,
    /// The headers of a quota of which nothing is left: the time until it is reset.
    RateLimitReset,
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
            Self::XMsRetryAfterMs => "x-ms-retry-after-ms",
            Self::XAmzRetryAfter => "x-amz-retry-after",
            Self::RateLimitReset => "ratelimit-reset",
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
