//! Metrics: counts and times of all calls, for Prometheus, OpenTelemetry and others.
//!
//! # Why
//!
//! How many calls are saved by a retry, how long they wait for it, and which limit refuses them is
//! seen in no log line, but in numbers over time. A retry budget that is empty and a class that
//! grows are the first signs of an incident.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{metrics::Facade, observe};
//!
//! // After the recorder of the crate `metrics` is installed.
//! observe(Facade::new());
//! // Before each export, or every few seconds: what is read from the state of upstreams.
//! Facade::new().sample();
//! ```
//!
//! `cargo run --example prometheus` shows an exporter. For OpenTelemetry it is
//! `observe(OpenTelemetry::new(&meter))`. `dashboards` in the repository has
//! a dashboard for Grafana, and alerts for Prometheus.
//!
//! | metric | kind | unit | labels | meaning |
//! |---|---|---|---|---|
//! | `resilient.call.duration` | histogram | `s` | `function`, `upstream`, `outcome`, `error.type` | time of a call with its retries and waits |
//! | `resilient.call.attempts` | histogram | `{attempt}` | `function`, `outcome` | attempts that a call has sent |
//! | `resilient.call.idle` | histogram | `s` | `function` | time of a call in which no attempt was in flight |
//! | `resilient.attempt.duration` | histogram | `s` | `function`, `upstream`, `error.type`, `http.response.status_code` | time of an attempt that has succeeded or failed |
//! | `resilient.retries` | counter | `{retry}` | `function`, `error.type`, `delay.source` | retries that were planned |
//! | `resilient.give_ups` | counter | `{call}` | `function`, `error.type`, `reason` | calls that ended with a failure |
//! | `resilient.upstream.wait` | histogram | `s` | `upstream`, `for` | wait of an attempt until it was sent |
//! | `resilient.upstream.refusals` | counter | `{attempt}` | `upstream`, `reason`, `mode` | attempts that the breaker or a limit has refused; in shadow mode, would have held back |
//! | `resilient.upstream.level` | gauge | `{unit}` | `upstream`, `of` | requests and tokens to spend at once, permits in use, balance of the retry budget |
//! | `resilient.upstream.limit` | gauge | `{unit}` | `upstream`, `of`, `source` | requests and tokens a minute, permits |
//! | `resilient.upstream.breaker` | gauge | `{state}` | `upstream` | state of the circuit breaker: 0 closed, 1 half-open, 2 open; 2 also if that of a key is open |
//! | `resilient.upstream.breaker.transitions` | counter | `{transition}` | `upstream`, `to` | changes of the circuit breaker to a state |
//! | `resilient.upstream.tokens` | counter | `{token}` | `upstream`, `use` | tokens of all attempts, and the wasted part: of those that failed or were dropped |
//! | `resilient.store.duration` | histogram | `s` | `upstream`, `operation`, `outcome` | time of an operation (order, settle, beat, probe) of the store that replicas share, ok or failed |
//! | `resilient.store.up` | gauge | `{state}` | `upstream` | 1 if the store of a shared upstream can be reached, 0 during an outage |
//! | `resilient.store.replicas` | gauge | `{replica}` | `upstream` | replicas that share the upstream, as last known |
//! | `resilient.hedges` | counter | `{run}` | `function`, `outcome` | further runs of slow attempts that were due |
//! | `resilient.fallbacks` | counter | `{call}` | `function`, `error.type` | calls that their fallback has answered |
//! | `resilient.stream.first` | histogram | `s` | `function` | time from the start of a call to the first content of its stream |
//! | `resilient.stream.gap` | histogram | `s` | `function` | mean time between two items of a stream, one value for each stream |
//! | `resilient.stream.ends` | counter | `{stream}` | `function`, `end` | ends of streams that gave content |
//!
//! A duration is in seconds. Prometheus shows underscores for dots, `_seconds` behind times and
//! `_total` behind counters.
//!
//! # Defaults
//!
//! Nothing is recorded without an observer. The buckets of times go from 5 ms to 10 minutes.
//!
//! # Events
//!
//! None of its own: each event of a call is what is counted.
//!
//! # What it will not do
//!
//! - No label has a key, a message, a code or the number of an attempt: whatever a server answers,
//!   the number of series is bounded. A status code that is not in common use is `other`.
//! - Gauges are only of calls without a key, except that of the breaker. Of upstreams with one
//!   name, they are those of the one that was used last; tokens are added up.
//! - The status of an attempt that succeeds is not known, and an attempt that is dropped has no
//!   duration. A function that calls another one counts as two calls.
