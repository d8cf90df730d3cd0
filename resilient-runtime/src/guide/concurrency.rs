//! Concurrency limit: limits the attempts in flight, to a fixed number or adaptively.
//!
//! # Why
//!
//! A server queues the requests that it cannot process yet. Callers hold memory and connections
//! while they wait there, and run into their timeouts. With a limit on the client's side they wait
//! in a queue of the client instead, in order; this wait counts against the deadline, not against
//! the timeout of the attempt. An adaptive limit finds the right number by latency.
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
//! Functions share a limit through an upstream:
//! [`Upstream::concurrency`](crate::Upstream::concurrency) or
//! [`UpstreamConfig`](crate::UpstreamConfig).
//! [`set_concurrency`](crate::Upstream::set_concurrency) changes an existing limit at run time.
//!
//! # Defaults
//!
//! Off. Defaults of a [`Concurrency`](crate::Concurrency):
//!
//! | setting | default |
//! |---|---|
//! | `queue` | none: unlimited |
//! | `min` | none: the limit is fixed |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: until the deadline |
//!
//! A call without a free permit waits in a queue until its deadline; without a deadline it waits as
//! long as necessary. `queue` and `max_wait` shed load instead: `queue` bounds the calls that wait
//! for a permit, not those that wait for a rate limit or at the gate, which hold none; `max_wait`
//! bounds every wait. A higher limit, set at run time, admits waiting calls at once; a lower one
//! takes effect as permits are returned.
//!
//! A nested call inside an attempt that holds a permit of the same upstream (and key) never waits
//! for a permit, nor behind a call that waits for one, since that could be a deadlock: it takes a
//! free one, or one beyond the limit, so `in_use` may exceed `permits`, by as many calls as run in
//! one attempt. This applies to code that the attempt itself awaits, at any depth. A spawned task
//! is a call of its own.
//!
//! [How an adaptive limit adapts](crate::Concurrency#what-adaptive-does), with its numbers.
//!
//! # Events
//!
//! `queued` when a call has to wait, with `upstream` and `waits_for`, and `admitted` when it is
//! sent, with the time `waited`. If a bounded queue is full, the attempt is rejected at once:
//! `giving up` with the reason `the concurrency limit leaves no room`, and
//! [`Class::AtCapacity`](crate::Class::AtCapacity). A call that still waits at its deadline, or
//! after `max_wait`, fails with [`Class::Throttled`](crate::Class::Throttled), not with `Deadline`.
//! The caller gets a [`Rejection`](crate::Rejection) without a wait, since it is not known, or the
//! failure of the previous attempt; the history has [`GiveUp::Refused`](crate::GiveUp::Refused). A
//! [`Snapshot`](crate::Snapshot) has `in_use`, `waiting` and `permits`, the current limit.
//! [`Counts::queued`](crate::Counts::queued) counts waits,
//! [`Counts::refused`](crate::Counts::refused) rejections.
//!
//! # What it will not do
//!
//! - It holds no permit during the wait before a retry; the retry joins the end of the queue.
//! - It does not count tasks that the body spawned: the permit is released when the body ends.
//! - It does not count the reading of a response that the function returns: the permit is released
//!   when the headers are there.
//! - It does not limit requests per time: short attempts can be many. [Rate
//!   limits](crate::guide::rate) do.
//! - It is not shared between processes, unless the upstream is [shared](crate::guide::sharing). An
//!   adaptive limit sees the load of others only as latency.
//! - An adaptive limit ignores the latency of attempts that did not reach the server, such as a
//!   refused connection, or a body that never waited, since its result is from a cache.
//! - It does not interrupt an attempt that has a permit. A permit that is granted to a waiting call
//!   and not picked up within two to four seconds goes to another one: the first is not polled,
//!   such as a branch of `select!` while the handler of another one runs.
