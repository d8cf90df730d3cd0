//! Fallback: another result if the call has failed.
//!
//! # Why
//!
//! A cached answer, a smaller model or an empty list is often better than an error, and the right
//! choice depends on the cause. A fallback is called with the arguments and the error after the
//! last retry.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! type Answer = Result<String, CallError<std::io::Error>>;
//!
//! #[resilient(attempts = 3, fallback(quota_exhausted = refused, other = cached))]
//! async fn ask(question: &str) -> Answer {
//!     Ok(send(question).await?)
//! }
//!
//! async fn cached(question: &str, error: CallError<std::io::Error>) -> Answer {
//!     look_up(question).ok_or(error)
//! }
//!
//! fn refused(_: &str, _: CallError<std::io::Error>) -> Answer {
//!     Ok("come back next month".to_owned())
//! }
//! # async fn send(question: &str) -> std::io::Result<String> { Ok(question.to_owned()) }
//! # fn look_up(_: &str) -> Option<String> { None }
//! ```
//!
//! `fallback = cached` handles all failures. A fallback is a path or a closure, and returns the
//! result or a future of it. Without the attribute:
//! [`CallBuilder::fallback`](crate::CallBuilder::fallback), for all failures. A `match` on the
//! result of [`call!`](crate::call!) does the same, but is neither logged nor counted.
//!
//! **Recipe: a fallback model**
//!
//! ```
//! # use resilient_runtime::{Breaker, CallError, Upstream, resilient};
//! # type Answer = Result<String, CallError<std::io::Error>>;
//! static LARGE: Upstream = Upstream::new("large").breaker(Breaker::new());
//! static SMALL: Upstream = Upstream::new("small").breaker(Breaker::new());
//!
//! #[resilient(upstream = LARGE, attempts = 3, fallback = ask_small)]
//! async fn ask(question: &str) -> Answer {
//!     Ok(send("large", question).await?)
//! }
//!
//! #[resilient(upstream = SMALL)] // its own: the breaker of the large one may be open
//! async fn ask_small(question: &str, _: CallError<std::io::Error>) -> Answer {
//!     Ok(send("small", question).await?)
//! }
//! # async fn send(_: &str, question: &str) -> std::io::Result<String> { Ok(question.to_owned()) }
//! ```
//!
//! To have the next calls go there at once, use a [failover](super::failover).
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `fallback` | none |
//! | `other` | none: classes without a fallback of their own return their error |
//!
//! # Events
//!
//! First `giving up`, at the level WARN; without a fallback for the failure, it is ERROR. Then
//! `falling back` with `error.type` (the class of the failure) and `attempts`, the number of
//! attempts made. Through an upstream,
//! [`Counts::fell_back`](crate::Counts::fell_back) counts it. The error has the
//! [`History`](crate::History) of the call.
//!
//! # What it will not do
//!
//! - It is not called if the call is dropped. The event is `cancelled`.
//! - It is not called if a failed call ends in `Ok`, such as the last response, with status 503, of
//!   a function that returns responses: there is no error.
//! - It is not retried, and the timeout and the deadline of the call do not apply to it. It may be
//!   a resilient function itself. It is called even if the deadline of an outer call has passed,
//!   but that call ends at its next await, and sends nothing more. If it calls the function that it
//!   stands in for, that call has no fallback again.
//! - It does not hide the failure from budget, breaker and limits.
//! - Its result is not logged.
