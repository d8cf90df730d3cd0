//! Circuit breaker: an API that is down is left alone, and then tried with a few probes.
//!
//! # Why
//!
//! Where nearly every call fails, a call only makes its caller wait and the server's queue longer. In the simulation of
//! the README a server falls to a tenth of its capacity with a deep queue: a breaker with a break of 2 s sends nothing
//! while the queue drains, and all is well 3 s after the incident instead of 6 s.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(breaker(consecutive = 10, break_duration = "2s"))]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! That breaker is of this function alone. One that several functions share is set on an upstream:
//! [`Upstream::breaker`](crate::Upstream::breaker) or [`UpstreamConfig::breaker`](crate::UpstreamConfig::breaker).
//!
//! A call fails at once while the breaker is open. Work that can wait, such as a batch, waits instead with
//! `on(circuit_open, retry = true)`: it is let through with the probes of the half-open breaker, or after them, as long
//! as its deadline allows. A call inside the probe's own attempt shares its place.
//!
//! [`Upstream::isolate`](crate::Upstream::isolate) opens it by hand, [`release`](crate::Upstream::release) closes it.
//!
//! # Defaults
//!
//! Off. [`Breaker::DEFAULT`](crate::Breaker::DEFAULT), which `breaker` alone is:
//!
//! | setting | default |
//! |---|---|
//! | `failure_ratio` | 0.8 |
//! | `window` | 10s |
//! | `min_calls` | 20 |
//! | `consecutive` | none |
//! | `slow` | none |
//! | `break_duration` | 5s |
//! | `max_break_duration` | 60s |
//! | `factor` | 2 |
//! | `half_open_probes` | 3 |
//! | `probe_timeout` | 60s |
//!
//! In the attribute `slow` comes with a `slow_ratio` of 0.8. Exhausted quota opens the circuit at once, for
//! `max_break_duration`.
//!
//! # Events
//!
//! `circuit opened`, `circuit half-open` and `circuit closed`, with `upstream`, `from`, `to` and `break_duration`. A refusal is
//! `giving up` with the reason `the circuit breaker is open`, a wait `queued` and `admitted`. The caller gets a [`Rejection`](crate::Rejection) of
//! [`Class::CircuitOpen`](crate::Class::CircuitOpen) with the wait that would help, or the failure of the attempt
//! before; the history has [`GiveUp::Refused`](crate::policy::GiveUp::Refused).
//! [`Snapshot::breaker`](crate::Snapshot::breaker) is the [`BreakerState`](crate::BreakerState), and
//! [`Counts::refused`](crate::Counts::refused) counts what was refused, by whatever limit.
//!
//! # What it will not do
//!
//! - It does not heal random faults, which a retry does: by the defaults it stays closed while more than a fifth of the
//!   attempts that count succeed.
//! - A 429 does not trip it, and neither does what is the caller's own fault (400, 401, 403, 404 …): these count
//!   neither way.
//! - Without `on(circuit_open, retry = true)` it does not tell a caller to wait: an open circuit refuses at once, and the call is not retried.
//! - An isolated one is not waited for.
//! - It does not stop what is in flight. Calls that wait for a limit when it opens are refused.
//! - It does not know of other processes: each learns by its own failures.
