//! Some failures of a remote API are transient, and others cannot be fixed by a retry; the status
//! code alone does not tell them apart. Retrying everything makes an outage worse and pays for
//! requests that cannot succeed; retrying nothing shows users errors that would have been gone a
//! second later. Put `#[resilient]` on an async function: it classifies each failure, retries
//! transient ones at the right moment, limits the time of each attempt and of the whole call, and
//! logs every step.
//!
#![cfg_attr(feature = "reqwest-013", doc = "```")]
#![cfg_attr(not(feature = "reqwest-013"), doc = "```ignore")]
//! use resilient_runtime::{ApiError, ReadChecked as _, SendChecked as _, resilient};
//!
//! #[resilient(attempts = 4, timeout = "30s", deadline = "2m", on(rate_limited, attempts = 8))]
//! async fn ask(http: &reqwest::Client, key: &str, question: String) -> Result<String, ApiError> {
//!     let request = http.post("https://api.openai.com/v1/responses").bearer_auth(key).json(
//!         &serde_json::json!({ "model": "gpt-4o-mini", "input": question }),
//!     );
//!     request.send_checked().await?.text_checked().await
//! }
//! ```
//!
//! The signature does not change. `?` and `return` end the attempt, not the function. A call that succeeds
//! at once allocates nothing but clones of arguments, unless it is the first or its span is recorded. Owned
//! arguments are cloned for each attempt, or lent if they are not `Clone`; an `impl Into` is converted
//! once, and items of an iterator are kept. Each attempt borrows a `&mut` again, with the changes of those
//! before it. An argument that its type marks as used up by one attempt (`impl Stream`) is an error.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `macros` (default) | [`#[resilient]`](resilient) and the derive of [`Classify`] |
//! | `tracing` (default) | a span per call, and [events](#logging) |
//! | `http` | `ApiError`; classification by status, headers and body of a response |
//! | `reqwest`, `reqwest-013`, `reqwest-012` | `SendChecked`, `ReadChecked`, `IntoApiResult`; `ReadEvents`, streams of server-sent events; classification of the errors of reqwest 0.13 and 0.12 |
//! | `status-page` | `StatusPage`: `error.with_incident(&STATUS).await` adds the open incident of a provider to the report |
//! | `anyhow`, `eyre`, `eyre-06` | classification of these error types by their chain of sources |
//! | `hyper`, `hyper-util`, `hyper-util-01`, `ureq`, `serde_json` | classification of the errors of these HTTP clients, and of JSON |
//! | `async-openai`, `async-openai-043`, `octocrab`, `octocrab-054`, `aws` | classification of the errors of these API clients |
//! | `tonic`, `tonic-014`, `redis`, `tokio-postgres`, `tokio-postgres-07`, `sqlx`, `sqlx-09` | classification of the errors of these clients; `sqlx` needs Rust 1.94 |
//! | `backoff`, `backoff-04` | `FromBackoff`: the schedules of the crate `backoff`; classification of its `Error<E>` |
//! | `tower` | [`ResilientLayer`]: [resilient calls](guide::adapters) of a `Service` of tower |
//! | `reqwest-middleware`, `reqwest-middleware-05`, `reqwest-middleware-04` | `ResilientMiddleware`: [resilient requests](guide::middleware) of reqwest-middleware 0.5 and 0.4 (reqwest 0.13 and 0.12) |
//! | `serde` | `Serialize` for [`snapshot`] and its parts |
//! | `config` | values from a [file and from environment variables](guide::config), changed while the program runs |
//! | `bulk` | [`bulk`]: many items, each with its call, all of which get done |
//! | `indicatif` | a bar with the progress of bulk work |
//! | `journal` | a [journal](guide::journal) of bulk work, by which a second run skips what is done |
//! | `chaos` | failures at random in the place of requests, with a switch at run time |
//! | `metrics` | [metrics](guide::metrics) of all calls, for the facade `metrics` |
//! | `opentelemetry`, `opentelemetry-033` | the same metrics for OpenTelemetry 0.33 |
//! | `sharing` | [`sharing`]: limits, pauses and breakers that all replicas of a program [share](guide::sharing); the feature redis has the store over Redis, and turns it on |
//! | `testing` | for `[dev-dependencies]`: fresh state, no waits, a record, scripted outcomes, and a server that fails by script |
//!
//! A client before its 1.0 has a feature with its version. The plain name is the newest version
//! that is supported; it moves to the next one with a breaking release only.
//! The crate `backoff` is [unmaintained](https://rustsec.org/advisories/RUSTSEC-2025-0012). Schedules
//! of `backon` are iterators, which [`Delays`] takes without a feature.
//!
//! # Stages of a call
//!
//! 1. The [`Policy`] sets the number of attempts, time limits and waits ([`Backoff`], [`Rule`]).
//!    The attribute's arguments override [`Policy::DEFAULT`], or the policy of `policy` or
//!    `upstream`.
//! 2. With an [`Upstream`], an attempt has to pass its circuit breaker, its gate (a shared pause)
//!    and its limits of concurrency, requests and tokens. A call that is not admitted fails with a
//!    [`Rejection`], which has the time after which to try again, if it is known.
//! 3. An attempt polls the body of the function. If it exceeds its timeout or the deadline of the
//!    call, it is dropped; the failure is a [`Rejection`], converted to the error type of the
//!    function.
//! 4. [`Classify`] turns a failure into a [`Classification`]: its [`Class`], the wait and the
//!    advice of the server ([`ServerWait`], [`Retryable`]), and whether the request may have been
//!    [`Processed`].
//! 5. [`decide::decide`], a pure function, decides whether and when to retry. The retry [`Budget`],
//!    which the callers of an upstream or of a function share, can defer the retry.
//! 6. Each step is logged with `tracing` and recorded in the [`History`] of the final error
//!    ([`CallError`], [`Classify::attach`]).
//!
//! A nested call has at most the time that is left of the outer call. The outer call does not retry
//! a failure that the nested call has retried already, unless [`Policy::repeat_nested`] is set: the
//! error says so (`Classification::retried`), as long as it holds its history.
//!
//! The [`guide`] has a page for each pattern, [classes](guide::classes) and [costs](guide::cost).
//!
//! # Responses
//!
//! If a function returns a response (`http::Response` with the feature `http`, `reqwest::Response`
//! with `reqwest` or `reqwest-012`), a status of 400 or above is a failure. Status and headers are
//! classified as `Classification::from_response` does; the body is not read. If the call gives up,
//! it returns the last response as `Ok`. The call ends with the headers: timeout, retry and permit do
//! not include the reading of the body, and a response that is retried is dropped unread, which
//! closes its connection with HTTP/1. Reading the body in the function, after `send_checked`,
//! includes it. `classify_ok = function` replaces this, and `classify_ok = |_| None` disables it.
//!
//! The attribute recognises the type by the function's signature, including aliases and associated
//! types, but not behind `impl Trait` or a type parameter. Calls without the attribute do not check
//! successes, unless [`CallBuilder::classify_ok`] does.
//!
//! # Without the attribute
//!
//! [`Policy::call`] and [`Upstream::call`] make a resilient call of an async closure. They return a
//! [`CallBuilder`], whose settings have the names of the attribute's arguments: `key`, `cost`,
//! `policy`, `classify`, `hedge`, `fallback` and others. [`call!`] makes a resilient call of an async
//! block, for calls that borrow in a spawned task: its future is `Send` if that of the block is,
//! even if the block borrows mutably (`call!(upstream = …, key = …, cost = …, async { .. })`).
//!
//! # Reports
//!
//! `{}` of a [`CallError`] and of an `ApiError` is one line. `{:#}` is a report with every attempt
//! and wait, method and URL, the request id, the provider's code, and advice. Headers of the request
//! are only in the command of `ApiError::curl`, and so is a body that is recorded on demand.
//! [`ErasedHistory`] reads the attempts of an `anyhow::Error`, `eyre::Report` or boxed error.
//!
//! # Clients with retries of their own
//!
//! A client that retries inside an attempt multiplies the attempts. `async-openai` 0.43 makes up to
//! three more requests. With the plain service it makes one, and with the feature `async-openai`
//! functions that call it return `Result<_, CallError<OpenAIError>>`:
//!
#![cfg_attr(feature = "async-openai-043", doc = "```")]
#![cfg_attr(not(feature = "async-openai-043"), doc = "```ignore")]
//! use async_openai::{Client, config::OpenAIConfig, middleware::ReqwestService};
//!
//! fn client(config: OpenAIConfig, http: reqwest::Client) -> Client<OpenAIConfig> {
//!     Client::with_config(config).with_http_service(ReqwestService::new(http))
//! }
//! ```
//!
//! A custom service also keeps the headers: [`Classify`] for `OpenAIError` shows one.
//!
//! # Runtime
//!
//! Timers are tokio's. A call makes no timer before an attempt or a wait returns `Pending`; then it
//! needs a tokio runtime with time enabled, or tokio panics and says so. Tests: [`guide::testing`].
//!
//! A plain `fn` with the attribute needs none: its thread sleeps ([`guide::blocking`]).
//!
//! # Logging
//!
//! With the feature `tracing`, each call has a span `resilient` with the target `resilient`, and
//! the name of the function in `otel.name`. At the level DEBUG, each attempt has a span `attempt`
//! in it, with `http.request.resend_count` from the second one on, and `error.type` and
//! `http.response.status_code` if it fails. `fields(gen_ai.request.model = %model)` adds a field to
//! the span of a call. It contains these events:
//!
//! | event | level | when |
//! |---|---|---|
//! | `attempt failed` | DEBUG | an attempt failed |
//! | `retrying` | WARN | before the wait for the next attempt, with `delay` and `delay.source` |
//! | `queued`, `admitted` | INFO | an attempt waits for `breaker`, `gate`, `concurrency`, `requests` or `tokens` (`waits_for`), or is sent after the time `waited` |
//! | `not enforced` | INFO | an upstream in shadow mode sends an attempt that would wait or be refused (`waits_for`) |
//! | `cap nearing`, `cap reached` | WARN | 80 % of a cap are used, or all of it: no attempt is sent until the window `ends`; `cap` and `used` |
//! | `gate closed` | WARN | the gate of the upstream holds back all callers for `pause` |
//! | `limit lowered`, `limit restored` | WARN, INFO | a rate limit changed by the server's headers, or by a 429 without such headers, or such a limit ended; `from` and `to` |
//! | `deferring retry`, `releasing retry` | WARN, INFO | a retry is due, but the retry budget is empty: it waits; or it is sent, after the time `waited`; `released.by` is `balance`, `credit` or `trial` |
//! | `giving up` | ERROR, or WARN if a fallback answers | the call ends with a failure, with `reason`, `advice` and, if a setting ended it, `reason.advice` |
//! | `recovered`, `succeeded`, `cancelled` | INFO, DEBUG, DEBUG | an attempt after the first succeeded, or the first one, or the call was dropped |
//! | `stream opened`, `first content`, `stream ended`, `stream dropped`, `resuming stream`, `stream broken` | DEBUG, WARN and ERROR for the last two | an attempt opened a stream, or read its first content; the stream ended, was dropped before its end, or failed after `items`, with another one in its place or none |
//! | `batch split` | INFO | a batch of `items` failed, and its halves are tried: [`guide::split`] |
//! | `shutting down`, `switched off`, `switched on` | INFO | the waits of all calls end, so many (`waits`); an operator has switched `what`, for `name` or for all |
//! | `configuration rejected` | WARN | a configuration, or a part of it, was not accepted: `error.message` says why (feature `config`) |
//! | `bulk stopped` | WARN, or INFO if it was asked for | a run of bulk work begins no further item: `reason`, `advice`, and how many items `ended`, `failed` and are `in_flight` (feature `bulk`) |
//! | `fault injected` | WARN | a failure takes the place of an attempt: `fault` names it (feature `chaos`) |
//! | `hedging`, `not hedging`, `run failed` | INFO, DEBUG, INFO | another run of a slow attempt is started, or is due and not started; a run has failed, and another one continues |
//! | `not ready` | DEBUG | a poll found a job that is not ready (`until`): another one follows after `delay`; `polls` so far |
//! | `falling back` | WARN | the call failed and its fallback is called |
//! | `failing over` | WARN | the next attempt of a call goes to another target of its `failover`, `from` one `to` another |
//! | `store asked` | TRACE | the store of shared upstreams was asked: `operation`, the time it `took`, and the `reason` if it failed |
//! | `store lost`, `store restored` | WARN | the [store](sharing) of shared upstreams cannot be reached, for this `reason`; or it can again, after an outage that `lasted` so long |
//! | `target down`, `target up` | WARN, INFO | a target has failed: until a probe succeeds, the first one after `probe`, calls go to others; or it serves again |
//! | `error rate jumped` | WARN | while [`statistics`] are kept: the share of failed calls in the last minute, with `rate`, `rate.usual`, `calls` and `incident` |
//! | `observer panicked`, `observer is too slow` | ERROR, WARN | an [`Observer`] is switched off, or a [`Buffered`] one has `dropped` so many events |
//! | `circuit opened`, `circuit half-open`, `circuit closed` | WARN, INFO, INFO | a circuit breaker changed its state, with `upstream`, `from`, `to`, `break_duration` and the `cause` of an opening |
//!
//! Events name `call_site` and `upstream`, if known there. Failures have `attempt`, `attempts`,
//! `error.type` (the class), `http.response.status_code`, `error.code`, `error.message`,
//! `request.id` and `elapsed`; those of hedged runs have only fields of their own. Only arguments
//! in `fields(..)` are logged. Messages are shortened and escaped, and secrets in them redacted.

