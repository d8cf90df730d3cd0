//! Gate: a shared pause. If a server asks one caller to wait, all callers wait.
//!
//! # Why
//!
//! A response of 429 or 503 with `Retry-After` reaches one caller; without a gate, the others
//! continue until each has got its own. In the [simulation](crate::guide::storm) 200 batch workers
//! send 2,000 requests per second to a quota of 400. 100 % of their operations succeed with and
//! without a gate, but with a gate they need 1.1 requests per operation instead of 1.3.
//!
//! # Use
//!
//! The gate belongs to an upstream, which the attribute names.
//!
//! ```
//! use resilient_runtime::{CallError, Upstream, resilient};
//!
//! static GITHUB: Upstream = Upstream::new("github").gate(true);
//!
//! #[resilient(upstream = GITHUB)]
//! async fn issue(number: u64) -> Result<String, CallError<std::io::Error>> {
//!     Ok(read(number).await?)
//! }
//! # async fn read(_: u64) -> std::io::Result<String> { Ok(String::new()) }
//! ```
//!
//! With values from a configuration, set [`UpstreamConfig::gate`](crate::UpstreamConfig::gate).
//! [`Upstream::release`](crate::Upstream::release) opens the gate by hand, and closes the breaker.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `gate` | false: closes only if the headers report an exhausted quota |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: until the deadline |
//!
//! The preset [`Upstream::github`](crate::Upstream::github) has it on. When the gate opens, the
//! waiting calls are spread at random over a time as long as the pause, at least 1 s and at most 30
//! s, or 3 s in [bulk work](super::bulk), of which few wait. If a deadline or `max_wait` leaves
//! less, they are spread over half of the remaining time.
//!
//! # Events
//!
//! `gate closed` with the `pause` that the server asked for. A call that is held back logs
//! `queued`, with `waits_for = gate`, and `admitted` when it is sent.
//! [`Snapshot::gate`](crate::Snapshot::gate) is the time until the gate opens. A wait that would
//! exceed the deadline or `max_wait` is not started: `giving up` with the reason
//! `the client-side limits leave no room in time`. The caller gets a
//! [`Rejection`](crate::Rejection) with [`Class::Throttled`](crate::Class::Throttled) and the time
//! until the gate opens, or the failure of the previous attempt; the history has
//! [`GiveUp::Refused`](crate::GiveUp::Refused). [`Counts::refused`](crate::Counts::refused) counts
//! rejections.
//!
//! # What it will not do
//!
//! - It closes only if the server names a wait, and only after the classes `rate_limited` and
//!   `overloaded`.
//! - It ignores a wait above `max_retry_after` of the upstream's policy.
//! - It does not cancel attempts in flight.
//! - With keys, it holds back only the callers of the same key.
//! - A function with limits of its own (`requests = ..`) has a gate that closes only if a quota is
//!   exhausted; a function without an upstream and without limits has none.
