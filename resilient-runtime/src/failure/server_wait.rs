//! The wait that a server asks for.

use super::{Class, Classification, Processed};
use std::{fmt, time::Duration};

/// The wait that a server asks for, and its origin.
#[doc(alias = "retry-after")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerWait {
    /// The wait, counted from the response.
    pub duration: Duration,
    /// Where it was read.
    pub origin: WaitOrigin,
}

impl ServerWait {
    /// A wait read at `origin`.
    pub const fn new(duration: Duration, origin: WaitOrigin) -> Self {
        Self { duration, origin }
    }
}

impl Classification {
    /// Applies the wait that the server asks for. An overloaded server that names a wait has
    /// deferred the request without starting it.
    pub(crate) fn come_back(self, wait: ServerWait) -> Self {
        let processed = match self.class {
            Class::Overloaded => Processed::No,
            _ => self.processed,
        };
        self.wait(wait).processed(processed)
    }
}

/// The part of a response where a wait was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitOrigin {
    /// The header `retry-after-ms`: milliseconds.
    RetryAfterMs,
    /// The header `retry-after` ([RFC 9110, section
    /// 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)): seconds, here with
    /// fractions too, or an HTTP date.
    RetryAfter,
    /// The header `x-ms-retry-after-ms` of Azure: milliseconds.
    XMsRetryAfterMs,
    /// The header `x-amz-retry-after` of AWS: milliseconds.
    XAmzRetryAfter,
    /// The headers of an exhausted quota: the time until its reset.
    RateLimitReset,
    /// The body of the response.
    Body,
    /// Elsewhere: reported by the error type.
    Error,
}

impl WaitOrigin {
    /// The name used in logs.
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
