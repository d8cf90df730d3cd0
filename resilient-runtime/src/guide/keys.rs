//! State by key: separate state for each tenant, model or host.
//!
//! # Why
//!
//! Providers count quotas per account or model, and one host can be down while the others are
//! healthy. With a single state, a tenant with an exhausted quota opens the breaker for all
//! tenants. With a key, only the breaker of that tenant opens
//! (`an_exhausted_quota_opens_the_breaker_of_its_key_at_once` in
//! `tests/behaviour/breaker/open.rs`).
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{Breaker, CallError, Upstream, resilient};
//!
//! static MODELS: Upstream = Upstream::new("models")
//!     .requests_per_minute(500)
//!     .breaker(Breaker::new());
//!
//! #[resilient(upstream = MODELS, key = tenant)]
//! async fn ask(tenant: &str, question: &str) -> Result<String, CallError<std::io::Error>> {
//!     Ok(send(tenant, question).await?)
//! }
//! # async fn send(_: &str, question: &str) -> std::io::Result<String> { Ok(question.to_owned()) }
//! ```
//!
//! Without the attribute: `MODELS.call("ask").key(tenant)`, see
//! [`CallBuilder::key`](crate::CallBuilder::key), or `call!(upstream = MODELS, key = tenant, async
//! { .. })`, see [`call!`](crate::call!). The key is a string, evaluated once per call.
//! [`Upstream::snapshot_by`](crate::Upstream::snapshot_by) returns the state of a key,
//! [`key_count`](crate::Upstream::key_count) the number of keys. Of a key longer than 64 bytes only
//! the beginning and a hash of 128 bits are kept, so long keys take no more memory than short ones.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `key` | none: one state for all |
//! | [`UpstreamConfig::keys`](crate::UpstreamConfig::keys) | 10,000 |
//!
//! Each key has its own budget, breaker, gate, permits, requests, tokens, usage and counts, with
//! the same settings. [`set_requests`](crate::Upstream::set_requests) and the other setters apply
//! to all keys, including future ones.
//!
//! # Events
//!
//! No events of its own, and no event has the key: `circuit opened` and a
//! [`Rejection`](crate::Rejection) have the name of the upstream. To log the key, use
//! `fields(tenant = tenant)`.
//!
//! # What it will not do
//!
//! - It does not limit all keys together: a thousand keys may send a thousand times the rate.
//! - It does not keep every key. Above the maximum number, keys that have been idle for longest are
//!   evicted, those with an open breaker or a closed gate last. An evicted key starts again with a
//!   full budget and full limits.
//! - It does not evict a key in use: if all are in use, there are more than the maximum for a
//!   while.
//! - It does not isolate one key: [`Upstream::isolate`](crate::Upstream::isolate) stops all, also
//!   those that come later.
//! - State is not stored on disk, and is shared between processes only if the upstream
//!   [is](crate::guide::sharing).
