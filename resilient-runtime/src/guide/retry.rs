//! Retry: another attempt after a transient failure, at the right moment.
//!
//! # Why
//!
//! Some failures of a remote API are transient, others cannot be fixed by a retry. In the
//! [simulation](crate::guide::storm) 200 batch workers send 500 operations per second to a quota of
//! 400: with one attempt 17 % of them succeed, with the default policy 100 %. Retries that come too
//! soon, or all at once, do harm. So waits grow, are random, and are at least as long as the server
//! asks.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(
//!     attempts = 4,
//!     backoff(initial = "500ms", max = "20s"),
//!     on(rate_limited, attempts = 8),
//!     max_retry_after = "1m"
//! )]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! For requests that must not happen twice, `idempotent = false` retries only failures of requests
//! that the server did not process ([`Processed::No`](crate::Processed::No)). The errors of HTTP
//! clients tell whether they were connecting. A plain `std::io::Error` does not: "connection
//! refused" and "host unreachable" are also returned by a read, after the request was sent, so it
//! is not retried then. To retry connecting, give it a variant of its own with
//! `#[classify(connect)]`. Without the attribute: a [`Policy`](crate::Policy) with
//! [`Policy::call`](crate::Policy::call), [`Upstream::call`](crate::Upstream::call) or
//! [`call!`](crate::call!). `backoff = expr` takes any [`Schedule`](crate::Schedule).
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `attempts` | 5 |
//! | `backoff: kind` | exponential |
//! | `backoff: initial` | 1s |
//! | `backoff: factor` | 2 |
//! | `backoff: max` | 32s |
//! | `backoff: jitter` | full |
//! | `max_retry_after` | 120s |
//! | `idempotent` | true |
//! | `repeat_nested` | false |
//!
//! After 429, 503, 504 and a timeout the first step is twice `initial`, unless the rule of the
//! class sets one or the schedule is fixed. The wait that a server asks for is the minimum, plus
//! the wait of the schedule as jitter: at most as long as the minimum, or 1 s if that is longer.
//! Without jitter, the longer of the two waits is used.
//! [`Class::is_retried_by_default`](crate::Class::is_retried_by_default) tells which
//! [classes](crate::guide::classes) are retried.
//!
//! # Events
//!
//! `attempt failed` for each failure, `retrying` with `delay` and `delay.source` before each wait,
//! `recovered` if a later attempt succeeds, `succeeded` if the first does, `giving up` with
//! `reason` and `advice`, and `cancelled` if the call is dropped. The final error has the
//! [`History`](crate::History), whose `gave_up` is a [`GiveUp`](crate::GiveUp).
//!
//! # What it will not do
//!
//! - It does not retry an exhausted quota or a class that only the library raises
//!   ([`Class::is_local`](crate::Class::is_local)), whatever a rule or the server says.
//! - It does not keep an overloaded server down: see the [budget](crate::guide::budget).
//! - It does not retry a failure that a nested resilient call has retried already: five attempts
//!   around five are five requests, unless `repeat_nested = true`. It cannot detect the retries of
//!   a client.
//! - It does not reuse the connection of a response that it retries: where the function returns the
//!   response, its body is dropped unread, and HTTP/1 then closes the connection. `send_checked`
//!   reads up to 64 KiB of a failure first.
//! - It does not see that reqwest 0.13 was redirected before it could not connect. With
//!   `idempotent = false`, use a client without redirects (`redirect::Policy::none()`).
//! - It does not read a successful response: if the function returns it, a body that breaks off
//!   later is the caller's. See [timeout](crate::guide::timeout).
//! - It does not shorten a wait that the server asks for. If the wait exceeds `max_retry_after`, or
//!   would end after the deadline, the call fails at once with the last failure.
//! - It does not retry a stream that fails after its first content (`stream_broken`): it may
//!   [resume](crate::guide::resume).