// Above 300 lines: the larger part is the documentation of the crate.

// docs.rs builds with nightly and this cfg: items show the features that they need.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
///     // The policy of a field with one setting changed; a function classifies the errors.
///     #[resilient(policy = self.policy, attempts = 2, classify = kind_of)]
///     async fn ask(&mut self, question: String) -> Result<usize, String> {
///         self.requests += 1;
///         match self.requests {
///             1 => Err("busy".to_owned()),
///             _ => Ok(question.len()), // each attempt has its own clone
///         }
///     }
/// }
///
/// fn kind_of(error: &String) -> Class {
///     if error == "busy" { Class::Overloaded } else { Class::Unknown }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut client = Client { policy: Policy::new().deadline(Duration::from_secs(60)), requests: 0 };
/// assert_eq!(client.ask("why?".to_owned()).await, Ok(4));
/// assert_eq!(client.requests, 2);
/// # }
/// ```
#[cfg(feature = "macros")]
pub use resilient_macros::resilient;

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
///     #[classify(rejection)] // also implements `FromRejection`
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
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut requests = Vec::new();
/// assert_eq!(ask(&mut requests).await.unwrap(), 3);
/// let refused = ApiError::Io(io::ErrorKind::ConnectionRefused.into());
/// assert_eq!(refused.classify().class, Class::Connect);
/// # }
/// ```
#[cfg(feature = "macros")]
pub use resilient_macros::Classify;

