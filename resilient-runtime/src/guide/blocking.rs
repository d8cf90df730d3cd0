//! Blocking functions: a call on the thread of its caller.
//!
//! # Why
//!
//! A command-line tool, a database job or a client such as ureq or diesel has no async runtime. A
//! loop with `thread::sleep` has neither limits that other threads share, nor a retry budget, nor a
//! wait that a shutdown ends.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Upstream, resilient};
//! use std::{io, time::Duration};
//!
//! static API: Upstream = Upstream::new("api").requests_per_minute(500);
//!
//! #[resilient(upstream = API, attempts = 3, deadline = "2m", fallback = cached)]
//! fn price(item: &str) -> Result<u32, CallError<io::Error>> {
//!     // The client's own timeout: `timeout_global` of ureq, or those of a socket.
//!     Ok(fetch(item, Duration::from_secs(10))?)
//! }
//!
//! fn cached(_: &str, _: CallError<io::Error>) -> Result<u32, CallError<io::Error>> {
//!     Ok(40)
//! }
//! # fn fetch(_: &str, _: Duration) -> io::Result<u32> { Ok(42) }
//!
//! assert_eq!(price("tea").unwrap(), 42);
//! ```
//!
//! Any `fn` that returns a `Result` may have the attribute: methods, generics and `impl Trait`
//! arguments as in an async one. While the call waits, for a retry, a limit or the retry budget,
//! its thread sleeps. It needs no runtime, unless its upstream is [shared](super::sharing). In an
//! async task, use `spawn_blocking` of tokio: called there directly, the other tasks of the thread
//! stand still meanwhile.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `timeout` of an attempt | none, and refused: an attempt that runs cannot be cut, so the client's own timeout does it |
//! | `timeout` of a base policy or an upstream | not applied |
//! | `deadline` | none; it ends waits, and no attempt begins after it |
//! | everything else | as in an async function |
//!
//! An attempt that ends after the deadline with a success is one. Its time counts for the breaker,
//! the adaptive limit and the events, although it is measured only at its end.
//!
//! # Events
//!
//! Those of an async call, on the thread of the caller, which a [shutdown](super::steer) wakes.
//!
//! In tests, [`no_waits`](crate::testing::no_waits) and the rest of the [kit](super::testing) hold:
//! `#[resilient_runtime::test(no_waits)]` on a plain `fn` needs no runtime. In a test with tokio's
//! paused time, a wait moves the clock on to its end, and takes no time. A thread of its own takes
//! the settings of the test along by [`carried`](crate::testing::carried).
//!
//! # What it will not do
//!
//! - Hedges, streams, `body = true` and a fallback that is async do not compile.
//! - It does not stop the request of a thread: neither the deadline nor a shutdown does.
//! - It does not move the tasks of a runtime's thread to another one, as `block_in_place` would.
//! - [`Policy::call`](crate::Policy::call) and [`Upstream::call`](crate::Upstream::call) take async
//!   closures only: put the attribute on a small `fn` instead.
