//! Hedge: a slow attempt is started a second time, in parallel, and the first success wins.
//!
//! # Why
//!
//! A slow attempt often has a local cause, such as a slow replica or a lost packet. A second run
//! that starts then often finishes first, which shortens the tail latency at the price of a few
//! more requests (Dean and Barroso, [The Tail at Scale](https://research.google/pubs/pub40801/)). A
//! retry has to wait for the timeout first.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(hedge(after = "p95"))]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//!
//! #[resilient(hedge(after = "800ms", max = 2))]
//! async fn after_a_time(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! Runs share the borrows of the body, so `&mut` arguments are not allowed, and the future is
//! `Send` only if all arguments are `Sync`. Without the attribute:
//! [`CallBuilder::hedge`](crate::CallBuilder::hedge) with a [`Hedge`](crate::Hedge), for a closure
//! that does not change what it captures. [`call!`](crate::call!) has no hedge, since a block that
//! borrows mutably runs only once at a time.
//!
//! # Defaults
//!
//! Off. Defaults of a hedge:
//!
//! | setting | default |
//! |---|---|
//! | `after` | required: a time, or `"p50"` to `"p99.9"` |
//! | `max` | 1, at most 8 |
//!
//! Each further run starts after the same interval again. A percentile is that of the recent
//! successful attempts of the function; with fewer than 20 of them there is no hedging. A run
//! that is due and not started counts towards `max`.
//!
//! # Events
//!
//! `hedging` with the number of the `run`, from 2 on; at DEBUG, `not hedging` with the `reason`.
//! Through an upstream, [`Counts::hedged`](crate::Counts::hedged) counts further runs. A run that
//! fails while another continues is logged as `run failed`; it counts for breaker and limits, and a
//! wait that the server asks for holds back the next run. A failure that is not retried, such as
//! 401, ends the attempt at once; if all runs fail otherwise, or the others take too long, the
//! attempt fails with the last error. The `cost` of each run that does not win counts in
//! [`Usage::wasted`](crate::Usage::wasted).
//!
//! # What it will not do
//!
//! - It does not wait: a further run needs a breaker that admits it, an open gate and room in all
//!   limits at once, otherwise it is not started. The first run continues in any case.
//! - It is not free: a further run costs as much of the [budget](crate::guide::budget) as a failed
//!   retry of an overloaded server, 5 by default. If the balance is lower, it is not started.
//! - It is not for requests that must not happen twice: with `idempotent = false` it does not
//!   compile, and if a `policy` or an `upstream` is not idempotent there are no further runs.
//! - It does not cancel the slower run at the server: the run is dropped here, but the server may
//!   finish it.
//! - It does not extend the timeout, which applies to all runs of an attempt together.
