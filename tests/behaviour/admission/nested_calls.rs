//! Calls inside an attempt that already holds a permit of the same upstream.

use super::{BREAKER, ONCE, Outcome, SECOND, failing, taking};
use futures::future::{BoxFuture, join_all};
use resilient_runtime::{BreakerState, Concurrency, Rate, Upstream, call};
use resilient_tests::Counter;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Calls nested to the given depth.
fn nested<'a>(upstreams: &'a [&'a Upstream], sent: &'a Counter) -> BoxFuture<'a, Outcome> {
    Box::pin(async move {
        let Some((first, rest)) = upstreams.split_first() else {
            return Ok(());
        };
        call!(upstream = *first, policy = ONCE, async {
            sent.count();
            sleep(SECOND).await;
            nested(rest, sent).await
        })
        .await
    })
}

#[tokio::test(start_paused = true)]
async fn f24_a_call_inside_a_holder_of_the_only_permit_needs_none_of_its_own() {
    let upstream = Upstream::new("nested")
        .concurrency(Concurrency::new(1))
        .requests_per_minute(600);
    let sent = Counter::new();
    let inside = [&upstream; 3];
    let calls = join_all((0..3).map(|_| nested(&inside, &sent)));
    for outcome in timeout(60 * SECOND, calls).await.unwrap() {
        outcome.unwrap();
    }
    // Every level is a request, and the outer ones were sent one after another.
    assert_eq!(sent.get(), 9);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
}

#[tokio::test(start_paused = true)]
async fn f24_a_nested_call_needs_no_second_permit_with_other_attempts_in_between() {
    let [u, v, w, x] =
        ["u", "v", "w", "x"].map(|name| Upstream::new(name).concurrency(Concurrency::new(1)));
    for inside in [
        &[&u, &v, &u][..],
        &[&u, &v, &v, &u],
        &[&u, &v, &w, &u],
        &[&u, &v, &w, &x, &v, &u, &w],
        &[&u, &v, &w, &x, &x, &x, &x, &u],
    ] {
        let sent = Counter::new();
        let calls = join_all((0..3).map(|_| nested(inside, &sent)));
        for outcome in timeout(60 * SECOND, calls).await.unwrap() {
            outcome.unwrap();
        }
        for upstream in inside {
            assert_eq!(upstream.snapshot().in_use, Some(0));
        }
    }
    // Nothing is left of them: a call beside a holder waits.
    let start = Instant::now();
    let beside = join_all((0..2).map(|_| taking(&u, ONCE, SECOND)));
    assert!(beside.await.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), 2 * SECOND);
}

/// The call that is ahead has its turn for the rate, and waits for the permit of the outer one.
#[tokio::test(start_paused = true)]
async fn f24_a_nested_call_does_not_wait_behind_one_that_waits_for_the_permit_around_it() {
    let rate = Rate::per_second(1).burst(1);
    for upstream in [
        Upstream::new("requests").requests(rate),
        Upstream::new("tokens").tokens(rate),
    ] {
        let upstream = upstream.concurrency(Concurrency::new(1));
        let inner = async || -> Outcome {
            call!(upstream = &upstream, cost = 1, policy = ONCE, async {
                Ok(())
            })
            .await
        };
        let outer = async || -> Outcome {
            call!(upstream = &upstream, cost = 1, policy = ONCE, async {
                sleep(SECOND / 2 * 3).await;
                inner().await
            })
            .await
        };
        let calls = join_all((0..3).map(|_| outer()));
        for outcome in timeout(60 * SECOND, calls).await.unwrap() {
            outcome.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f24_a_call_beside_the_holder_waits_for_the_permit() {
    let upstream = Upstream::new("beside").concurrency(Concurrency::new(1));
    let start = Instant::now();
    let sent = Counter::new();
    let inside = [&upstream, &upstream];
    let (inside, beside) = tokio::join!(
        nested(&inside, &sent),
        taking(&upstream, ONCE, Duration::ZERO)
    );
    inside.unwrap();
    beside.unwrap();
    // The outer call holds its permit the whole time.
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f24_a_call_inside_the_only_probe_is_admitted_and_the_circuit_closes() {
    let upstream = Upstream::new("probe").breaker(BREAKER);
    failing(&upstream).await;
    sleep(11 * SECOND).await;
    let sent = Counter::new();
    nested(&[&upstream, &upstream], &sent).await.unwrap();
    assert_eq!(sent.get(), 2);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
}
