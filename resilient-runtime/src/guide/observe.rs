//! Observers: every event of every call as a value, for counters, alerts and records of your own.
//!
//! # Why
//!
//! Retries that nobody sees hide an outage until the day they no longer help. Logs tell of single
//! calls; an observer counts them, raises an alert, or keeps them for a page of its own.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Event, Outcome, observe, resilient};
//! use std::{io, sync::atomic::{AtomicU64, Ordering}};
//!
//! static RETRIED: AtomicU64 = AtomicU64::new(0);
//!
//! #[resilient(name = "ask", attempts = 3, backoff(initial = "10ms"))]
//! async fn ask(failures: &mut u32) -> Result<u32, CallError<io::Error>> {
//!     if *failures > 0 {
//!         *failures -= 1;
//!         return Err(io::Error::from(io::ErrorKind::ConnectionReset).into());
//!     }
//!     Ok(42)
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! observe(|event: &Event<'_>| {
//!     if event.call_end().is_some_and(|end| end.outcome == Outcome::OkAfterRetry) {
//!         RETRIED.fetch_add(1, Ordering::Relaxed);
//!     }
//! });
//! assert_eq!(ask(&mut 2).await.unwrap(), 42);
//! assert_eq!(RETRIED.load(Ordering::Relaxed), 1);
//! # }
//! ```
//!
//! An [`Event`](crate::Event) has a kind with its data ([`EventKind`](crate::EventKind)), and the
//! function, the upstream and the key, as far as they are known where it happens. Every call that
//! is polled ends with exactly one event that has a [`CallEnd`](crate::CallEnd): its
//! [`Outcome`](crate::Outcome), its attempts, its time, and the part of it in which no attempt was
//! in flight.
//!
//! An observer is called where the event happens, and never under a lock. One that is slow goes
//! into [`Buffered`](crate::Buffered), which hands copies to a thread.
//!
//! `cargo run --example top -- --report out.html` makes a page of what an observer has recorded: a
//! timeline with the attempts and waits of each call, and counts of all calls.
//!
//! # Defaults
//!
//! There is no observer. While there is none, an event costs one load of a counter. With one, a
//! success at the first attempt is an event too, for which the clock is read.
//!
//! # Events
//!
//! `observer panicked` (ERROR): an observer has panicked, and hears of nothing any more. `observer
//! is too slow` (WARN): a `Buffered` one has dropped `dropped` events, at each power of two.
//!
//! # What it will not do
//!
//! - It changes no call: neither its result nor, with `Buffered`, its time.
//! - It shows no arguments and no texts that are not redacted. The key of a call is there, and is
//!   an argument: no log line and no label of a metric should have it.
//! - Events of calls that an observer makes itself are not observed again.
//! - A future that is never polled is no call, and ends in no event.
