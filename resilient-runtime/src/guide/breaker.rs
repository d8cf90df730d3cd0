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
//! most until their deadline. A nested call inside a probe is part of that probe.
//!
//! [`Upstream::isolate`](crate::Upstream::isolate) opens the breaker by hand,
//! [`release`](crate::Upstream::release) closes it.
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
//! # Half-open
//!
//! After a break, up to `half_open_probes` attempts at a time are sent as probes. They are judged
//! as the window judges calls:
//!
//! - The circuit closes when `half_open_probes` of them have succeeded.
//! - It opens again when a failed one brings the ratio of failed probes to `failure_ratio`, or makes
//!   `consecutive` failures in a row (without `consecutive`, `min_calls`). So the first probe of a
//!   dead server opens it again at once, while after a success several failures are tolerated.
//! - The next break is longer by `factor`. If another probe, already in flight, then succeeds, the
//!   server is not dead: the break ends after `break_duration`.
//!
//! If 30 % of the calls fail at random after an outage, 1 % to 3 % of the calls are refused in the
//! five minutes after its last break, and 9 % if they are so short that a probe ends before the next
//! call.
//!
//! | a probe ends with | it counts as |
//! |---|---|
//! | a success, also after `probe_timeout` | a success |
//! | a rejected request: 400, 401, 403, 404, 409, 422, a content filter, a response that cannot be decoded | a success: the server works |
//! | an error of the server, a timeout, a broken connection, a slow answer | a failure; nothing after `probe_timeout` |
//! | an exhausted quota | opens the circuit, as always |
//! | 429, a request that could not be built, a cancelled call, the end of the deadline, a panic | nothing; its place is free at once |
//!
//! A panic in the body says nothing about the server, so it is treated as a cancelled call. A
//! failure without a status or a code of the server, such as an invalid URL, does not prove that
//! the server has answered.
//!
//! # Events
//!
//! `circuit opened`, `circuit half-open` and `circuit closed`, with `upstream`, `from`, `to` and
//! `break_duration`. `circuit opened` has a `cause`, which rejections name too: `failure_ratio`
//! (in the window, or of the probes), `consecutive_failures`, `slow_calls`, `isolated`, or the class
//! of a failure that opens at once, `quota_exhausted`. A rejected call logs `giving up` with the
//! reason `the circuit breaker is open`; a waiting call logs `queued` and `admitted`. The caller gets a
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
//! - It does not make a call wait, unless `on(circuit_open, retry = true)` is set. A rejected call
//!   is not retried.
//! - No call waits for an isolated breaker.
//! - It does not cancel attempts in flight. Calls that wait for a limit when it opens are rejected.
//! - It is not shared between processes.
