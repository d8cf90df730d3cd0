//! Circuit breaker: fails fast while an API is down, then sends a few probes.
//!
//! # Why
//!
//! If nearly every call fails, further calls only delay their callers and lengthen the server's
//! queue. In the [simulation](crate::guide::storm) a server falls to a tenth of its capacity, with
//! a deep queue. A breaker with a break of 2 s sends nothing while the queue drains, and the server
//! is back 3 s after the incident instead of 6 s.
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
//! This breaker belongs to one function. Functions share a breaker through an upstream:
//! [`Upstream::breaker`](crate::Upstream::breaker) or
//! [`UpstreamConfig::breaker`](crate::UpstreamConfig::breaker).
//!
//! While the breaker is open, calls fail at once. Work that can wait, such as a batch, sets
//! `on(circuit_open, retry = true)`: its calls wait until the breaker is half-open or closed, at
//! most until their deadline. A nested call inside a probe is not refused while the
//! breaker is half-open.
//!
//! [`Upstream::isolate`](crate::Upstream::isolate) opens the breaker by hand,
//! [`release`](crate::Upstream::release) closes it. Both work without a breaker too, to stop all
//! calls to an upstream.
//!
//! # Defaults
//!
//! Off. `breaker` without settings is [`Breaker::DEFAULT`](crate::Breaker::DEFAULT):
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
//! In the attribute, `slow` has a `slow_ratio` of 0.8 by default. An exhausted quota opens the
//! circuit at once, for `max_break_duration`.
//!
//! After a break, a probe that fails opens the circuit again if the ratio of failed probes reaches
//! `failure_ratio`; `half_open_probes` successes close it. 400, 401 and 404 are such successes: the
//! server works. [`Breaker`](crate::Breaker) has the rules. If 30 % of the calls fail at random
//! after an outage, 1 % to 9 % are refused in the five minutes after the last break: the fewer, the
//! more calls are in flight together.
//!
//! # Events
//!
//! `circuit opened`, `circuit half-open` and `circuit closed`, with `upstream`, `from`, `to` and
//! `break_duration`. The `cause` of an opening, which rejections name too, is `failure_ratio`,
//! `consecutive_failures`, `slow_calls`, `quota_exhausted` or `isolated`. A rejected call logs
//! `giving up` with the reason `the circuit breaker is open`; a waiting call logs `queued` and
//! `admitted`. The caller gets a
//! [`Rejection`](crate::Rejection) with [`Class::CircuitOpen`](crate::Class::CircuitOpen) and the
//! time until the next probe, or the failure of the previous attempt; the history has
//! [`GiveUp::Refused`](crate::GiveUp::Refused). [`Snapshot::breaker`](crate::Snapshot::breaker) is
//! the [`BreakerState`](crate::BreakerState), and [`Counts::refused`](crate::Counts::refused)
//! counts rejected calls of all limits.
//!
//! # What it will not do
//!
//! - It does not repair random failures; retries do. With the defaults it stays closed while more
//!   than a fifth of the attempts that count succeed.
//! - While closed, it ignores 429 and errors of the caller (400, 401, 403, 404 …): they count
//!   neither as failures nor as successes.
//! - It does not make a call wait, unless `on(circuit_open, retry = true)` is set; none waits for
//!   an isolated breaker. A rejected call is not retried.
//! - It does not cancel attempts in flight. Calls that wait for a limit when it opens are rejected,
//!   except with `on(circuit_open, retry = true)`.
//! - It is not shared between processes, unless the upstream is [shared](crate::guide::sharing).
