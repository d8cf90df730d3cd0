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
//! use resilient_runtime::{Upstream, metrics::Facade, observe};
//!
//! static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
//!
//! // After the recorder of the crate `metrics` is installed.
//! observe(Facade::new());
//! // Before each export, or every few seconds: what is read from the state of upstreams.
//! Facade::new().sample(&[&OPENAI]);
//! ```
//!
//! `cargo run --example prometheus` shows an exporter. For OpenTelemetry it is
//! `observe(OpenTelemetry::new(&meter).upstreams(&[&OPENAI]))`. `dashboards` in the repository has
//! a dashboard for Grafana, and alerts for Prometheus.
//!
//! | metric | kind | unit | labels | meaning |
//! |---|---|---|---|---|
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
//! - Gauges and tokens are read only of the upstreams that are named, gauges only of calls without a
//!   key. Tokens of a key that is evicted are lost.
//! - The status of an attempt that succeeds is not known, and an attempt that is dropped has no
//!   duration. A function that calls another one counts as two calls.
