//! Tests: fresh state for each test, no waits, scripted servers, and a record of what happened.
//!
//! # Why
//!
//! Annotated functions share state: a retry budget each, and the upstream in a `static` with its
//! breaker and limits. Tests in one process share it too, so that a circuit that one test opens
//! refuses the calls of others; and waits of seconds make tests slow. The feature `testing` has a
//! kit against both, for `[dev-dependencies]`, beside tokio with `macros` and `rt`.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, GiveUp, resilient, testing::record};
//! use std::io;
//!
//! #[resilient(attempts = 4)]
//! async fn ask(question: &str) -> Result<usize, CallError<io::Error>> {
//!     match question {
//!         "" => Err(io::Error::from(io::ErrorKind::ConnectionReset))?,
//!         question => Ok(question.len()),
//!     }
//! }
//!
//! #[resilient_runtime::test(no_waits)] // around `#[tokio::test]`
//! async fn gives_up_after_four_attempts() {
//!     let (answer, trace) = record(ask("")).await;
//!     assert!(answer.is_err());
//!     trace.assert_attempts(4);
//!     trace.assert_gave_up(GiveUp::AttemptsUsedUp);
//! }
//! # use resilient_runtime::testing::{isolated, no_waits};
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let (answer, trace) = isolated(no_waits(record(ask("")))).await;
//! # assert!(answer.is_err());
//! # trace.assert_attempts(4);
//! # }
//! ```
//!
//! A server for tests of the whole way to the wire:
//! ```
//! use resilient_runtime::testing::server::{FaultyServer, openai, reset, status};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let server = FaultyServer::start().await;
//! server.answer([status(503).times(2), reset()]); // one for each request, in this order
//! server.at("/v1/embeddings").answer(openai::quota_exhausted());
//! // Call `server.url_of("/v1/chat")`; then:
//! assert_eq!(server.requests().await.len(), 0);
//! # }
//! ```
//!
//! | what | for |
//! |---|---|
//! | `#[resilient_runtime::test]` | a test with fresh state; `no_waits` and the arguments of `#[tokio::test]` |
//! | `testing::isolated` | the same for a future; inside another one, it starts anew |
//! | `testing::no_waits` | waits take no time, with real sockets too; timeouts stay real |
//! | `testing::attempts_at_most`, `with_policy` | other numbers than those of the attributes inside |
//! | `testing::record` | attempts, waits, give-ups and all other steps; a failing assertion prints them |
//! | `testing::script` | outcomes in the place of the body of a function: see [its page](super::script) |
//! | `testing::MemoryStore` | the store of a [shared](super::sharing) upstream, which hangs, fails and loses its data by order |
//! | `testing::spawn` | a task in which all of this holds as well |
//! | `policy_of`, `upstream_of` | the [settings in effect](super::inspect): one line tests them |
//! | `testing::FaultyServer` | a server on loopback that fails by script: see its page |
//!
//! tokio's paused clock (`start_paused = true`) suits tests without sockets: waits pass at once,
//! and times can be asserted. With real sockets it would jump to the timeout while a response is
//! on its way: use `no_waits` there. `Policy::seed` makes waits reproducible.
//!
//! # Defaults
//!
//! Nothing is on by default, and without the feature nothing of it is compiled: a use of the kit
//! outside of tests does not compile then.
//!
//! # Events
//!
//! None of its own. A record hears of the events of the calls inside, also without a subscriber.
//!
//! # What it will not do
//!
//! - It does not reach a task that is started otherwise than with `testing::spawn`.
//! - `no_waits` does not shorten the break of an open circuit, nor the wait for a permit, which
//!   ends when another call does. Rate limits, the gate and the retry budget let every attempt
//!   through.
//! - It frees no state: each upstream used in an isolated test costs some kilobytes.
