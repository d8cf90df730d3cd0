//! The headers of an error response: waits, quotas and the request id.

use crate::{
    Quota, Redacted, Resource, Retryable, ServerLimits, ServerWait, WaitOrigin,
    http::{
        duration::{SECOND, wait_of},
        moment,
        quota_names::{Group, Role, Unlisted, count, role},
        request_ids::{GATEWAY, RANKS, rank},
    },
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
pub(super) struct Headers<'h> {
    source: &'h HeaderMap,
    /// Headers with a wait, the most precise first.
    waits: [Header<'h>; 4],
    should_retry: Header<'h>,
    /// The request ids; the application's before a gateway's.
    request_ids: [Header<'h>; RANKS],
    aws_error: Header<'h>,
    date: Header<'h>,
    /// Whether a header is there twice.
    is_repeated: bool,
    requests: [Readings<'h>; 3],
    tokens: [Readings<'h>; 4],
    unlisted: [Option<Unlisted<'h>>; 6],
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
        let mut found = Self {
            source: headers,
            waits: Default::default(),
            should_retry: Header::default(),
            request_ids: Default::default(),
            aws_error: Header::default(),
            date: Header::default(),
            is_repeated: false,
            requests: Default::default(),
            tokens: Default::default(),
            unlisted: Default::default(),
        };
        for (name, value) in headers {
            if let Some(Header(place)) = found.place(name.as_str()) {
                let is_repeated = place.is_some();
                place.get_or_insert(value);
                found.is_repeated |= is_repeated;
            } else if let Some(Header(place)) =
                rank(name.as_str()).and_then(|rank| found.request_ids.get_mut(rank))
            {
                place.get_or_insert(value);
            } else {
                found.add_unlisted(name.as_str(), value);
            }
        }
        found
    }

    fn add_unlisted(&mut self, name: &str, value: &'h HeaderValue) {
        let Some((role, group)) = role(name) else {
            return;
        };
        if group == Group::PLAIN && role != Role::All {
            let [_, _, plain] = &mut self.requests;
            let Header(place) = match role {
                Role::Limit => &mut plain.limit,
                Role::Remaining => &mut plain.remaining,
                Role::Reset | Role::All => &mut plain.reset,
            };
            place.get_or_insert(value);
            return;
        }
        let Ok(text) = value.to_str() else { return };
        let is_its = |place: &&mut Option<Unlisted<'_>>| {
            place.as_ref().is_none_or(|quota| quota.group == group)
        };
        if let Some(place) = self.unlisted.iter_mut().find(is_its) {
            let quota = place.get_or_insert(Unlisted::new(group));
            quota.add(role, text);
        }
    }

    /// The server's time, if the response has a date.
    pub(super) fn date(&self) -> Option<SystemTime> {
        let text = self.date.text()?;
        httpdate::parse_http_date(text)
            .ok()
            .or_else(|| moment::date(text))
    }

    /// The longest time to a reset of an exhausted quota that is not among the limits; of a quota
    /// of which nothing is said but the reset, if this is a 429.
    pub(super) fn reset(&self, status: u16, now: SystemTime) -> Option<Duration> {
        let quotas = self.unlisted.iter().flatten();
        let exhausted = quotas.clone().filter_map(|quota| quota.wait(now)).max();
        let unified = || {
            let mut alone = quotas.clone().filter(|quota| quota.remaining.is_none());
            let [_, _, plain] = &self.requests;
            let plain = plain.reset.text().filter(|_| plain.remaining.0.is_none());
            wait_of(alone.find_map(|quota| quota.reset).or(plain)?, SECOND, now)
        };
        exhausted.or_else(|| unified().filter(|_| status == 429))
    }

    fn place(&mut self, name: &str) -> Option<&mut Header<'h>> {
        Some(match name {
            "retry-after-ms" => &mut self.waits[0],
            "x-ms-retry-after-ms" => &mut self.waits[1],
            "x-amz-retry-after" => &mut self.waits[2],
            "retry-after" => &mut self.waits[3],
            "x-should-retry" | "stripe-should-retry" => &mut self.should_retry,
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
            "date" => &mut self.date,
            "x-amzn-errortype" => &mut self.aws_error,
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
                let value = header.0?;
                let wait = |value: &HeaderValue| wait_of(value.to_str().ok()?, unit, now);
                let duration = if self.is_repeated {
                    // A server and its gateway may both have added one.
                    let lines = self.source.get_all(origin.as_str()).iter().take(4);
                    lines.filter_map(wait).max()?
                } else {
                    wait(value)?
                };
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

    /// The id that the application has given, else that in its body, else that of a gateway.
    pub(super) fn request_id(&self, in_body: Option<&str>) -> Option<Redacted> {
        let (own, gateway) = self.request_ids.split_at_checked(GATEWAY)?;
        let id = |ids: &[Header<'h>]| ids.iter().find_map(|id| id.text());
        let id = id(own).or(in_body).or_else(|| id(gateway))?;
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

impl Readings<'_> {
    fn is_sent(&self) -> bool {
        let headers = [self.limit, self.remaining, self.reset];
        headers.iter().any(|header| header.0.is_some())
    }
}

impl<'h> Header<'h> {
    fn text(self) -> Option<&'h str> {
        self.0?.to_str().ok()
    }

    /// Some servers send -1 for an unknown value.
    fn count(self) -> Option<u64> {
        count(self.text()?)
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
    for kind in kinds.iter().filter(|kind| kind.is_sent()) {
        let mut reading = Quota {
            limit: kind.limit.count(),
            remaining: kind.remaining.count(),
            reset: kind
                .reset
                .text()
                .and_then(|text| wait_of(text, SECOND, now)),
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
