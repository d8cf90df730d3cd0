//! Timeout and deadline: time limits of an attempt, and of the whole call.
//!
//! # Why
//!
//! A server that hangs returns no error, and a caller without a time limit waits as long as the
//! server does. The timeout ends one attempt, so that the next one can succeed. The deadline limits
//! the whole call: attempts, waits between them, and waits for limits. Nested calls inherit it, so
//! that their limits do not add up.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(timeout = "10s", deadline = "1m")]
//! async fn report(id: u64) -> Result<String, CallError<std::io::Error>> {
//!     // It ends with the deadline of the outer call, whatever its own policy says.
//!     part(id).await
//! }
//!
//! #[resilient(timeout = "5s", context = attempt)]
//! async fn part(id: u64) -> Result<String, CallError<std::io::Error>> {
//!     let left = attempt.time_left();
//!     Ok(read(id, left).await?)
//! }
//! # async fn read(_: u64, _: Option<std::time::Duration>) -> std::io::Result<String> {
//! #     Ok(String::new())
//! # }
//! ```
//!
//! `"none"` disables a limit. Without the attribute: [`Policy::timeout`](crate::Policy::timeout),
//! [`no_timeout`](crate::Policy::no_timeout), [`deadline`](crate::Policy::deadline),
//! [`no_deadline`](crate::Policy::no_deadline).
//! [`AttemptContext::time_left`](crate::AttemptContext::time_left) tells the body how much time is
//! left.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `timeout` | 60s |
//! | `deadline` | none |
//!
//! The presets have other timeouts: [`Upstream::openai`](crate::Upstream::openai) and
//! [`anthropic`](crate::Upstream::anthropic) 600 s, [`github`](crate::Upstream::github) 15 s.
//!
//! # Events
//!
//! A timeout is `attempt failed` with [`Class::Timeout`](crate::Class::Timeout), and is retried. An
//! attempt that is ended by the deadline is `giving up` with the reason `deadline` and
//! [`Class::Deadline`](crate::Class::Deadline), and is not retried; the breaker counts it as a
//! timeout. Both are a [`Rejection`](crate::Rejection) whose `limit` is the limit that was
//! exceeded. An `ApiError` made from it has the method, URL and `curl` of the `send_checked` that
//! was in flight. If a hedged run of the attempt has failed, that failure takes the place of the
//! timeout. A wait that would end after the deadline is not started: the caller gets the last
//! failure, with [`GiveUp::NoTimeLeft`](crate::GiveUp::NoTimeLeft).
//!
//! # What it will not do
//!
//! - It cannot stop the server, which may still process the request. So a timeout counts as maybe
//!   processed, and with `idempotent = false` it is not retried.
//! - It does not interrupt a body that blocks its thread: an attempt is ended only at an `.await`.
//! - The timeout does not include the wait for admission, nor the time before the body first
//!   returns `Pending`.
//! - A nested call inherits the deadline, but not the timeout of the outer attempt, which just
//!   drops it.
//! - It ends with the function. A function that returns a response has returned when the headers
//!   are there: timeout, deadline, retry and permit do not include the body. Read the body inside
//!   the function, or limit the time of its reading.
//! - It does not apply to a task that the body spawns.
//! - It does not apply to a fallback.
