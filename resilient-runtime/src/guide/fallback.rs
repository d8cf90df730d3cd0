//! Fallback: another answer where the call has failed.
//!
//! # Why
//!
//! An old answer, a smaller model or an empty list is often better than an error, and what is right depends on why the
//! call has failed. A fallback gets the arguments and the error, after all retries.
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
//! `fallback = cached` is one for all failures. It is a path or a closure, and gives the result or a future of it.
//! Without the attribute, `match` on the result of [`call!`](crate::call!) does the same, but is not logged and not
//! counted.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `fallback` | none |
//! | `other` | none: a class without a function of its own gives its error |
//!
//! # Events
//!
//! `giving up` comes first, as without a fallback. Then `falling back` with `error.type` (the class that the call has
//! failed with) and `attempts` (those that were made). Through an upstream,
//! [`Counts::fell_back`](crate::Counts::fell_back) counts it. The error has the [`History`](crate::History) of the
//! call.
//!
//! # What it will not do
//!
//! - It is not called for a call that was dropped: nobody waits for an answer, and nothing runs. The event is
//!   `cancelled`.
//! - It is not called where a failed call ends in `Ok`, such as the last response, with status 503, of a function that
//!   returns responses: there is no error to give.
//! - It is not retried, and the timeout and the deadline of the call do not bound it. It may be a resilient function
//!   itself.
//! - It does not hide the failure from what is shared: budget, breaker and limits have counted it.
//! - Nothing else of it is logged: whether it gave an answer or an error is for the function to say.
