//! Bulk work: many items, each with its call, all of which get done.
//!
//! # Why
//!
//! With a thousand items or a million, the loop around the calls is a program of its own: how many
//! at once, what happens to the other results when one fails, how far it is, when to stop. A fixed
//! number of calls at once is either below what the API gives or above it, and a key that was
//! revoked fails ten thousand times.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Upstream, bulk::Bulk, resilient};
//! # use std::io;
//!
//! static API: Upstream = Upstream::new("api").requests_per_minute(500);
//!
//! #[resilient(upstream = API, attempts = 6)]
//! async fn summary(text: &str) -> Result<String, CallError<io::Error>> {
//!     Ok(text.to_uppercase()) // instead of a request
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! let texts = ["one", "two", "three"];
//! let mut run = Bulk::new(texts)
//!     .progress(|progress| eprintln!("{progress}"))
//!     .max_tokens(2_000_000)
//!     .run(summary);
//! while let Some((index, result)) = run.next().await {
//!     match result {
//!         Ok(summary) => println!("{}: {summary}", texts[index]),
//!         Err(error) => eprintln!("{}: {error:#}", texts[index]),
//!     }
//! }
//! if let Some(stop) = run.stopped() {
//!     eprintln!("{stop}");
//!     let rest: Vec<(usize, &str)> = run.into_rest().collect(); // for the next run
//! #   drop(rest);
//! }
//! # }
//! ```
//!
//! [`Run::collect`](crate::bulk::Run::collect) returns all results in the order of the items.
//! `.stop_when(tokio::time::sleep(time))` ends a run in time: give its calls a
//! [`deadline`](super::timeout), by which those in flight end. With the feature `indicatif`,
//! `.progress_bar()` draws a bar on the terminal, with the reason of a pause. With the feature
//! `journal`, `.journal(path)` lets a second run [skip what is done](super::journal).
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | items at once | what the limits of the upstream let through; at most 500 |
//! | `max_refusals` | a stop after 5 refusals in a row |
//! | `max_failures`, `max_tokens`, `max_cost`, `stop_when` | never |
//! | `progress` | every 100 ms, and at the end |
//!
//! The run begins another item while at most half as many wait for admission as are in flight, and
//! no more wait for a retry than are in flight, or 16. So limits of an upstream are used to the
//! full, also adaptive ones, and few calls wait: a deadline is not spent in a queue. Without an
//! upstream with limits, only the number of items at once holds it back.
//!
//! With a [circuit breaker](super::breaker), an outage holds the run up: calls of a run wait until
//! it lets probes through, instead of failing. A run that stops finishes what is in flight; all
//! other items are given back. Refusals are the classes `authentication`, `permission` and
//! `quota_exhausted`, and those of this process.
//!
//! # Events
//!
//! `bulk stopped` (WARN, or INFO if it was asked for), once a run, with `reason`, `advice` and how
//! many items `ended`, `failed` and are `in_flight`. Calls in a run log theirs.
//! [`Progress`](crate::bulk::Progress) says what the items in flight wait for, as the events
//! `queued`, `retrying` and `deferring retry` do.
//!
//! # What it will not do
//!
//! - It does not repeat an item that has failed: retries belong to the call.
//! - It does not look into an `Ok`: a response with a status of 400 counts as a success.
//! - It starts no task: all items run in the one that polls the run, so a slow consumer of the
//!   results holds up the calls, and so does an item that computes for long.
//! - It does not cancel items when it stops. Dropping the run does.
//! - It does not see calls in tasks that an item spawns, nor tokens without an upstream.
//! - It does not pass over the items of a key that is paused or down: when enough of them wait, it
//!   begins no others.
