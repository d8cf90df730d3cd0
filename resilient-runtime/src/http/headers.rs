//! The headers of an error response: waits, quotas and the request id.

use crate::{
    Quota, Redacted, Resource, Retryable, ServerLimits, ServerWait, WaitOrigin,
    http::duration::{http_date, number_of, until},
};
use ::http::{HeaderMap, HeaderValue};
use std::time::{Duration, SystemTime};

/// Unit and origin of each of the [`waits`](Headers::waits).
const WAITS: [(Duration, WaitOrigin); 4] = [
    (Duration::from_millis(1), WaitOrigin::RetryAfterMs),
    (Duration::from_millis(1), WaitOrigin::XMsRetryAfterMs),
    (Duration::from_millis(1), WaitOrigin::XAmzRetryAfter),
    (Duration::from_secs(1), WaitOrigin::RetryAfter),
];

/// The headers relevant to a failure.
#[derive(Default)]
pub(super) struct Headers<'h> {
    /// Headers with a wait, the most precise first.
    waits: [Header<'h>; 4],
    should_retry: Header<'h>,
    /// The request ids; the application's before a gateway's.
    request_ids: [Header<'h>; 10],
    aws_error: Header<'h>,
    requests: [Readings<'h>; 3],
    tokens: [Readings<'h>; 4],
}

/// The first header of a name. Values that are not text are ignored.
#[derive(Clone, Copy, Default)]
struct Header<'h>(Option<&'h HeaderValue>);

/// The headers of a quota.
#[derive(Default)]
struct Readings<'h> {
    /// The amount per period.
    limit: Header<'h>,
    /// The amount left.
    remaining: Header<'h>,
    /// The time of its reset.
    reset: Header<'h>,
    /// The name of the resource that is counted.
    resource: Header<'h>,
}

impl<'h> Headers<'h> {
    /// One pass over the headers costs a fraction of a lookup per known name.
    pub(super) fn read(headers: &'h HeaderMap) -> Self {
        let mut found = Self::default();
        for (name, value) in headers {
            if let Some(Header(place)) = found.place(name.as_str()) {
                place.get_or_insert(value);
            }
        }
        found
    }

    fn place(&mut self, name: &str) -> Option<&mut Header<'h>> {
        Some(match name {
            "retry-after-ms" => &mut self.waits[0],
            "x-ms-retry-after-ms" => &mut self.waits[1],
            "x-amz-retry-after" => &mut self.waits[2],
            "retry-after" => &mut self.waits[3],
            "x-should-retry" => &mut self.should_retry,
            "x-request-id" => &mut self.request_ids[0],
            "request-id" => &mut self.request_ids[1],
            "apim-request-id" => &mut self.request_ids[2],
            "x-amzn-requestid" => &mut self.request_ids[3],
            "x-amz-request-id" => &mut self.request_ids[4],
            "x-ms-request-id" => &mut self.request_ids[5],
            "x-github-request-id" => &mut self.request_ids[6],
            "x-goog-request-id" => &mut self.request_ids[7],
            "x-correlation-id" => &mut self.request_ids[8],
            "cf-ray" => &mut self.request_ids[9],
            "x-amzn-errortype" => &mut self.aws_error,
            "x-ratelimit-limit-requests" => &mut self.requests[0].limit,
            "x-ratelimit-remaining-requests" => &mut self.requests[0].remaining,
            "x-ratelimit-reset-requests" => &mut self.requests[0].reset,
            "anthropic-ratelimit-requests-limit" => &mut self.requests[1].limit,
            "anthropic-ratelimit-requests-remaining" => &mut self.requests[1].remaining,
            "anthropic-ratelimit-requests-reset" => &mut self.requests[1].reset,
            // GitHub and OpenRouter.
            "x-ratelimit-limit" => &mut self.requests[2].limit,
            "x-ratelimit-remaining" => &mut self.requests[2].remaining,
            "x-ratelimit-reset" => &mut self.requests[2].reset,
            "x-ratelimit-resource" => &mut self.requests[2].resource,
            "x-ratelimit-limit-tokens" => &mut self.tokens[0].limit,
            "x-ratelimit-remaining-tokens" => &mut self.tokens[0].remaining,
            "x-ratelimit-reset-tokens" => &mut self.tokens[0].reset,
            "anthropic-ratelimit-tokens-limit" => &mut self.tokens[1].limit,
            "anthropic-ratelimit-tokens-remaining" => &mut self.tokens[1].remaining,
            "anthropic-ratelimit-tokens-reset" => &mut self.tokens[1].reset,
            "anthropic-ratelimit-input-tokens-limit" => &mut self.tokens[2].limit,
            "anthropic-ratelimit-input-tokens-remaining" => &mut self.tokens[2].remaining,
            "anthropic-ratelimit-input-tokens-reset" => &mut self.tokens[2].reset,
            "anthropic-ratelimit-output-tokens-limit" => &mut self.tokens[3].limit,
            "anthropic-ratelimit-output-tokens-remaining" => &mut self.tokens[3].remaining,
            "anthropic-ratelimit-output-tokens-reset" => &mut self.tokens[3].reset,
            _ => return None,
        })
    }

    /// The wait from a dedicated header.
    pub(super) fn wait(&self, now: SystemTime) -> Option<ServerWait> {
        self.waits
            .iter()
            .zip(WAITS)
            .find_map(|(header, (unit, origin))| {
                let text = header.text()?;
                let date = || match origin {
                    WaitOrigin::RetryAfter => http_date(text, now),
                    _ => None,
                };
                let duration = number_of(text, unit).or_else(date)?;
                Some(ServerWait::new(duration, origin))
            })
    }

    /// The server's direction about a retry.
    pub(super) fn should_retry(&self) -> Option<Retryable> {
        match self.should_retry.text()?.trim() {
            "true" => Some(Retryable::Yes),
            "false" => Some(Retryable::Forbidden),
            _ => None,
        }
    }

    pub(super) fn request_id(&self) -> Option<Redacted> {
        let id = self.request_ids.iter().find_map(|id| id.text())?;
        Some(Redacted::from(id))
    }

    /// The error name of AWS, without its namespace and address:
    /// `com.amazonaws#ThrottlingException:http://…`.
    pub(super) fn aws_error(&self) -> Option<&'h str> {
        Some(aws_name(self.aws_error.text()?))
    }

    pub(super) fn limits(&self, now: SystemTime) -> ServerLimits {
        ServerLimits {
            requests: quota(&self.requests, now),
            tokens: quota(&self.tokens, now),
        }
    }
}

impl<'h> Header<'h> {
    fn text(self) -> Option<&'h str> {
        self.0?.to_str().ok()
    }

    /// Some servers send -1 for an unknown value.
    fn count(self) -> Option<u64> {
        self.text()?.trim().parse().ok()
    }
}

pub(super) fn aws_name(text: &str) -> &str {
    let text = text.split(':').next().unwrap_or(text);
    text.rsplit('#').next().unwrap_or(text).trim()
}

/// The quota of the first group of headers that is present, or of one that is exhausted; of several
/// exhausted ones, that with the longest wait.
fn quota(kinds: &[Readings<'_>], now: SystemTime) -> Quota {
    let mut found = Quota::default();
    for kind in kinds {
        let mut reading = Quota {
            limit: kind.limit.count(),
            remaining: kind.remaining.count(),
            reset: kind.reset.text().and_then(|text| until(text, now)),
            resource: None,
        };
        if reading != Quota::default() {
            reading.resource = kind.resource.text().map(Resource::named);
        }
        let tighter = reading.is_exhausted() && reading.wait() >= found.wait();
        if found == Quota::default() || tighter {
            found = reading;
        }
    }
    found
}
