//! Scripted outcomes: tests of what a function does with failures, without a server.
//!
//! # Why
//!
//! What happens after a failure is part of an application: another answer, a message, a bill that
//! is not paid twice. To test it, the failure has to happen. `testing::script` puts outcomes in the
//! place of the body of a function, by its name: nothing is mocked, and no code is changed.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, GiveUp, resilient};
//! use resilient_runtime::testing::{isolated, record};
//! use resilient_runtime::testing::script::{ok, reset, script, status};
//! # use std::io;
//!
//! #[resilient(name = "ask", attempts = 4)]
//! async fn ask(question: &str) -> Result<usize, CallError<io::Error>> {
//!     Ok(question.len()) // instead of a request
//! }
//!
//! #[resilient_runtime::test(no_waits)]
//! async fn asks_again_if_the_server_is_overloaded() {
//!     let outcomes = [status(503).times(2), ok(42_usize)];
//!     let (answer, trace) = script("ask", outcomes, record(ask("why?"))).await;
//!     assert_eq!(answer.unwrap(), 42);
//!     trace.assert_attempts(3);
//! }
//!
//! /// One row for each class: how many attempts are made, and why no more.
//! #[resilient_runtime::test(no_waits)]
//! async fn each_failure_has_its_attempts() {
//!     for (outcome, attempts, reason) in [
//!         (status(429), 4, GiveUp::AttemptsUsedUp),
//!         (status(401), 1, GiveUp::NotRetryable),
//!         (reset(), 4, GiveUp::AttemptsUsedUp),
//!     ] {
//!         // Each row with a retry budget of its own. An outcome that is not used fails the test.
//!         let row = script("ask", [outcome.times(attempts)], record(ask("why?")));
//!         let (answer, trace) = isolated(row).await;
//!         assert!(answer.is_err());
//!         trace.assert_attempts(attempts);
//!         trace.assert_gave_up(reason);
//!     }
//! }
//! # use resilient_runtime::testing::no_waits;
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let outcomes = [status(503).times(2), ok(42_usize)];
//! # assert_eq!(no_waits(script("ask", outcomes, ask("why?"))).await.unwrap(), 42);
//! # let row = script("ask", [reset().times(4)], record(ask("why?")));
//! # isolated(no_waits(row)).await.1.assert_gave_up(GiveUp::AttemptsUsedUp);
//! # }
//! ```
//!
//! The name is that of the log: module and function, as in `app::ask`, or the argument `name`. With
//! a wrong one, the test fails and lists the functions that were called.
//!
//! A scripted response is classified by status, headers and body as one over sockets is: the tests
//! of this crate compare the two for every answer and fault. `script::answer` takes the answers of
//! `FaultyServer`, such as `openai::quota_exhausted()`. `body()` runs the body, so that a script
//! can let only the first attempts fail.
//!
//! # Defaults
//!
//! Nothing is on by default. Without the feature `testing`, the attribute writes no place where
//! something else could take the place of the body; with it, nothing changes outside of a script.
//!
//! # Events
//!
//! None of its own. A scripted failure is logged and recorded as any other.
//!
//! # What it will not do
//!
//! - The error has to hold a `Rejection`, as `ApiError`, `CallError` and types with the derive do:
//!   there, a scripted response is in the variant for rejections. For another variant or type,
//!   `error(..)` takes a value, for one attempt each.
//! - `ok(..)` and `error(..)` are not for closures, and not for functions whose return type has a
//!   type parameter, a borrow, `Self` or `impl Trait`.
//! - Faults within a body, delays and streams need a real connection: `FaultyServer`.
//! - It does not reach a task that is started otherwise than with `testing::spawn`.
