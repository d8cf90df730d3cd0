//! Stage classify, an answer: takes headers, gives waits, quota readings and the request's id.

use super::duration::{http_date, number_of, until};
use crate::{Limits, Quota, Redacted, Retryable, ServerWait, WaitOrigin};
use ::http::HeaderMap;
use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

/// Headers that name a wait, the finer ones first.
const WAITS: &[(&str, Duration, WaitOrigin)] = &[
    ("retry-after-ms", MILLISECOND, WaitOrigin::RetryAfterMs),
    (
        "x-ms-retry-after-ms",
        MILLISECOND,
        WaitOrigin::XMsRetryAfterMs,
    ),
    ("x-amz-retry-after", MILLISECOND, WaitOrigin::XAmzRetryAfter),
    ("retry-after", SECOND, WaitOrigin::RetryAfter),
];

/// Headers that hold the server's name for the request; the application's own before that of a gateway.
const REQUEST_IDS: &[&str] = &[
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-ms-request-id",
    "x-github-request-id",
    "x-goog-request-id",
    "x-correlation-id",
    "cf-ray",
];

/// The headers of a quota: what is permitted, what is left, when it is full again.
type Names = [&'static str; 3];

const REQUESTS: &[Names] = &[
    [
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests",
    ],
    [
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ],
    // GitHub and OpenRouter.
    [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ],
];

const TOKENS: &[Names] = &[
    [
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
    ],
    [
        "anthropic-ratelimit-tokens-limit",
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset",
    ],
    [
        "anthropic-ratelimit-input-tokens-limit",
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset",
    ],
    [
        "anthropic-ratelimit-output-tokens-limit",
        "anthropic-ratelimit-output-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset",
    ],
];

/// The wait that a header made for it names.
pub(super) fn wait(headers: &HeaderMap, now: SystemTime) -> Option<ServerWait> {
    WAITS.iter().find_map(|&(name, unit, origin)| {
        let text = text(headers, name)?;
        let date = || match origin {
            WaitOrigin::RetryAfter => http_date(text, now),
            _ => None,
        };
        let duration = number_of(text, unit).or_else(date)?;
        Some(ServerWait::new(duration, origin))
    })
}

/// The server's word on whether a retry helps.
pub(super) fn should_retry(headers: &HeaderMap) -> Option<Retryable> {
    match text(headers, "x-should-retry")?.trim() {
        "true" => Some(Retryable::Yes),
        "false" => Some(Retryable::Forbidden),
        _ => None,
    }
}

pub(super) fn request_id(headers: &HeaderMap) -> Option<Redacted> {
    let id = REQUEST_IDS.iter().find_map(|name| text(headers, name))?;
    Some(Redacted::from(id))
}

/// The name that AWS gives to an error, without the namespace before it and the address behind it:
/// `com.amazonaws#ThrottlingException:http://…`.
pub(super) fn aws_error(headers: &HeaderMap) -> Option<&str> {
    Some(aws_name(text(headers, "x-amzn-errortype")?))
}

pub(super) fn aws_name(text: &str) -> &str {
    let text = text.split(':').next().unwrap_or(text);
    text.rsplit('#').next().unwrap_or(text).trim()
}

pub(super) fn limits(headers: &HeaderMap, now: SystemTime) -> Limits {
    Limits {
        requests: quota(headers, REQUESTS, now),
        tokens: quota(headers, TOKENS, now),
    }
}

/// The reading of the first kind of header that is there, or of one that says that nothing is left; if several
/// do, the one with the longest wait.
fn quota(headers: &HeaderMap, kinds: &[Names], now: SystemTime) -> Quota {
    let mut found = Quota::default();
    for [limit, remaining, reset] in kinds {
        let reading = Quota {
            limit: count(headers, limit),
            remaining: count(headers, remaining),
            reset: text(headers, reset).and_then(|text| until(text, now)),
        };
        let tighter = reading.is_exhausted() && reading.wait() >= found.wait();
        if found == Quota::default() || tighter {
            found = reading;
        }
    }
    found
}

/// Some servers say -1 where they do not know.
fn count(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.trim().parse().ok()
}

/// Header values that are not text are no hints.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
