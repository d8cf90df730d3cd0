//! Timeout and deadline: how long an attempt may take, and how long the whole call.
//!
//! # Why
//!
//! A server that hangs gives no error, and a caller without a bound waits as long as it does. The timeout ends one
//! attempt, so that the next can succeed. The deadline is what the caller of the whole call can rely on: attempts,
//! waits between them and waits for limits. Bounds of nested calls that do not know of each other add up; here a call
//! inside has at most the time that is left outside.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(timeout = "10s", deadline = "1m")]
//! async fn report(id: u64) -> Result<String, CallError<std::io::Error>> {
//!     // Whatever its own policy says, it is over when the minute is.
//!     part(id).await
//! }
//!
//! #[resilient(timeout = "5s", context = attempt)]
//! async fn part(id: u64) -> Result<String, CallError<std::io::Error>> {
//!     let left = attempt.time_left();
//!     Ok(read(id, left).await?)
//! }
//! # async fn read(_: u64, _: Option<std::time::Duration>) -> std::io::Result<String> { Ok(String::new()) }
//! ```
//!
//! `"none"` is no bound. Without the attribute: [`Policy::timeout`](crate::Policy::timeout),
//! [`no_timeout`](crate::Policy::no_timeout), [`deadline`](crate::Policy::deadline),
//! [`no_deadline`](crate::Policy::no_deadline). The body asks for the rest with
//! [`AttemptContext::time_left`](crate::AttemptContext::time_left).
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
//! A timeout is `attempt failed` with [`Class::Timeout`](crate::Class::Timeout), and is retried. A deadline that cuts
//! an attempt is `giving up` with the reason `deadline` and [`Class::Deadline`](crate::Class::Deadline), and is not;
//! the breaker counts it as a timeout. Both are a [`Rejection`](crate::Rejection), whose `limit` is the bound that was
//! reached. Where the wait for a retry would outlast the deadline it is not begun: the caller gets the failure at hand,
//! with [`GiveUp::NoTimeLeft`](crate::GiveUp::NoTimeLeft).
//!
//! # What it will not do
//!
//! - It cannot stop the server, which may still finish what was cut. So a timeout counts as maybe processed, and
//!   `idempotent = false` does not retry it.
//! - It does not cut a body that blocks its thread: an attempt is only cut where its body waits.
//! - The timeout does not count the wait to be let through, nor the time before the body first waits.
//! - A call inside knows the deadline outside and not the timeout outside: that one just drops it.
//! - A task that the body spawns has no bound from around it, and goes on when the attempt is cut.
//! - A fallback runs after the call, and neither bounds it.
