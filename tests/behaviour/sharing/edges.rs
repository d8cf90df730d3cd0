//! Cancelled calls, keys, and runtimes that end.

use super::{MILLI, MINUTE, ONCE, SECOND, replica, sent, store};
use resilient_runtime::{
    Caps, Rate, Tokens, Upstream, UpstreamConfig, call, record_tokens, sharing::Sharing,
    testing::MemoryStore,
};
use std::sync::Arc;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

fn one_a_second(config: &mut UpstreamConfig) {
    config.requests = Some(Rate::per_second(1));
}

/// Many calls are dropped while they wait: the one behind them waits for its own place only.
#[tokio::test(start_paused = true)]
async fn cancelled_calls_leave_no_places_behind() {
    let sharing = Sharing::new(store());
    let upstream = Arc::new(replica(&sharing, one_a_second));
    sent(&upstream, ONCE).await.unwrap();
    for _ in 0..20 {
        let call = timeout(10 * MILLI, sent(&upstream, ONCE)).await;
        assert!(call.is_err());
    }
    let before = Instant::now();
    sent(&upstream, ONCE).await.unwrap();
    assert!(before.elapsed() <= 3 * SECOND, "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn keys_have_limits_of_their_own_over_all_replicas() {
    let sharing = Sharing::new(store());
    let replicas = [(); 3].map(|()| replica(&sharing, one_a_second));
    let mut calls = JoinSet::new();
    let start = Instant::now();
    for upstream in replicas.map(Arc::new) {
        for key in ["a", "b"] {
            let upstream = Arc::clone(&upstream);
            calls.spawn(async move {
                for _ in 0..5 {
                    let outcome: super::Outcome =
                        call!(upstream = &*upstream, key = key, policy = ONCE, async {
                            Ok(())
                        })
                        .await;
                    outcome.unwrap();
                }
            });
        }
    }
    calls.join_all().await;
    // Fifteen calls of each key, one a second.
    let took = start.elapsed();
    assert!((13 * SECOND..=17 * SECOND).contains(&took), "{took:?}");
}

/// A call with an estimate that is wrong, and the time at which it was sent.
async fn spends(upstream: &Upstream, estimated: u64, used: u64) -> Instant {
    let mut at = Instant::now();
    let outcome: super::Outcome = call!(
        upstream = upstream,
        cost = estimated,
        policy = ONCE,
        async {
            at = Instant::now();
            record_tokens(Tokens::input(used));
            Ok(())
        }
    )
    .await;
    outcome.unwrap();
    at
}

#[tokio::test(start_paused = true)]
async fn tokens_that_one_replica_owes_are_waited_for_by_all() {
    let sharing = Sharing::new(store());
    let tokens = |config: &mut UpstreamConfig| config.tokens = Some(Rate::per_minute(6_000));
    let (first, second) = (replica(&sharing, tokens), replica(&sharing, tokens));
    spends(&second, 100, 100).await;
    let start = spends(&first, 100, 8_900).await;
    sleep(SECOND).await;
    // 3,000 more than the bucket holds, and 100 of its own: 31 seconds at 100 a second.
    let waited = spends(&second, 100, 100).await - start;
    assert!((29 * SECOND..=32 * SECOND).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn tokens_that_one_replica_has_not_used_are_free_for_all() {
    let sharing = Sharing::new(store());
    let tokens = |config: &mut UpstreamConfig| config.tokens = Some(Rate::per_minute(6_000));
    let (first, second) = (replica(&sharing, tokens), replica(&sharing, tokens));
    let start = spends(&first, 6_000, 500).await;
    sleep(SECOND).await;
    let waited = spends(&second, 5_000, 5_000).await - start;
    assert!(waited <= 2 * SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cap_is_reached_by_the_use_of_all_replicas() {
    let sharing = Sharing::new(store());
    let capped = |config: &mut UpstreamConfig| {
        config.requests = Some(Rate::per_second(1_000));
        config.caps = Caps::parse("100 requests/day").unwrap();
    };
    let all = [(); 4].map(|()| replica(&sharing, capped));
    let mut admitted = 0;
    for _ in 0..50 {
        for upstream in &all {
            admitted += u32::from(sent(upstream, ONCE).await.is_some());
        }
        sleep(100 * MILLI).await;
    }
    assert!((100..=104).contains(&admitted), "{admitted}");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_idle_makes_no_operations() {
    let store = store();
    let sharing = Sharing::new(store.clone());
    let upstream = replica(&sharing, one_a_second);
    sent(&upstream, ONCE).await.unwrap();
    sleep(MINUTE).await;
    let before = store.trips();
    sleep(10 * MINUTE).await;
    assert_eq!(store.trips(), before);
    sent(&upstream, ONCE).await.unwrap();
}

/// The runtime in which the upstream was shared has ended: another one takes over.
#[test]
fn a_runtime_that_ends_leaves_nobody_waiting() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
    };
    let sharing = Sharing::new(MemoryStore::new());
    let first = runtime();
    let upstream = first.block_on(async {
        let upstream = replica(&sharing, one_a_second);
        sent(&upstream, ONCE).await.unwrap();
        upstream
    });
    drop(first);
    runtime().block_on(async {
        let waits = timeout(MINUTE, sent(&upstream, ONCE)).await;
        assert!(waits.unwrap().is_some());
    });
}

/// Those without a place yet are in no line any more, and those that come have one over the new
/// store.
#[tokio::test(start_paused = true)]
async fn f423_attempts_that_wait_when_the_upstream_is_shared_over_another_store_go_on() {
    let upstream = Arc::new(replica(&Sharing::new(store()), one_a_second));
    let mut calls = JoinSet::new();
    // The first four have their places when the others come.
    for _ in 0..2 {
        for _ in 0..4 {
            let upstream = Arc::clone(&upstream);
            calls.spawn(async move { sent(&upstream, ONCE).await });
        }
        sleep(100 * MILLI).await;
    }
    upstream.share(Sharing::new(store()));
    let all = timeout(MINUTE, calls.join_all()).await.unwrap();
    assert!(all.iter().all(Option::is_some), "{all:?}");
}
