//! Put [`#[resilient]`](resilient) on an async function that calls a remote API. Each failure is classified,
//! what can heal is retried at the right moment and only as much as is safe, every attempt and the whole call
//! are bounded in time, and what happened is logged.
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(attempts = 4, timeout = "30s", deadline = "2m", on(rate_limited, attempts = 8))]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     // `?` and `return` end the attempt, not the function.
//!     Ok(connect_and_read(address).await?)
//! }
//! # async fn connect_and_read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! # How a call goes
//!
//! 1. [`Policy`] says how often, how long and with which waits ([`Backoff`], [`Rule`]); the attribute's arguments lie
//!    on top of [`Policy::DEFAULT`] or of `policy = expr`.
//! 2. With an [`Upstream`], an attempt is let through by what calls share: a circuit breaker, a gate, limits of concurrency, of
//!    requests and of tokens. What is not let through is a [`Rejection`] with the wait that would help.
//! 3. An attempt polls the function's body. It is cut when its timeout or the deadline of the call is over; that
//!    is a [`Rejection`], which the function's error type has to be able to hold.
//! 4. A failure becomes a [`Classification`] by [`Classify`]: its [`Class`], the server's word on a retry
//!    ([`ServerWait`], [`Retryable`]), whether the request may have been [`Processed`].
//! 5. [`decide::decide`] says whether and when there is another attempt, and why. It is a pure function. The retry [`Budget`],
//!    which all callers of an upstream or of a function share, has to pay for it.
//! 6. What happened goes to `tracing`, and into the [`History`] that the final error carries ([`CallError`],
//!    [`Classify::attach`]).
//!
//! A resilient call inside another one has at most the time that is left outside, and what it has retried without
//! success is not retried once more outside (unless [`Policy::repeat_nested`] says so).
//!
//! The [`guide`] has a page for each pattern: why, use, defaults, events, and what it will not do.
//!
//! # Responses
//!
//! Where the success of a function is a response (`http::Response` with the feature `http`, `reqwest::Response` with
//! `reqwest` or `reqwest-012`), a status of 400 and above is a failure: status and headers are read
//! (as `Classification::from_response` does), the body is not touched. When the call gives up, its caller
//! gets the last response as `Ok`; those before it are dropped. `classify_ok = function` takes the place of that, and
//! `classify_ok = |_| None` switches it off.
//!
//! The attribute has to see the type, be it by an alias or an associated type; it does not look behind `impl Trait` or
//! a type parameter, and [`call!`] and [`Policy::call`] trust every success.
//!
//! # Without the attribute
//!
//! [`call!`] makes a resilient call of an async block, [`Policy::call`] of an async closure.
//!
//! # After a failure
//!
//! `Display` of [`CallError`] and of `ApiError` is one line, `{:#}` a report: every attempt with its wait, the request id,
//! the provider's code, the command that repeats the request, the advice. With the feature `status-page`,
//! `error.with_incident(&STATUS).await` adds the incident that the provider's status page tells of. Only whoever asks
//! waits for it.
//!
//! # Clients that retry by themselves
//!
//! A client that retries inside an attempt multiplies the attempts, on a schedule that no policy knows. `async-openai` 0.43
//! makes up to three requests more by itself. With the plain service it makes one, and with the feature `async-openai`
//! functions that call it return `Result<_, CallError<OpenAIError>>`:
//!
#![cfg_attr(feature = "async-openai", doc = "```")]
#![cfg_attr(not(feature = "async-openai"), doc = "```ignore")]
//! use async_openai::{Client, config::OpenAIConfig, middleware::ReqwestService};
//!
//! fn client(config: OpenAIConfig, http: reqwest::Client) -> Client<OpenAIConfig> {
//!     Client::with_config(config).with_http_service(ReqwestService::new(http))
//! }
//! ```
//!
//! `the_plain_service_makes_one_request_and_the_default_one_hides_three_more` in `tests/clients/openai.rs` counts them.
//! A service of one's own keeps the headers too, and so the wait that a server asks for: it is shown where [`Classify`]
//! is implemented for `OpenAIError`, and `a_service_that_reads_the_answer_keeps_what_the_client_drops` runs it.
//!
//! # Runtime
//!
//! Timers are tokio's. An attempt that ends without waiting needs none, so it runs anywhere; one that has to wait
//! needs a tokio runtime with time enabled, or tokio panics with a message that says so. With tokio's paused clock
//! (`#[tokio::test(start_paused = true)]`) tests of resilient functions take no time.
//!
//! # What is logged
//!
//! With the feature `tracing`, under the target `resilient`: a span `resilient` for each call with the name of the
//! function in `otel.name`, and in it
//!
//! | event | level | when |
//! |---|---|---|
//! | `attempt failed` | DEBUG | an attempt has failed |
//! | `retrying` | WARN | before the wait for the next attempt, with `delay` and `delay.source` |
//! | `queued` | INFO | an attempt has to wait: `waits_for` is `breaker`, `gate`, `concurrency`, `requests` or `tokens` |
//! | `admitted` | INFO | that attempt is sent, after `waited` |
//! | `gate closed` | WARN | a server has told all callers to wait for `pause` |
//! | `limit lowered`, `limit restored` | WARN, INFO | a rate limit was changed, `from` and `to`: by the server's headers, or by a 429 without any |
//! | `deferring retry` | WARN | a retry is due, and the retry budget cannot pay for it: it waits |
//! | `releasing retry` | INFO | a deferred retry goes, after `waited`; `released.by` is `balance`, `credit` or `trial` |
//! | `giving up` | ERROR | the call ends with a failure, with `reason`, `advice` and, where a setting would have let it go on, `reason.advice` |
//! | `recovered` | INFO | an attempt after the first has succeeded |
//! | `succeeded` | DEBUG | the first attempt has succeeded |
//! | `cancelled` | DEBUG | the call was dropped before its end |
//! | `hedging` | INFO | a further run of a slow attempt is started |
//! | `falling back` | WARN | the fallback answers in the place of a failed call |
//! | `circuit opened`, `circuit half-open`, `circuit closed` | WARN, INFO, INFO | a circuit breaker has changed, with `upstream`, `from`, `to` and `break_duration` |
//!
//! Failures have `attempt`, `attempts`, `error.type` (the class), `http.response.status_code`, `error.code`,
//! `error.message`, `request.id` and `elapsed`. Arguments are not logged unless `fields(..)` names them, and
//! messages are bounded, escaped and free of what looks like a secret.

