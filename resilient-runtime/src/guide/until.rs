//! Jobs: a function that asks again until a job is ready.
//!
//! # Why
//!
//! A batch job, a transcription or an export is begun with one request, and others ask whether it
//! is ready. "Not yet" is a success of the request, and no failure: a loop of retries that counts
//! it as one uses up its attempts, spends the retry budget and opens a breaker, though nothing is
//! wrong. And a failure in between must not end hours of waiting.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//! # use std::io;
//!
//! #[derive(Debug, PartialEq)]
//! enum Job {
//!     Running,
//!     Done(String),
//! }
//!
//! #[resilient(until = |job| *job != Job::Running, deadline = "24h", backoff(initial = "5s"))]
//! async fn finished(id: &str) -> Result<Job, CallError<io::Error>> {
//! #   static POLLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
//! #   if POLLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 9 { return Ok(Job::Running); }
//!     Ok(Job::Done(id.to_owned())) // instead of a request
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! assert_eq!(finished("job_1").await.unwrap(), Job::Done("job_1".to_owned()));
//! # }
//! ```
//!
//! `until` names a function `fn(&Job) -> bool` or a closure. Each poll is a call of its own, with
//! its attempts, timeouts and limits: a failed one is retried as usual, and what it uses up is not
//! missing at the next poll. A failure that is final ends the polls.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | wait after the first poll, `backoff(initial = ..)` | 1 s, at most |
//! | growth, `backoff(factor = ..)` | twice as long after each poll |
//! | longest wait, `backoff(max = ..)` | 32 s |
//! | random part of a wait, `backoff(jitter = ..)` | full; `"none"` for exactly these waits |
//! | `deadline` of all polls together | none: it polls until the job is ready, for ever |
//!
//! The waits of `backoff(..)` are also those of retries. If the deadline comes after a poll was
//! answered, or would come before the next one, the function fails with a
//! [`Rejection`](crate::Rejection) of class `deadline`. It says that the job was not ready, after
//! how many [`polls`](crate::Rejection::polls) and in what time; a [`fallback`](super::fallback)
//! takes it like any other failure. A [shutdown](super::steer) ends the wait: the next poll is
//! rejected with the class `cancelled`.
//!
//! # Events
//!
//! `not ready` after each poll that another one follows, with the number of `polls` and the
//! `delay`; and those of each poll, which is a call, with its own idempotency key and span.
//!
//! # What it will not do
//!
//! - "Not yet" takes no attempt, and nothing from the retry budget; breaker and statistics count a
//!   success, also of the last poll before the deadline.
//! - It does not cancel the job at the server, neither when the deadline comes nor when the
//!   function is dropped, which is cancel safe.
//! - It does not know a job that has failed: let `until` accept it, and look at the result.
//! - It does not ask for the interval that a server recommends, nor a schedule `backoff = expr`.
//! - It does not go with streams and `split`, and `.await` is not for its expression.
