//! Fresh state.

use super::ask;
use futures::FutureExt as _;
use resilient_runtime::{
    Breaker, BreakerState, Concurrency, Hedge, Policy, Upstream, resilient,
    testing::{isolated, no_waits, spawn},
};
use resilient_tests::{Counter, Failure};
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::time::{advance, sleep};

static SHARED: Upstream = Upstream::new("shared")
    .requests_per_minute(60)
    .concurrency(Concurrency::new(1))
    .breaker(Breaker::new().consecutive(1));

#[resilient(upstream = SHARED, attempts = 1)]
async fn through_shared(fails: bool) -> Result<(), Failure> {
    if fails {
        Err(Failure::status(503))
    } else {
        Ok(())
    }
}

/// The four tests of a newcomer in one process: each attempt is made, though the budget of the
/// function pays for four retries.
#[tokio::test]
async fn each_isolated_test_of_one_function_makes_all_attempts() {
    for _ in 0..4 {
        let sent = Counter::new();
        isolated(no_waits(ask(100, &sent))).await.unwrap_err();
        assert_eq!(sent.get(), 4);
    }
}

#[resilient_runtime::test(no_waits)]
async fn the_attribute_isolates_and_waits_for_nothing() {
    through_shared(true).await.unwrap_err();
    assert_eq!(SHARED.snapshot().breaker, Some(BreakerState::Open));
    let sent = Counter::new();
    assert_eq!(ask(3, &sent).await.unwrap(), 4);
}

#[resilient_runtime::test(start_paused = true)]
async fn the_attribute_has_the_arguments_of_tokios() {
    let start = tokio::time::Instant::now();
    sleep(Duration::from_secs(3_600)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(3_600));
    through_shared(false).await.unwrap();
}

#[tokio::test]
async fn the_breaker_of_a_static_is_closed_in_each_isolated_test_and_outside() {
    for _ in 0..2 {
        isolated(async {
            assert_eq!(SHARED.snapshot().breaker, Some(BreakerState::Closed));
            through_shared(true).await.unwrap_err();
            assert_eq!(SHARED.snapshot().breaker, Some(BreakerState::Open));
            SHARED.isolate();
            SHARED.set_concurrency(7).unwrap();
        })
        .await;
        let snapshot = SHARED.snapshot();
        assert_eq!(snapshot.breaker, Some(BreakerState::Closed));
        assert_eq!(snapshot.permits, Some(1));
    }
}

#[tokio::test]
async fn keys_of_an_isolated_test_are_its_own() {
    let call = |key: &'static str| async move {
        let call = SHARED.call("keyed").key(key);
        call.run(async || Ok::<_, Failure>(())).await
    };
    isolated(async {
        call("a").await.unwrap();
        assert_eq!(SHARED.key_count(), 1);
        isolated(async { assert_eq!(SHARED.key_count(), 0) }).await;
    })
    .await;
    assert_eq!(SHARED.key_count(), 0);
}

#[tokio::test]
async fn a_spawned_task_is_isolated_with_its_test() {
    isolated(async {
        spawn(through_shared(true)).await.unwrap().unwrap_err();
        assert_eq!(SHARED.snapshot().breaker, Some(BreakerState::Open));
        // A task that the kit has not started is outside.
        tokio::spawn(through_shared(false)).await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_isolated_test_that_panics_or_is_dropped_leaves_nothing_behind() {
    let panics = isolated(async {
        through_shared(true).await.unwrap_err();
        panic!("a failing assertion");
    });
    AssertUnwindSafe(panics).catch_unwind().await.unwrap_err();
    assert_eq!(SHARED.snapshot().breaker, Some(BreakerState::Closed));

    let mut dropped = Box::pin(isolated(async {
        let hangs = SHARED.call("hangs");
        hangs
            .run(async || std::future::pending::<Result<(), Failure>>().await)
            .await
    }));
    assert!(futures::poll!(dropped.as_mut()).is_pending());
    drop(dropped);
    let snapshot = SHARED.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
    through_shared(false).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_of_an_isolated_test_leaves_nothing_for_another_one() {
    isolated(async {
        for _ in 0..3 {
            through_shared(false).await.unwrap();
        }
        advance(Duration::from_secs(86_400)).await;
    })
    .await;
    // The limit of requests has a burst of one, and would be empty.
    isolated(through_shared(false)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn latencies_of_a_hedge_are_fresh() {
    static HEDGE: Hedge = Hedge::quantile(0.5, 1);
    static HEDGED: Upstream = Upstream::new("hedged");
    let policy = Policy::new().attempts(1);
    let run = |time: u64| async move {
        let call = HEDGED.call("hedged").policy(&policy).hedge(&HEDGE);
        let body = async || {
            sleep(Duration::from_millis(time)).await;
            Ok::<_, Failure>(())
        };
        call.run(body).await.unwrap();
    };
    isolated(async {
        for _ in 0..30 {
            run(10).await;
        }
        run(1_000).await;
        assert_eq!(HEDGED.snapshot().counts.hedged, 1);
    })
    .await;
    isolated(async {
        run(1_000).await;
        assert_eq!(HEDGED.snapshot().counts.hedged, 0);
    })
    .await;
}
