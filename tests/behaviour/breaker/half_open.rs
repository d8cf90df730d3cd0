//! Probes of a half-open breaker.

use super::{ONCE, SECOND, breaker, failing, is_in, opened};
use futures::future::join_all;
use resilient_runtime::{BreakerState, Class, Concurrency, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{future::pending, pin::pin, time::Duration};
use tokio::time::sleep;

async fn good(upstream: &Upstream) -> Result<(), Failure> {
    call!(upstream = upstream, policy = ONCE, async { Ok(()) }).await
}

/// A probe that is dropped while it waits is replaced by the next call.
#[tokio::test(start_paused = true)]
async fn f38_the_permit_of_a_dropped_probe_is_given_back() {
    let upstream = Upstream::new("f38").breaker(breaker());
    let counter = Counter::new();
    for _ in 0..2 {
        failing(&upstream, ONCE, 503, &counter).await;
    }
    for _ in 0..1_000 {
        sleep(Duration::from_secs(60)).await;
        let hanging = call!(upstream = &upstream, async {
            pending::<Result<(), Failure>>().await
        });
        let _ = tokio::time::timeout(Duration::from_millis(1), hanging).await;
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::HalfOpen));
    }
    let result: Result<u32, Failure> = call!(upstream = &upstream, async { Ok(1) }).await;
    assert_eq!(result.unwrap(), 1);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
}

#[tokio::test(start_paused = true)]
async fn f40_a_probe_that_hangs_expires_with_its_lease_and_its_late_result_is_ignored() {
    for late_fails in [false, true] {
        let upstream = Upstream::new("f40").breaker(breaker().probe_timeout(30 * SECOND));
        opened(&upstream).await;
        sleep(5 * SECOND).await;
        let done = tokio::sync::Notify::new();
        let hanging = call!(upstream = &upstream, policy = ONCE.no_timeout(), async {
            done.notified().await;
            if late_fails {
                Err(Failure::status(500))
            } else {
                Ok(())
            }
        });
        let mut hanging = pin!(hanging);
        assert!(futures::poll!(hanging.as_mut()).is_pending());
        sleep(29 * SECOND).await;
        assert_eq!(
            good(&upstream).await.unwrap_err().class(),
            Class::CircuitOpen
        );
        sleep(SECOND).await;
        let next = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            Ok::<(), Failure>(())
        });
        let mut next = pin!(next);
        assert!(futures::poll!(next.as_mut()).is_pending());
        done.notify_one();
        assert_eq!(hanging.await.is_err(), late_fails);
        is_in(&upstream, BreakerState::HalfOpen);
        next.await.unwrap();
        is_in(&upstream, BreakerState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn f41_a_probe_that_fails_with_a_client_error_does_not_change_the_circuit() {
    let upstream = Upstream::new("f41").breaker(breaker());
    opened(&upstream).await;
    sleep(5 * SECOND).await;
    let counter = Counter::new();
    for round in 1..=100 {
        failing(
            &upstream,
            ONCE,
            [400, 404, 429][round as usize % 3],
            &counter,
        )
        .await;
        assert_eq!(counter.get(), round);
        is_in(&upstream, BreakerState::HalfOpen);
    }
    good(&upstream).await.unwrap();
    is_in(&upstream, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn f49_a_failed_probe_reopens_the_circuit_for_all() {
    let upstream = Upstream::new("f49").breaker(breaker().half_open_probes(3));
    opened(&upstream).await;
    sleep(5 * SECOND).await;
    good(&upstream).await.unwrap();
    failing(&upstream, ONCE, 500, &Counter::new()).await;
    is_in(&upstream, BreakerState::Open);
    for _ in 0..3 {
        assert_eq!(
            good(&upstream).await.unwrap_err().class(),
            Class::CircuitOpen
        );
    }
    sleep(10 * SECOND).await;
    for _ in 0..3 {
        is_in(&upstream, BreakerState::HalfOpen);
        good(&upstream).await.unwrap();
    }
    is_in(&upstream, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn f50_a_server_that_stays_down_gets_one_probe_in_each_of_its_breaks() {
    let upstream = Upstream::new("f50").breaker(breaker().factor(1.0));
    opened(&upstream).await;
    let counter = Counter::new();
    for second in 1..=16 {
        sleep(SECOND).await;
        let calls = (0..20).map(|_| failing(&upstream, Policy::new(), 500, &counter));
        join_all(calls).await;
        // Each break of five seconds begins with the failure of its probe.
        assert_eq!(counter.get(), second / 5, "after {second} s");
    }
}

#[tokio::test(start_paused = true)]
async fn f52_of_a_thousand_calls_on_a_half_open_circuit_the_probes_are_sent() {
    let upstream = Upstream::new("f52")
        .breaker(breaker().half_open_probes(3))
        .concurrency(Concurrency::new(100));
    opened(&upstream).await;
    sleep(5 * SECOND).await;
    let counter = Counter::new();
    let calls = (0..1_000).map(|_| async {
        call!(upstream = &upstream, async {
            counter.count();
            sleep(SECOND).await;
            Ok::<(), Failure>(())
        })
        .await
    });
    let start = tokio::time::Instant::now();
    let results = join_all(calls).await;
    let good = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!((counter.get(), good), (3, 3));
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(error.class(), Class::CircuitOpen);
    }
    assert_eq!(start.elapsed(), SECOND);
    is_in(&upstream, BreakerState::Closed);
}
