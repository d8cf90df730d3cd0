//! Concurrency limit: so many attempts at one time, fixed or as the server can do.
//!
//! # Why
//!
//! What a server cannot work on at once it lets wait, and callers who wait there hold memory and connections and run
//! into their timeouts. A limit on this side keeps the wait here, and in order; it counts against the deadline
//! of the call, not against the timeout of the attempt. Where the right number is not known, it is found by latency.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(concurrency(8, queue = 100))]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//!
//! #[resilient(concurrency(min = 4, max = 64))]
//! async fn adapting(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! Functions that share a limit name an upstream with [`Upstream::concurrency`](crate::Upstream::concurrency) or
//! [`concurrency_limit`](crate::Upstream::concurrency_limit), or an [`UpstreamConfig`](crate::UpstreamConfig).
//! [`set_concurrency`](crate::Upstream::set_concurrency) changes a limit that there is.
//!
//! # Defaults
//!
//! Off. For a [`Concurrency`](crate::Concurrency) that is set:
//!
//! | setting | default |
//! |---|---|
//! | `queue` | none: as many as come may wait |
//! | `min` | none: the limit is fixed |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: as long as the deadline allows |
//!
//! A call that finds no slot waits in line, as long as its own deadline allows; without a deadline, as long as it takes.
//! Whoever wants to shed load instead sets `queue` or `max_wait`.
//!
//! A call inside an attempt that holds a permit of the same upstream (and key) needs none of its own: waiting for one
//! could last for ever. That holds for what the attempt itself awaits, with at most one other upstream in between; a task
//! that it spawns is a call of its own.
//!
//! [What `adaptive` does](crate::Concurrency#what-adaptive-does) is told there, with its numbers.
//!
//! # Events
//!
//! `queued` when a call has to wait, with `upstream` and `waits_for`, and `admitted` when it goes, with the time it
//! `waited`. With a bounded line full, an attempt is refused at once: `giving up` with the reason `the
//! concurrency limit leaves no room`, and [`Class::AtCapacity`](crate::Class::AtCapacity). Whose time is over in the
//! line gets [`Class::Throttled`](crate::Class::Throttled). The caller gets a [`Rejection`](crate::Rejection), which names
//! no wait since nobody knows it, or the failure of the attempt before; the history has
//! [`GiveUp::Refused`](crate::policy::GiveUp::Refused). In a [`Snapshot`](crate::Snapshot): `in_use`, `waiting` and
//! `slots`, which is the limit as adapted. [`Counts::queued`](crate::Counts::queued) counts the waits,
//! [`Counts::refused`](crate::Counts::refused) the refusals.
//!
//! # What it will not do
//!
//! - It holds no slot during the wait for a retry, which then waits in line as a newcomer does.
//! - It does not count what the body leaves behind: a slot comes back when the body is gone, and a task that it spawned
//!   goes on.
//! - It does not limit requests in time: short attempts can be many. That is for [rate limits](crate::guide::rate).
//! - It does not know of other processes. An adaptive limit sees their load only by the latency.
//! - An adaptive limit learns nothing of latency from what never reached the server, such as a refused connection.
