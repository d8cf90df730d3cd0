//! Retry: another attempt after a failure that can heal, at the right moment.
//!
//! # Why
//!
//! A call to a remote API fails in ways that heal by themselves, and in ways that never will. In the simulation of the
//! README 200 batch workers want 500 operations a second of a quota of 400: with one attempt 17 % of them succeed, with
//! the default policy 100 %. A retry that comes too soon, or together with those of all others, does harm. So waits
//! grow, they are random, and a server that names a wait is obeyed.
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
//! What must not happen twice takes `idempotent = false`: then only what was surely not processed
//! ([`Processed::No`](crate::Processed::No)) is retried. Without the attribute it is a [`Policy`](crate::Policy) with
//! [`call!`](crate::call!) or [`Policy::call`](crate::Policy::call). `backoff = expr` takes any
//! [`Schedule`](crate::Schedule).
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
//! After 429, 503, 504 and a timeout the first step is twice `initial`, unless the rule of the class names one or the
//! schedule is fixed. A server's wait is a floor: on top comes what the schedule gives, at most that wait again or 1 s,
//! whichever is longer; without jitter the longer of the two waits holds. Which classes are retried is said by
//! [`Class::is_retried_by_default`](crate::Class::is_retried_by_default).
//!
//! # Events
//!
//! `attempt failed` for each failure, `retrying` with `delay` and `delay.source` before each wait, `recovered` when a
//! later attempt succeeds, `succeeded` when the first does, `giving up` with `reason` and `advice`, and `cancelled`
//! when the call was dropped. The final error has the [`History`](crate::History), whose `gave_up` is a
//! [`GiveUp`](crate::policy::GiveUp).
//!
//! # What it will not do
//!
//! - It does not retry exhausted quota, or a class that the library raises itself
//!   ([`Class::is_local`](crate::Class::is_local)), whatever a rule or the server says.
//! - It does not retry for ever what an overloaded server refuses: see the [budget](crate::guide::budget).
//! - It does not retry what a resilient call inside has retried in vain: five attempts around five are five requests.
//!   The exception is `repeat_nested = true`. A client that retries by itself is not seen.
//! - It does not shorten a wait that the server asks for. One above `max_retry_after`, or one that could not end before
//!   the deadline, ends the call at once with the failure at hand.
//! - It does not resume: a stream that broke after its first item (`stream_broken`) is not retried by default.