/// The attribute: makes the calls of an async function resilient.
///
/// It goes on async functions and methods, on functions that return a boxed future or `impl Future`, and on
/// the methods of an `#[async_trait]` implementation. The function returns a `Result` whose error is
/// [`Classify`] and `From<`[`Rejection`]`>`.
///
/// ```
/// use resilient_runtime::{Class, Classification, Policy, Rejection, resilient};
/// use std::time::Duration;
///
/// struct Client {
///     policy: Policy,
///     requests: u32,
/// }
///
/// impl Client {
///     // The policy of a field, with one number changed; failures told apart by a function.
///     #[resilient(policy = self.policy, attempts = 2, classify = kind_of)]
///     async fn ask(&mut self, question: String) -> Result<usize, String> {
///         self.requests += 1;
///         match self.requests {
///             1 => Err("busy".to_owned()),
///             _ => Ok(question.len()), // the original in each attempt, though it may be moved
///         }
///     }
/// }
///
/// fn kind_of(error: &String) -> Class {
///     if error == "busy" { Class::Overloaded } else { Class::Unknown }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let mut client = Client { policy: Policy::new().deadline(Duration::from_secs(60)), requests: 0 };
/// assert_eq!(client.ask("why?".to_owned()).await, Ok(4));
/// assert_eq!(client.requests, 2);
/// # });
/// ```
///
#[cfg(feature = "macros")]
pub use resilient_macros::resilient;

/// The derive: an error type says by variant what kind of failure it is.
///
/// ```
/// use resilient_runtime::{Class, Classify, Rejection, resilient};
/// use std::{io, time::Duration};
///
/// #[derive(Debug, Classify)]
/// enum ApiError {
///     #[classify(rate_limited, retry_after = wait)]
///     Busy { wait: Duration },
///     #[classify(status = 0, message = 1)]
///     Status(u16, String),
///     #[classify(delegate)]
///     Io(io::Error),
///     #[classify(rejection)] // also implements `From<Rejection>`
///     Rejected(Rejection),
/// }
///
/// #[resilient(attempts = 3)]
/// async fn ask(requests: &mut Vec<&str>) -> Result<usize, ApiError> {
///     requests.push("why?");
///     match requests.len() {
///         1 => Err(ApiError::Busy { wait: Duration::from_secs(20) }),
///         2 => Err(ApiError::Status(503, "come back later".to_owned())),
///         n => Ok(n),
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let mut requests = Vec::new();
/// assert_eq!(ask(&mut requests).await.unwrap(), 3);
/// # });
/// let refused = ApiError::Io(io::ErrorKind::ConnectionRefused.into());
/// assert_eq!(refused.classify().class, Class::Connect);
/// ```
///
#[cfg(feature = "macros")]
pub use resilient_macros::Classify;

mod ambient;
mod budget;
mod call;
mod call_site;
mod classify;
mod clock;
mod event;
mod failure;
#[cfg(any(doc, doctest))]
pub mod guide;
mod hedge;
#[cfg(feature = "http")]
mod http;
#[cfg(all(test, any(resilient_model = "loom", resilient_model = "shuttle")))]
mod models;
mod policy;
mod random;
mod redact;
mod route;
#[cfg(feature = "status-page")]
mod status_page;
mod sync;
mod timer;
mod upstream;

pub use budget::Budget;
pub use call::{AttemptContext, IdempotencyKey, record_server_limits, record_tokens};
pub use classify::{CallError, register_error};
pub use event::BreakerState;
pub use failure::{
    Class, Classification, Classify, DelaySource, FailedAttempt, GiveUp, History, Processed, Quota,
    Rejection, ReleasedBy, Retryable, ServerLimits, ServerWait, Tokens, WaitOrigin,
};
#[cfg(feature = "http")]
pub use http::ApiError;
#[cfg(any(feature = "reqwest", feature = "reqwest-012"))]
pub use http::{IntoApiResult, SendChecked};
#[cfg(feature = "backoff")]
pub use policy::FromBackoff;
pub use policy::{
    Backoff, BackoffKind, ConfigError, Delays, Jitter, Policy, Rate, Retry, Rule, Schedule, decide,
};
pub use redact::Redacted;
#[cfg(feature = "status-page")]
pub use status_page::{Incident, StatusPage};
pub use upstream::{
    Breaker, Concurrency, Counts, SlowCalls, Snapshot, Upstream, UpstreamConfig, Usage,
};

#[doc(hidden)]
pub mod __private;
