//! The task that asks the store, and runtimes that do not run it: nobody waits for it for long.

use super::{ONCE, SECOND, replica, sent};
use resilient_runtime::{
    CallError, Class, Event, EventKind, Observation, Rate, Upstream, UpstreamConfig, observe,
    resilient,
    sharing::{Outage, Sharing},
    testing::MemoryStore,
};
use resilient_tests::Failure;
use std::{
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn paced(config: &mut UpstreamConfig) {
    config.requests = Some(Rate::per_second(50));
}

/// The outages of an upstream of this name.
fn outages(name: &'static str) -> (Arc<Mutex<Vec<String>>>, Observation) {
    let edges = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&edges);
    let observation = observe(move |event: &Event<'_>| {
        let edge = match &event.kind {
            EventKind::StoreLost { reason, .. } => reason.to_string(),
            EventKind::StoreRestored { .. } => "restored".to_owned(),
            _ => return,
        };
        if event.upstream() == Some(name) {
            seen.lock().unwrap().push(edge);
        }
    });
    (edges, observation)
}

const LOST: &str = "no running tokio runtime to ask it in";

static BLOCKING: Upstream = Upstream::new("served.blocking").requests_per_minute(3_000);

#[resilient(upstream = BLOCKING, attempts = 1)]
fn blocking() -> Result<(), Failure> {
    Ok(())
}

/// Shared outside of a runtime, and called from a thread: as in an outage, the replica goes on with
/// its part.
#[test]
fn f445_blocking_call_without_a_runtime_does_not_wait_for_the_store() {
    let (edges, observation) = outages("served.blocking");
    let store = MemoryStore::new();
    BLOCKING.share(Sharing::new(store.clone()));
    let begin = Instant::now();
    for _ in 0..3 {
        blocking().unwrap();
    }
    assert!(begin.elapsed() < SECOND, "{:?}", begin.elapsed());
    assert_eq!(store.trips(), 0);
    assert!(BLOCKING.snapshot().sharing.unwrap().lost.is_some());
    // In a runtime it is shared again.
    runtime().block_on(async {
        blocking().unwrap();
        tokio::time::sleep(SECOND / 10).await;
    });
    assert!(store.trips() > 0);
    assert_eq!(BLOCKING.snapshot().sharing.unwrap().lost, None);
    observation.stop();
    assert_eq!(*edges.lock().unwrap(), [LOST, "restored"]);
}

/// The runtime in which the task began is alive, and nobody drives it.
#[test]
fn f446_calls_of_another_runtime_do_not_wait_for_one_that_is_not_driven() {
    let store = MemoryStore::new();
    let sharing = Sharing::new(store.clone());
    let first = runtime();
    let upstream = first.block_on(async {
        let upstream = replica(&sharing, paced);
        sent(&upstream, ONCE).await.unwrap();
        upstream
    });
    let trips = store.trips();
    runtime().block_on(async {
        let begin = Instant::now();
        for _ in 0..20 {
            sent(&upstream, ONCE).await.unwrap();
        }
        assert!(begin.elapsed() < SECOND * 4, "{:?}", begin.elapsed());
        tokio::time::sleep(SECOND / 10).await;
        sent(&upstream, ONCE).await.unwrap();
    });
    // Its task has moved to the runtime of the calls.
    assert!(store.trips() > trips);
    assert_eq!(upstream.snapshot().sharing.unwrap().lost, None);
    // The old one ends when its runtime is driven again.
    first.block_on(async {
        tokio::time::sleep(SECOND / 10).await;
        sent(&upstream, ONCE).await.unwrap();
    });
}

#[tokio::test(start_paused = true)]
async fn f447_refusal_of_a_call_that_has_waited_for_a_lost_store_names_it() {
    let store = MemoryStore::new();
    let upstream = replica(&Sharing::new(store.clone()).outage(Outage::Wait), paced);
    sent(&upstream, ONCE).await.unwrap();
    store.fail();
    let policy = ONCE.deadline(3 * SECOND);
    let outcome: Result<(), CallError<Failure>> =
        resilient_runtime::call!(upstream = &upstream, policy = policy, async { Ok(()) }).await;
    let refused = outcome.unwrap_err();
    let rejection = refused.rejection().unwrap();
    assert_eq!(rejection.class(), Class::Throttled);
    let text = rejection.to_string();
    assert!(text.contains("the store that its replicas share"), "{text}");
    assert_eq!(rejection.wait(), None);
}
