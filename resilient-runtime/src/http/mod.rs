//! Classification of an error response over HTTP by its status, headers and body.

mod api_error;
mod body;
mod curl;
mod duration;
mod echo;
mod error_object;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod failure_body;
mod form;
mod forms;
mod headers;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod in_flight;
mod json;
mod lenient;
mod members;
mod moment;
mod name;
mod phrase;
mod prose;
mod quota_names;
mod quotes;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod read_checked;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod record_body;
mod request_ids;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod response;
mod rules;
mod scope;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub mod sse;
mod status;
mod success;
mod values;
mod walk;

pub use api_error::ApiError;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) use failure_body::read_failure_body;
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub(crate) use failure_body::{LIMIT as FAILURE_BODY_LIMIT, TIME as FAILURE_BODY_TIME};
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub use {
    read_checked::ReadChecked,
    record_body::RecordBody,
    response::{IntoApiResult, SendChecked},
    sse::ReadEvents,
};

use crate::{
    Class, Classification, Processed, Redacted, Retryable, ServerLimits, ServerWait, WaitOrigin,
    http::{body::Body, form::Form, headers::Headers, name::Name, prose::Prose, rules::Answer},
};
use ::http::{HeaderMap, StatusCode};
use std::time::SystemTime;

/// Whether a response with this status is a failure. Some servers use codes above 599.
pub(crate) fn is_failure(status: StatusCode) -> bool {
    status.as_u16() >= 400
}

/// The classification by status and headers, if the response is a failure.
pub(crate) fn failure_of(status: StatusCode, headers: &HeaderMap) -> Option<Classification> {
    is_failure(status).then(|| Classification::from_response(status, headers))
}

/// Reports the quotas in the headers of a success to the upstream of the enclosing attempt.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn record_limits_of(headers: &HeaderMap) {
    if crate::ambient::is_recording() {
        let headers = Headers::read(headers);
        let limits = headers.limits(headers.date().unwrap_or_else(SystemTime::now));
        if limits != ServerLimits::default() {
            crate::ambient::log(|log| log.limits = Some(limits));
        }
    }
}

