//! Rate limits of a fleet, in simulated time: never more than the limit, all of it, and few
//! operations of the store.

use super::{MILLI, fleet::Run, store};

#[tokio::test(start_paused = true)]
async fn twenty_replicas_at_twice_the_demand_use_the_whole_limit_and_no_more() {
    let store = store();
    let (figures, _) = Run::evenly(500, 20, 2.0).go(&store).await;
    assert!(figures.worst_minute <= 1.02, "{figures:?}");
    assert!(figures.worst_second <= 2.0, "{figures:?}");
    assert!(figures.used >= 0.99, "{figures:?}");
    assert!(figures.trips <= 1.05, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_wants_most_of_the_limit_gets_what_the_others_leave() {
    let store = store();
    let (figures, _) = Run::skewed(500, 20, 2.0).go(&store).await;
    assert!(figures.worst_minute <= 1.02, "{figures:?}");
    assert!(figures.worst_second <= 2.0, "{figures:?}");
    assert!(figures.used >= 0.99, "{figures:?}");
    assert!(figures.trips <= 1.05, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn many_calls_share_an_operation_of_the_store_at_a_high_rate() {
    let store = store();
    let mut run = Run::evenly(60_000, 20, 0.9);
    run.lasts = 20 * super::SECOND;
    let (figures, _) = run.go(&store).await;
    assert!(figures.trips <= 0.1, "{figures:?}");
    assert!(figures.worst_second <= 2.0, "{figures:?}");
    let missed = figures.arrivals - figures.admitted;
    assert!(missed * 1_000 <= figures.admitted, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn an_uncontended_call_waits_for_one_round_trip() {
    let store = store();
    store.latency(10 * MILLI);
    let sharing = resilient_runtime::sharing::Sharing::new(store.clone());
    let upstream = super::replica(&sharing, |it| {
        it.requests = Some(resilient_runtime::Rate::per_minute(600));
    });
    for call in 0..3 {
        let before = tokio::time::Instant::now();
        let at = super::sent(&upstream, super::ONCE).await.unwrap();
        let took = at - before;
        assert!(took <= 12 * MILLI, "call {call}: {took:?}");
        tokio::time::sleep(super::SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn f448_a_store_that_answers_at_once_is_not_asked_without_end() {
    let store = resilient_runtime::testing::MemoryStore::new();
    let (figures, _) = Run::skewed(500, 20, 2.0).go(&store).await;
    assert!(figures.worst_minute <= 1.02, "{figures:?}");
    assert!(figures.used >= 0.99, "{figures:?}");
    assert!(figures.trips <= 1.05, "{figures:?}");
}

/// The next place is minutes away, and the callers wait for it.
#[tokio::test(start_paused = true)]
async fn f456_calls_that_wait_for_longer_than_a_minute_do_not_order_all_the_time() {
    let store = store();
    let sharing = resilient_runtime::sharing::Sharing::new(store.clone());
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let upstream = super::replica(&sharing, |it| {
            it.requests = Some(resilient_runtime::Rate::per_minute(1));
        });
        calls.spawn(async move { super::sent(&upstream, super::ONCE).await });
    }
    let begin = tokio::time::Instant::now();
    let sent = calls.join_all().await;
    assert!(sent.iter().all(Option::is_some), "{sent:?}");
    assert!(
        begin.elapsed() <= 6 * super::MINUTE,
        "{:?}",
        begin.elapsed()
    );
    assert!(store.trips() <= 6 * 6 * 60, "{}", store.trips());
}

#[tokio::test(start_paused = true)]
async fn f457_calls_that_wait_for_a_limit_that_is_removed_go_on() {
    let sharing = resilient_runtime::sharing::Sharing::new(store());
    let upstream = std::sync::Arc::new(super::replica(&sharing, |it| {
        it.requests = Some(resilient_runtime::Rate::per_minute(2));
    }));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let upstream = std::sync::Arc::clone(&upstream);
        calls.spawn(async move { super::sent(&upstream, super::ONCE).await });
    }
    tokio::time::sleep(super::SECOND).await;
    upstream.set_requests(None).unwrap();
    let ended = tokio::time::timeout(5 * super::SECOND, calls.join_all()).await;
    assert!(ended.is_ok());
}