#[cfg(all(feature = "testing", feature = "macros"))]
pub use resilient_macros::test;

#[cfg(any(
    feature = "tower",
    feature = "reqwest-middleware-05",
    feature = "reqwest-middleware-04"
))]
mod adapters;
mod ambient;
#[doc(hidden)]
pub mod arguments;
#[doc(hidden)]
pub mod attribute;
pub mod batch;
mod blocking;
mod budget;
#[cfg(feature = "bulk")]
pub mod bulk;
mod call;
mod call_site;
mod cap;
#[cfg(feature = "chaos")]
pub mod chaos;
mod classify;
mod clock;
#[cfg(feature = "config")]
pub mod config;
mod event;
mod failover;
mod failure;
#[cfg(any(doc, doctest))]
pub mod guide;
mod halt;
mod hedge;
#[cfg(feature = "http")]
mod http;
pub mod inspect;
mod item;
mod latency;
#[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
pub mod metrics;
#[cfg(all(test, any(resilient_model = "loom", resilient_model = "shuttle")))]
mod models;
mod policy;
mod random;
mod redact;
mod route;
mod scope;
#[cfg(feature = "sharing")]
pub mod sharing;
mod shutdown;
pub mod statistics;
#[cfg(feature = "status-page")]
mod status_page;
mod stream;
#[cfg_attr(
    not(feature = "config"),
    expect(dead_code, reason = "for a configuration")
)]
mod suggest;
pub mod switch;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
mod upstream;

