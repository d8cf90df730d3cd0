//! Stage classify: HTTP status codes and headers.

use super::{Classification, Classify, Processed, Retryable, ServerWait, WaitOrigin, hint};
use crate::Class;
use ::http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use std::time::{Duration, SystemTime};

impl Classification {
    /// What status and headers of an answer say: the class, and the server's word on a retry.
    ///
    /// Read are `retry-after-ms`, `retry-after` (seconds, fractions of seconds, HTTP date) and
    /// `x-should-retry` (`true`, `false`). The finer `retry-after-ms` wins over `retry-after`. A value
    /// that is malformed or lies in the past is no hint, so the policy's schedule applies.
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// use resilient_runtime::{Class, Classification};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("retry-after", "20".parse().unwrap());
    /// let failure = Classification::from_response(StatusCode::TOO_MANY_REQUESTS, &headers);
    /// assert_eq!(failure.class, Class::RateLimited);
    /// assert_eq!(failure.wait.unwrap().duration.as_secs(), 20);
    /// ```
    pub fn from_response(status: StatusCode, headers: &HeaderMap) -> Self {
        Self::from_response_at(status, headers, SystemTime::now())
    }

    /// [`from_response`](Self::from_response) at a given time, which an HTTP date is compared with.
    pub fn from_response_at(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Self {
        let mut classification = Self::of_status(status.as_u16());
        classification.wait = server_wait(headers, now);
        classification.retryable = should_retry(headers);
        // A server that names the time to come back has put the request off, not begun it.
        if classification.class == Class::Overloaded && classification.wait.is_some() {
            classification.processed = Processed::No;
        }
        classification
    }
}

/// The status by itself: headers and body of the answer are not there any more.
impl Classify for StatusCode {
    fn classify(&self) -> Classification {
        Classification::of_status(self.as_u16())
    }
}

/// Header values that are not text, or longer than any wait needs, are no hints.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn server_wait(headers: &HeaderMap, now: SystemTime) -> Option<ServerWait> {
    let milliseconds = text(headers, "retry-after-ms")
        .and_then(|text| hint::number_of(text, Duration::from_millis(1)))
        .map(|wait| ServerWait::new(wait, WaitOrigin::RetryAfterMs));
    milliseconds.or_else(|| {
        let text = text(headers, RETRY_AFTER.as_str())?;
        let wait = hint::number_of(text, Duration::from_secs(1)).or_else(|| until(text, now))?;
        Some(ServerWait::new(wait, WaitOrigin::RetryAfter))
    })
}

/// The time from `now` to an HTTP date; none for one in the past.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    httpdate::parse_http_date(text.trim())
        .ok()?
        .duration_since(now)
        .ok()
}

fn should_retry(headers: &HeaderMap) -> Option<Retryable> {
    match text(headers, "x-should-retry")?.trim() {
        "true" => Some(Retryable::Yes),
        "false" => Some(Retryable::Forbidden),
        _ => None,
    }
}
