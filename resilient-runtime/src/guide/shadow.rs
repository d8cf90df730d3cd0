//! Shadow mode: limits and breakers that only count, until their numbers are trusted.
//!
//! # Why
//!
//! The first numbers of a limit are a guess. Too low, it delays calls that the server would have
//! answered; a breaker that opens too easily fails them. In shadow mode an upstream computes all of
//! it beside the real traffic, holds nothing back, and counts what it would have held back.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{Breaker, Rate, CallError, Upstream, resilient};
//!
//! static API: Upstream = Upstream::new("api")
//!     .requests(Rate::per_minute(1).burst(1))
//!     .breaker(Breaker::new())
//!     .shadow(true);
//!
//! #[resilient(upstream = API)]
//! async fn ask() -> Result<u32, CallError<std::io::Error>> {
//!     Ok(42)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! for _ in 0..3 {
//!     ask().await.unwrap(); // at once, although the limit is one a minute
//! }
//! assert_eq!(API.snapshot().counts.not_enforced, 2);
//! # }
//! ```
//!
//! In a [configuration](crate::guide::config), `shadow = true` in the section of an upstream or of
//! some of its keys has it, and changes with a reload: try new limits in shadow, then enforce them.
//! `cargo run --example shadow` demonstrates this.
//!
//! | would hold an attempt back | in shadow mode |
//! |---|---|
//! | circuit breaker | opens, closes and counts as usual; attempts are still sent |
//! | gate, limits of requests and tokens | the attempt is sent, and takes nothing from them |
//! | concurrency limit | the attempt is sent, and `in_use` is above the limit |
//! | retry budget | the retry is sent when its wait is over, and the further run is started |
//!
//! The results of such attempts do not count for the breaker, and correct no estimate of tokens:
//! with the limits enforced, they would not have been sent at that moment. All others count.
//!
//! # Defaults
//!
//! False: everything is enforced. Attempts that would not be held back cost the same in both modes.
//! Calls that wait already when a configuration turns shadow mode on go on waiting.
//!
//! # Events
//!
//! `not enforced`, with `waits_for`: the first thing that would have held the attempt back
//! (`breaker`, `gate`, `concurrency`, `requests` or `tokens`); for a retry or a further run that
//! the retry budget would not have paid for, one more before it, with `budget`.
//! [`Counts::not_enforced`](crate::Counts::not_enforced) counts them, and in
//! [metrics](crate::guide::metrics) `resilient.upstream.refusals` with `mode = shadow`.
//!
//! # What it will not do
//!
//! - It does not tell waits from refusals, nor for how long an attempt would have waited: later
//!   attempts would have come at other moments.
//! - The waits of the policy stay: backoff, `Retry-After` after a failure of the call itself,
//!   deadline and timeout.
//! - [`isolate`](crate::Upstream::isolate), [`switch`](crate::switch) and
//!   [`shutdown`](crate::shutdown()) refuse calls in shadow mode too: they are deliberate.
//! - A server's 429 lowers the limits in shadow mode too, although it may have come because nothing
//!   held the attempts back.
