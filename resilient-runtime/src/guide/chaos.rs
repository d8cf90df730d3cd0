//! Chaos: failures at random in the place of requests, to see what becomes of them.
//!
//! # Why
//!
//! Whether retries, limits and fallbacks suit an application shows only when a server fails, and
//! real servers fail at a bad time. The feature `chaos` makes a share of all attempts fail, on a
//! test system or for a part of the traffic, with a switch at run time.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, chaos, resilient};
//! # use std::io;
//!
//! #[resilient(attempts = 3, timeout = "2s")]
//! async fn ask(question: &str) -> Result<usize, CallError<io::Error>> {
//!     Ok(question.len()) // instead of a request
//! }
//!
//! async fn serve(questions: &[&str]) -> usize {
//!     let mut answers = 0;
//!     for question in questions {
//!         answers += usize::from(ask(question).await.is_ok());
//!     }
//!     answers
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! // One attempt of ten fails. The same seed means the same failures, in the order of the attempts.
//! let answers = chaos(0.1, 42, serve(&["why?", "when?"])).await;
//! assert_eq!(answers, 2);
//! chaos::set_enabled(false); // everywhere, until it is switched on again
//! # }
//! ```
//!
//! A failed attempt is one of these, in equal shares: a `503`; a `429` that asks for a wait of 1 s;
//! a `reset` connection; a `hang`, which ends by the timeout, and after 60 s without one. The body
//! of the function is not run. `chaos::spawn` starts a task in which the same holds.
//!
//! # Defaults
//!
//! Nothing is on by default: the feature makes room for failures before each body, and a future in
//! `chaos(..)` has some. Without the feature, nothing of it is compiled. The switch is on at the
//! start.
//!
//! # Events
//!
//! `fault injected` with `fault` (`503`, `429`, `reset`, `hang`) at the level WARN, before the
//! events of the failure, whose message is `injected by chaos`. A record of a test has the step
//! `Step::Injected`.
//!
//! # What it will not do
//!
//! - It does not reach a task that is started otherwise than with `chaos::spawn`.
//! - The switch ends no `hang` that has begun.
//! - It does not spare real state: the failures count for the retry budget, the breaker and the
//!   limits of an upstream that other calls use too.
//! - It has no faults within a response: [`FaultyServer`](super::testing) has, in tests.
//! - An error that holds no `Rejection` has the text of the failure, and not its class.
