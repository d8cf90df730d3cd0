//! Statistics: how the calls of each function, upstream and key have turned out.
//!
//! # Why
//!
//! Whether an API fails more than usual, which class of failure it is, and what calls wait for are
//! questions for numbers, not for single lines of a log. They are answered in the process itself,
//! without a server for metrics: on a page for operators, in a health check, or in a test.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Outcome, resilient, snapshot, statistics};
//! use std::io;
//!
//! #[resilient(name = "ask", attempts = 2, backoff(initial = "10ms"))]
//! async fn ask(failures: &mut u32) -> Result<u32, CallError<io::Error>> {
//!     if *failures > 0 {
//!         *failures -= 1;
//!         return Err(io::Error::from(io::ErrorKind::ConnectionReset).into());
//!     }
//!     Ok(42)
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! statistics::start();
//! for mut failures in [0, 1, 2] {
//!     let _ = ask(&mut failures).await;
//! }
//! let snapshot = snapshot();
//! let calls = &snapshot.function("ask").unwrap().calls;
//! assert_eq!(calls.outcome(Outcome::OkAfterRetry), 1);
//! assert_eq!(calls.outcome(Outcome::Failed), 1);
//! println!("{snapshot}"); // a table; with `{:#}` also all settings in effect
//! # }
//! ```
//!
//! [`snapshot`](crate::snapshot) lists all functions and upstreams that were used, with
//! [`Calls`](crate::statistics::Calls): outcomes, attempts, classes, waits by their reason,
//! quantiles of the latency, and the error rate of the last minute. With the feature `serde` it is
//! data. [`Upstream::list_keys`](crate::Upstream::list_keys) lists the keys of an upstream. In the
//! repository, `cargo run --example top` shows a view of them in the terminal.
//!
//! # Defaults
//!
//! Nothing is counted before [`statistics::start`](crate::statistics::start). Then a success at
//! once costs 25 to 45 instructions, without a lock and an allocation: each thread counts in memory
//! of its own, and successes at once are not timed. A jump is an error rate of the last minute
//! above 10 % and above three times the usual one, among at least 20 calls. It is reported once,
//! and again only after the rate has halved.
//!
//! # Events
//!
//! `error rate jumped` (WARN), of a function or of an upstream, with `rate`, `rate.usual` (the
//! average of about ten minutes before), `calls`, `window` and `incident`: the one that is open on
//! the page of [`StatusPage::watch_for`](crate::StatusPage::watch_for), which is asked first.
//!
//! # What it will not do
//!
//! - It counts nothing across processes: that is for metrics.
//! - A key that is evicted takes its numbers with it; the upstream keeps the sum.
//! - The quantiles are of calls that had to wait for something, accurate to within 20 %; there
//!   are none for fewer than 20.
//! - The rate is sampled once a second at most, when something other than a success at once ends.
//! - The first minute of a program, with at least 20 calls, is what is usual: nothing is a jump
//!   before, nor where all has failed from the start.
