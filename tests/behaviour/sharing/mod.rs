//! Upstreams whose state several replicas share, each replica with an upstream of its own in the
//! same process.

mod again;
mod breaker;
mod budget;
mod concurrency;
mod edges;
mod fleet;
mod gate;
mod late;
mod limits;
mod others;
mod outage;
mod served;
mod way;

use resilient_runtime::{
    CallError, Policy, Upstream, UpstreamConfig, call, sharing::Sharing, testing::MemoryStore,
};
use resilient_tests::Failure;
use std::time::Duration;
use tokio::time::Instant;

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const ONCE: Policy = Policy::new().attempts(1);

type Outcome = Result<(), CallError<Failure>>;

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.latency(MILLI);
    store
}

/// A replica with these settings.
fn replica(sharing: &Sharing, set: impl FnOnce(&mut UpstreamConfig)) -> Upstream {
    let mut config = UpstreamConfig::new("shared");
    set(&mut config);
    let upstream = Upstream::try_from(config).unwrap();
    upstream.share(sharing.clone());
    upstream
}

/// A call that succeeds, and the moment at which it was sent.
async fn sent(upstream: &Upstream, policy: Policy) -> Option<Instant> {
    let mut at = None;
    let outcome: Outcome = call!(upstream = upstream, policy = policy, async {
        at = Some(Instant::now());
        Ok(())
    })
    .await;
    outcome.ok().and(at)
}
