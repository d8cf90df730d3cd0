//! State by key: what is shared, for each tenant, model or host apart.
//!
//! # Why
//!
//! Providers count quotas for each account or model, and one host may be down while the others are well. With one state
//! for all, the tenant who has used up its quota opens the breaker for everybody. With a key only its own opens
//! (`an_exhausted_quota_opens_the_breaker_of_its_key_at_once` in `tests/behaviour/breaker/open.rs`).
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{Breaker, CallError, Upstream, resilient};
//!
//! static MODELS: Upstream = Upstream::new("models").requests_per_minute(500).breaker(Breaker::new());
//!
//! #[resilient(upstream = MODELS, key = tenant)]
//! async fn ask(tenant: &str, question: &str) -> Result<String, CallError<std::io::Error>> {
//!     Ok(send(tenant, question).await?)
//! }
//! # async fn send(_: &str, question: &str) -> std::io::Result<String> { Ok(question.to_owned()) }
//! ```
//!
//! Without the attribute: `call!(upstream = MODELS, key = tenant, async { .. })`, see [`call!`](crate::call!). The key
//! is a text and is evaluated once a call. [`Upstream::snapshot_by`](crate::Upstream::snapshot_by) shows the state of a
//! key, [`key_count`](crate::Upstream::key_count) how many there are.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `key` | none: one state for all |
//! | [`UpstreamConfig::keys`](crate::UpstreamConfig::keys) | 10,000 |
//!
//! A key has all that an upstream has: budget, breaker, gate, slots, requests, tokens, usage and counts, by the same
//! settings. [`set_requests`](crate::Upstream::set_requests) and its like change them for all keys, those too that are
//! yet to come.
//!
//! # Events
//!
//! None of its own, and none names the key: `circuit opened` and a [`Rejection`](crate::Rejection) have the name of the
//! upstream. Who wants the key in the log says so with `fields(tenant = tenant)`.
//!
//! # What it will not do
//!
//! - It sets no limit over all keys: a thousand keys may send a thousand times the rate.
//! - It does not keep every key. Where more come than there is room for, the ones that have been idle for longest are
//!   forgotten, those with an open breaker or a closed gate last. A key that comes back begins anew, with a full budget
//!   and full limits.
//! - It does not forget a key that a call is using: where all are in use, there are more than the limit for a while.
//! - [`Upstream::isolate`](crate::Upstream::isolate) holds for the keys that there are, not for those to come.
//! - Nothing is kept on disk or shared with other processes.
