//! Gate: the wait that a server asks one caller for holds back all of them.
//!
//! # Why
//!
//! A 429 or 503 with `Retry-After` is told to one caller, and the others go on asking until each has been told. In the
//! simulation of the README 200 batch workers want 2,000 requests a second of a quota of 400, and 100 % of their
//! operations succeed with and without a gate; with a gate they take fewer requests: 1.1 for each, and 1.3 without.
//!
//! # Use
//!
//! The gate belongs to an upstream; the attribute only names that.
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
//! Numbers from outside set [`UpstreamConfig::gate`](crate::UpstreamConfig::gate).
//! [`Upstream::release`](crate::Upstream::release) opens a gate by hand, and closes the breaker.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `gate` | false: only where the headers say that nothing is left of a quota |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: as long as the deadline allows |
//!
//! The preset [`Upstream::github`](crate::Upstream::github) has it on. Whoever was held back leaves at a random moment
//! after the opening, within a time as long as the wait was, at least 1 s and at most 30 s. If a deadline or `max_wait`
//! leaves less, within half of what is left.
//!
//! # Events
//!
//! `gate closed` with the `pause` that the server asked for. A call that it holds back is `queued`, with `waits_for =
//! gate`, and `admitted` when it goes. [`Snapshot::gate`](crate::Snapshot::gate) is how long it stays closed. A wait that would outlast
//! the deadline or `max_wait` is not begun, which is `giving up` with the reason `the client-side limits leave
//! no room in time`. The caller gets a [`Rejection`](crate::Rejection) of [`Class::Throttled`](crate::Class::Throttled) with the wait
//! that would help, or the failure of the attempt before; the history has
//! [`GiveUp::Refused`](crate::policy::GiveUp::Refused). [`Counts::refused`](crate::Counts::refused) counts the
//! refusals.
//!
//! # What it will not do
//!
//! - It does not close without a wait from the server, nor after another class than `rate_limited` and `overloaded`.
//! - It does not believe a wait above `max_retry_after` of the upstream's policy.
//! - It does not call back what is in flight.
//! - With keys it holds back the callers of that key, and no others.
//! - Without an upstream there is none, and a function with limits of its own (`rate = ..`) has it only where nothing
//!   is left.
