//! Hedge: an attempt that takes long is run once more beside itself, and the first success wins.
//!
//! # Why
//!
//! An attempt that takes long is often only unlucky: a slow replica, a lost packet. A second run, started then, is
//! often done before the first, which shortens the tail of the latency for a few requests more (Dean and Barroso, [The
//! Tail at Scale](https://research.google/pubs/pub40801/)). A retry cannot do that: it waits for the timeout first.
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
//! async fn at_a_time(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! There is no form without the attribute: a block or a closure is one run at a time. Runs share what the body borrows,
//! so there may be no `&mut` argument, and the future is `Send` only where all arguments are `Sync`.
//!
//! # Defaults
//!
//! Off. For a hedge that is set:
//!
//! | setting | default |
//! |---|---|
//! | `after` | has to be said: a time, or `"p50"` to `"p99.9"` |
//! | `max` | 1, at most 8 |
//!
//! Each further run starts after the same time again. A percentile is that of the successful attempts of late of this
//! function: with fewer than 20 of them there is no hedging.
//!
//! # Events
//!
//! `hedging` with the number of the `run`, from 2 on. Through an upstream, [`Counts::hedged`](crate::Counts::hedged)
//! counts the further runs. A run that fails while another goes on is not told; if all fail, the attempt has failed
//! with the last error. A further run that does not win counts in [`Usage::wasted`](crate::Usage::wasted) with its
//! `cost`; a first run that does not win counts as used and not as wasted.
//!
//! # What it will not do
//!
//! - It does not wait: a further run goes through the breaker, the gate and the limits of the upstream, and where there
//!   is no room at once it is not made. The first run goes on in any case.
//! - It is not free: each further run costs what a failed retry of an overloaded server does, 5 of the
//!   [budget](crate::guide::budget) by default. With less than that in the account there is none.
//! - It is not for what must not happen twice: beside `idempotent = false` it does not compile, and where a `policy` or
//!   an `upstream` says so there is no further run.
//! - It does not stop the loser at the server: that run is dropped here, and the server may finish it.
//! - It does not give more time: the timeout bounds all runs of an attempt together.
