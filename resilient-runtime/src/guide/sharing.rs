//! Beyond one machine: limits, pauses and breakers that all replicas of a program share.
//!
//! # Why
//!
//! Ten replicas with a limit of 500 requests a minute each send 5,000. Divided by ten, the limit is
//! too low for the replica that has the work. And each replica runs by itself into the 429 and the
//! outage that the others know of already.
//!
//! # Use
//!
//! When the program starts, in its runtime, give each upstream the store that all replicas use:
//! Redis 5 or later, or Valkey, with the feature `redis` and the crate `redis` 1 with
//! `connection-manager`.
//!
//! ```ignore
//! use redis::{Client, RedisResult, aio::{ConnectionManager, ConnectionManagerConfig}};
//! use resilient_runtime::{Upstream, sharing::Sharing};
//! use std::time::Duration;
//!
//! static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
//!
//! async fn start(url: &str) -> RedisResult<()> {
//!     let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_secs(1));
//!     // Lazy: the program also starts without the server.
//!     let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
//!     OPENAI.share(Sharing::redis(connection));
//!     Ok(())
//! }
//! ```
//!
//! Replicas share upstreams of one name. The configured limit is that of all replicas together.
//! In tests, [`MemoryStore`](crate::testing::MemoryStore) stands for the store.
//!
//! `cargo run --example shared` shows four processes on one limit, with and without;
//! [Fleets](crate::guide::fleet) has the figures of fixed windows, redis-cell and others.
//!
//! | shared | how |
//! |---|---|
//! | requests, tokens | an attempt has its place in the line of all replicas; nothing polls |
//! | concurrency | permits, divided by what replicas hold and want; back in 10 s from a dead one |
//! | gate, quotas | what a server tells one replica, those that send hear at once, the others within three seconds |
//! | breaker | opened by half of the replicas that can judge it, two at least, or by an exhausted quota; probed by as many attempts as one breaker would |
//! | caps | the use of all counts, with a delay of at most three seconds |
//! | retry budget | if asked for: one balance for all, exchanged once a second while it is not full |
//!
//! [`without`](crate::sharing::Sharing::without) leaves a [`Part`](crate::sharing::Part) to each
//! replica, `with(Part::Budget)` shares the retry budget.
//!
//! # Defaults
//!
//! Nothing is shared. A call that waits for nobody takes one round trip more (the first after idle
//! time two, if permits are shared), and at high rates none: places are ordered ahead. Twenty
//! replicas at 500 a minute and twice the demand let 1.014 of the limit through in the worst
//! minute, use 0.997 of it, and make 0.52 operations a call, with the regular reports (`beat`); at
//! 60,000 a minute 0.09. Each is a test. A replica talks to the store at most every millisecond,
//! one operation at a time, and not at all when it is idle.
//!
//! An operation that takes longer than [`timeout`](crate::sharing::Sharing::timeout), 50 ms, is the
//! beginning of an outage; one look a second finds its end. Meanwhile nothing waits for the store,
//! and each replica has an equal part of the limits, by the number last known
//! ([`Outage`](crate::sharing::Outage)): through an outage of two minutes, 1.03 of the limit.
//!
//! # Events
//!
//! `store lost`, with the reason, and `store restored`: one of each for an outage, whatever the
//! number of calls and upstreams. A breaker that others opened has the cause `replicas`. A wait for
//! a place is `queued` for `requests` or `tokens`, if it lasts. `store asked` (TRACE) is each
//! operation of the store, with the time it took. [Metrics](crate::guide::metrics) have that time,
//! whether the store is up, and the replicas; so has
//! [`Snapshot::sharing`](crate::Snapshot::sharing).
//!
//! # What it will not do
//!
//! - It does not share adaptive limits: each replica adapts below its permits.
//! - It writes the name of the upstream and the key to the store. Errors and events hold neither
//!   keys nor addresses nor passwords.
//! - In shadow mode nothing is shared.
//! - Versions of this library whose state has another layout do not share: during a deployment
//!   each of the two has the whole limit. The changelog names such versions.
//! - What a report without an answer told of caps may be counted twice. A pause or a break holds
//!   for at most a day in the store; after that, the next attempt learns the rest.
//! - A store that has lost its data knows nothing of places and permits that were given: replicas
//!   tell it what they took. For a minute up to 1.05 of the limit of requests is let through, and
//!   until the attempts in flight have ended up to twice the concurrency limit.