#[cfg(feature = "tower")]
pub use adapters::tower::{ResilientLayer, ResilientService};
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub use adapters::{RequestSettings, reqwest::ResilientMiddleware};
pub use budget::Budget;
pub use call::{
    AttemptContext, CallBuilder, FailoverContext, IdempotencyKey, record_server_limits,
    record_tokens,
};
pub use cap::{Amount, Cap, CapPeriod, CapUsage, Caps, Money, Price, UtcOffset};
#[cfg(feature = "chaos")]
pub use chaos::chaos;
#[cfg(feature = "tower")]
pub use classify::ServiceError;
pub use classify::{CallError, ErasedHistory, register_error};
pub use event::{
    AttemptFailure, BreakerState, Buffered, CallEnd, CircuitCause, Dropped, ErrorRateJump, Event,
    EventKind, Level, NotHedged, Observation, Observer, Outcome, WaitsFor, observe,
};
pub use failover::{Failover, FailoverSnapshot, NewFailover, TargetSnapshot};
pub use failure::{
    Class, Classification, Classify, DelaySource, FailedAttempt, FromRejection, GiveUp, History,
    Processed, Quota, Rejection, ReleasedBy, Resource, Retryable, ServerLimits, ServerWait, Target,
    Tokens, WaitOrigin,
};
pub use hedge::Hedge;
#[cfg(feature = "http")]
pub use http::ApiError;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub use http::{IntoApiResult, ReadChecked, ReadEvents, RecordBody, SendChecked, sse};
pub use inspect::{policy_of, snapshot, upstream_of};
#[cfg(feature = "backoff-04")]
pub use policy::FromBackoff;
pub use policy::{
    Backoff, BackoffKind, ConfigError, Delays, Explanation, Explanations, Jitter, PlannedAttempt,
    Policy, Rate, Retry, Rule, Schedule, decide,
};
pub use redact::Redacted;
pub use shutdown::{is_shut_down, shutdown, shutdown_when};
#[cfg(feature = "status-page")]
pub use status_page::{Incident, StatusPage};
pub use stream::{Kept, Resilient};
pub use upstream::{
    Breaker, Concurrency, Counts, KeySnapshot, SharingSnapshot, SlowCalls, Snapshot, Upstream,
    UpstreamConfig, Usage,
};

#[doc(hidden)]
pub mod __private;