impl Classification {
    /// Classifies a response: its class, the server's directions about a retry, and details that
    /// help to find the cause.
    ///
    /// The **wait** is the first one found in
    /// 1. the headers `retry-after-ms`, `x-ms-retry-after-ms`, `x-amz-retry-after` (milliseconds)
    ///    and `retry-after` (seconds);
    /// 2. a member of the body at any place, compared without case and separators: `retry_after`,
    ///    `retry_after_seconds`, `retry_after_secs`, `retry_after_sec`, `retry_after_s`,
    ///    `retry_after_in_seconds`, `backoff_seconds`, `retry_delay`, `retry_in`,
    ///    `retry_in_seconds`, `retry_at`, `estimated_time`, `resets_in_seconds`,
    ///    `reset_in_seconds`, `resets_in`, `reset_in`, `reset_after`, `reset_after_seconds`,
    ///    `wait_seconds` and `quota_reset_delay` (seconds), or `retry_after_ms`,
    ///    `retry_after_millis`, `retry_after_milliseconds` and `retry_delay_ms` (milliseconds);
    /// 3. the message, behind `try again`, `retry`, `retried`, `retry your request`, `retry the
    ///    request`, `wait`, `banned`, `blocked` or `take a break`: `Please try again in 1.574s`;
    ///    behind `reset`, `resets`, `regain access`, `available` or `available again` only if a
    ///    word such as `in` follows;
    /// 4. a member with the time of a reset, unless something remains beside it: `resets_at`,
    ///    `reset_at`, `reset_time`, `reset`, `quota_reset_timestamp`, `x_ratelimit_reset` and
    ///    `ratelimit_reset`;
    /// 5. the reset of an exhausted quota in the headers ([`ServerLimits`]):
    ///    `x-ratelimit-reset-requests` and others with `ratelimit` or `rate-limit` and `reset`.
    ///
    /// Each of them may be a number, a duration (`6m0s`), seconds or milliseconds since 1970, or a
    /// date in any usual format. Dates are compared with the header `date` of the response, if it
    /// has one. Zero, malformed and past values are ignored, so the policy's schedule applies.
    /// `x-should-retry` and `stripe-should-retry` (`true`, `false`) set
    /// [`retryable`](Self::retryable).
    ///
    /// The **body** may be the JSON of `OpenAI`, Azure, Anthropic, Gemini, Bedrock, Mistral,
    /// Cohere, `OpenRouter` and similar APIs, problem details ([RFC
    /// 9457](https://www.rfc-editor.org/rfc/rfc9457)), a gateway's page or plain text. Only its
    /// first 64 KiB are read. An error sent with a success status (a 200 with an `error`) is
    /// classified too.
    ///
    /// The **class** is that of the status ([`Class::from_status`](crate::Class::from_status)),
    /// unless the status alone is misleading. The first matching rule decides; if its class is
    /// final, no header changes that. A rule looks for names at any place of the body, without case
    /// and separators, and for phrases in the message; if no rule finds one, for words in a name
    /// (`InputTextSensitiveContentDetected`). Quoted text is no phrase, and a code about
    /// one value of the request (`invalid_value`) rules phrases out. A class that only a phrase or
    /// words in a name speak for opens no circuit breaker at once.
    ///
    /// | rule | class | source |
    /// |---|---|---|
    /// | content filter | `content_filter` | <https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter> |
    /// | request too large for the limit | `context_length` | <https://github.com/agent0ai/agent-zero/issues/711> |
    /// | context length | `context_length` | <https://platform.openai.com/docs/guides/error-codes> |
    /// | number of tokens | `context_length` | <https://github.com/huggingface/text-embeddings-inference/issues/356> |
    /// | payment refused for one request | `payment_refused` | <https://docs.stripe.com/error-codes> |
    /// | payment refused, said with another status | `payment_refused` | <https://developer.paypal.com/api/handle-payment-failures> |
    /// | daily quota | `quota_exhausted` | <https://ai.google.dev/gemini-api/docs/rate-limits> |
    /// | Google's quota of money | `quota_exhausted` | <https://developers.google.com/youtube/v3/docs/errors> |
    /// | quota of a day or longer, without a wait | `quota_exhausted` | <https://openrouter.ai/docs/api-reference/limits> |
    /// | limit of a day or longer, without a wait | `quota_exhausted` | <https://newsapi.org/docs/errors> |
    /// | name of a quota of a day | `quota_exhausted` | <https://developers.hubspot.com/docs/api/usage-details> |
    /// | quota of a minute | `rate_limited` | <https://ai.google.dev/gemini-api/docs/rate-limits> |
    /// | all requests of a day | `quota_exhausted` | <https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm> |
    /// | tokens of a minute at Alibaba | `rate_limited` | <https://github.com/anomalyco/opencode/issues/23722> |
    /// | more than the plan allows | `payment_refused` | <https://github.com/anthropics/claude-code/issues/42616> |
    /// | room of one user or resource | `quota_exhausted` | <https://developers.google.com/workspace/drive/api/guides/handle-errors> |
    /// | nothing left to spend | `quota_exhausted` | <https://platform.openai.com/docs/guides/error-codes> |
    /// | nothing left to spend, said with a 401 or 5xx | `quota_exhausted` | <https://github.com/MiniMax-AI/MiniMax-M2/issues/62> |
    /// | limits of MiniMax | `rate_limited` | <https://platform.minimaxi.com/docs/api-reference/errorcode> |
    /// | bad key of MiniMax | `authentication` | <https://platform.minimaxi.com/docs/api-reference/errorcode> |
    /// | refused content of MiniMax | `content_filter` | <https://platform.minimaxi.com/docs/api-reference/errorcode> |
    /// | server errors of MiniMax | `server_error` | <https://platform.minimaxi.com/docs/api-reference/errorcode> |
    /// | bad key of Google | `authentication` | <https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto> |
    /// | bad key | `authentication` | <https://ai.google.dev/gemini-api/docs/troubleshooting> |
    /// | bad token of Facebook | `authentication` | <https://developers.facebook.com/docs/graph-api/guides/error-handling> |
    /// | limits of Facebook | `rate_limited` | <https://developers.facebook.com/docs/graph-api/guides/error-handling> |
    /// | lock of an object | `rate_limited` | <https://docs.stripe.com/rate-limits> |
    /// | too many resources | `invalid_request` | <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html> |
    /// | limit reached, said with another status | `rate_limited` | <https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api> |
    /// | exhausted quota of GitHub | `rate_limited` | <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api> |
    /// | limit of GitHub in words | `rate_limited` | <https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api> |
    /// | quota named with another status | `quota_exhausted` | <https://learn.microsoft.com/rest/api/searchservice/http-status-codes> |
    /// | not permitted, said with another status | `permission` | <https://ai.google.dev/gemini-api/docs/troubleshooting> |
    /// | missing scopes of a key | `permission` | <https://community.openai.com/t/you-have-insufficient-permissions-for-this-operation/566978> |
    /// | not there, said with another status | `not_found` | <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html> |
    /// | overloaded, said with another status | `overloaded` | <https://platform.openai.com/docs/guides/error-codes> |
    /// | failed dependency of a model | `server_error` | <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html> |
    /// | timeout, said with another status | `timeout` | <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> |
    /// | server error, said with another status | `server_error` | <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html> |
    /// | conflict, said with another status | `conflict` | <https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm> |
    /// | transient failure of Facebook | `server_error` | <https://developers.facebook.com/docs/graph-api/guides/error-handling> |
    /// | cancelled on the way | `network` | <https://cloud.google.com/apis/design/errors> |
    /// | server error inside a success | `server_error` | <https://docs.claude.com/en/api/errors> |
    /// | bad request inside a success | `invalid_request` | <https://docs.claude.com/en/api/errors> |
    /// | conflict with a request in progress | `conflict` | <https://docs.stripe.com/error-codes#idempotency-key-in-use> |
    /// | conflict that stays | `conflict` | <https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes> |
    /// | endpoint errors of Dropbox | `conflict` | <https://www.dropbox.com/developers/documentation/http/documentation#error-handling> |
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// use resilient_runtime::{Class, Classification};
    ///
    /// let body = br#"{"error": {"message": "No quota is left", "code": "insufficient_quota"}}"#;
    /// let status = StatusCode::TOO_MANY_REQUESTS;
    /// let failure = Classification::from_answer(status, &HeaderMap::new(), body);
    /// assert_eq!(failure.class, Class::QuotaExhausted);
    /// ```
    pub fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::from_answer_at(status, headers, body, SystemTime::now())
    }

    /// [`from_answer`](Self::from_answer) with a time for a response without the header `date`:
    /// dates in headers and body are compared with it.
    pub fn from_answer_at(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: SystemTime,
    ) -> Self {
        Self::of_answer(status, headers, body, now, false)
    }

    /// [`from_answer_at`](Self::from_answer_at), also of a body that is an error by its place: the
    /// data of an event named `error` after a success.
    fn of_answer(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: SystemTime,
        is_error: bool,
    ) -> Self {
        Self::judge(status, headers, body, now, is_error).0
    }

    /// The classification, and whether the body declares itself an error.
    pub(crate) fn judge(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: SystemTime,
        is_error: bool,
    ) -> (Self, bool) {
        let headers = Headers::read(headers);
        // The server's dates are compared with its own time.
        let now = headers.date().unwrap_or(now);
        let text = form::text(body);
        let form = Form::of(&text);
        let raw = form.raw().map(Form::of);
        let mut body = Body::read(&form, raw.as_ref(), now);
        let code = status.as_u16();
        if code < 400 && !body.is_error && !is_error {
            // The fields of a success have another meaning.
            body = Body::default();
        } else if code < 400 && matches!(form, Form::Markup(_)) && !body.is_error {
            // A gateway's page in the place of events.
            body.prose = Prose::default();
        }
        let limits = headers.limits(now);
        let reset = limits.wait().max(headers.reset(code, now));
        let aws = headers.aws_error();
        let asked = headers.wait(now);
        let answer = Answer {
            status: body.status.filter(|_| code < 400).unwrap_or(code),
            body: &body,
            aws: aws.map(Name::of),
            header_waits: asked.is_some(),
            quota_waits: reset.is_some(),
            now,
        };
        let decision = rules::find(&answer);
        let mut found = match decision {
            Some(decision) => decision.classification(answer.status),
            None => Self::of_status(answer.status),
        };
        found.status = Some(code);
        let class = found.class;
        // A limit that is said with another status may have a reset like that of a 429.
        let reset = reset.or_else(|| {
            headers
                .reset(429, now)
                .filter(|_| class == Class::RateLimited)
        });
        // RFC 9110, section 15.5.14: the condition is temporary.
        if code == 413 && asked.is_some() && decision.is_none() {
            found.retryable = Some(Retryable::Yes);
        }
        found.retryable = headers.should_retry().or(found.retryable);
        if decision.is_some() && !class.is_retried_by_default() {
            found.retryable = found.retryable.filter(|word| *word != Retryable::Yes);
        }
        if code == 429 {
            found.processed = Processed::No;
        }
        if let Some(asked) = asked {
            found = found.come_back(asked);
        }
        if found.wait.is_none() {
            let in_body = |wait| ServerWait::new(wait, WaitOrigin::Body);
            let of_quota = |wait| ServerWait::new(wait, WaitOrigin::RateLimitReset);
            found.wait = body
                .wait(now)
                .or(body.found.reset)
                .map(in_body)
                .or(reset.map(of_quota));
        }
        let text = |text: Option<&str>| text.map(Redacted::from);
        found.code = text(aws.or(body.codes.first().map(|code| &**code)));
        found.kind = text(body.kind);
        found.param = text(body.param.as_deref());
        found.message = text(body.shown().as_deref());
        found.request_id = headers.request_id(body.request_id());
        found.limits = (limits != ServerLimits::default()).then(|| Box::new(limits));
        (found, body.is_error)
    }
}
