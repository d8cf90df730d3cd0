//! The faults of the store in memory.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::MemoryStore;
use crate::sharing::{Granted, Limits, Order, Pace, Report, Scope, Store as _};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

fn scope() -> Scope {
    Scope {
        upstream: "api".to_owned(),
        key: None,
    }
}

fn report() -> Report {
    let requests = Pace {
        amount: 1,
        period: SECOND,
        burst: 1,
    };
    Report {
        replica: 1,
        limits: Limits {
            requests: Some(requests),
            ..Limits::default()
        },
        ..Report::default()
    }
}

async fn first_wait(store: &MemoryStore) -> Duration {
    let order = Order {
        costs: vec![0],
        latest: SECOND * 60,
    };
    let placed = store.order(&scope(), &report(), &order).await.unwrap().0;
    *placed.waits.first().unwrap()
}

#[tokio::test(start_paused = true)]
async fn clones_share_scopes_and_flush_forgets_them() {
    let store = MemoryStore::new();
    assert_eq!(first_wait(&store).await, Duration::ZERO);
    assert_eq!(first_wait(&store.clone()).await, SECOND);
    sleep(SECOND).await;
    store.set_back(SECOND * 3_600);
    assert_eq!(first_wait(&store).await, SECOND * 2);
    store.flush();
    assert!(store.settle(&scope(), &report()).await.unwrap().is_new);
    assert_eq!(first_wait(&store).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn paused_store_answers_when_it_is_resumed_and_a_failing_one_fails() {
    let store = MemoryStore::new();
    store.pause();
    assert!(timeout(SECOND, first_wait(&store)).await.is_err());
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { first_wait(&store).await }
    });
    sleep(SECOND).await;
    store.resume();
    // The order that was dropped has taken no place.
    assert_eq!(waiting.await.unwrap(), Duration::ZERO);

    store.fail();
    assert!(store.beat(&scope(), &report()).await.is_err());
    store.recover();
    assert!(store.beat(&scope(), &report()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn each_operation_is_a_trip_that_takes_the_latency() {
    let store = MemoryStore::new();
    store.latency(SECOND);
    let begin = Instant::now();
    first_wait(&store).await;
    store.settle(&scope(), &report()).await.unwrap();
    let (granted, view) = store.probe(&scope(), &report()).await.unwrap();
    assert_eq!(begin.elapsed(), SECOND * 3);
    assert_eq!(view.replicas, 1);
    assert!(matches!(granted, Granted::No { .. }));
    let counts = [
        store.orders(),
        store.settlements(),
        store.beats(),
        store.probes(),
    ];
    assert_eq!((counts, store.trips()), ([1, 1, 0, 1], 3));
}
