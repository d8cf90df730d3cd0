//! Probes of a half-open breaker.

use super::{ONCE, SECOND, breaker, failing, is_in, opened};
use futures::{FutureExt, future::join_all};
use resilient_runtime::{Breaker, BreakerState, Class, Concurrency, Policy, Upstream, call};
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
async fn f40_a_probe_that_hangs_expires_with_its_lease_and_its_late_failure_is_ignored() {
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
        let late = if late_fails {
            BreakerState::HalfOpen
        } else {
            BreakerState::Closed
        };
        is_in(&upstream, late);
        next.await.unwrap();
        is_in(&upstream, BreakerState::Closed);
    }
}

/// 429, a request that could not be built and a failure that nobody knows say nothing about the
/// server.
#[tokio::test(start_paused = true)]
async fn f41_a_probe_whose_failure_says_nothing_does_not_change_the_circuit() {
    let upstream = Upstream::new("f41").breaker(breaker());
    opened(&upstream).await;
    sleep(5 * SECOND).await;
    for round in 0..99 {
        let classes = [Class::RateLimited, Class::InvalidRequest, Class::Unknown];
        let class = classes[round % 3];
        let failed: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            Err(Failure::of(class))
        })
        .await;
        assert_eq!(failed.unwrap_err().class(), class);
        is_in(&upstream, BreakerState::HalfOpen);
    }
    good(&upstream).await.unwrap();
    is_in(&upstream, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn f102_a_probe_that_a_working_server_rejects_counts_as_a_success() {
    for status in [400, 401, 403, 404, 409, 413, 422] {
        let upstream = Upstream::new("f102").breaker(breaker().half_open_probes(3));
        opened(&upstream).await;
        sleep(5 * SECOND).await;
        for state in [
            BreakerState::HalfOpen,
            BreakerState::HalfOpen,
            BreakerState::Closed,
        ] {
            let failure = failing(&upstream, ONCE, status, &Counter::new()).await;
            assert_ne!(failure.class(), Class::CircuitOpen);
            is_in(&upstream, state);
        }
    }
}

/// An upstream whose answers take longer than the timeout of probes.
#[tokio::test(start_paused = true)]
async fn f101_probes_of_a_slow_server_close_the_circuit_after_their_timeout() {
    let upstream = Upstream::new("f101").breaker(Breaker::new());
    let policy = ONCE.no_timeout().no_deadline();
    for _ in 0..20 {
        failing(&upstream, ONCE, 503, &Counter::new()).await;
    }
    is_in(&upstream, BreakerState::Open);
    sleep(5 * SECOND).await;
    let calls = (0..300).map(|second| {
        let upstream = &upstream;
        async move {
            sleep(second * SECOND).await;
            call!(upstream = upstream, policy = policy, async {
                sleep(90 * SECOND).await;
                Ok::<(), Failure>(())
            })
            .await
        }
    });
    let results = join_all(calls).await;
    is_in(&upstream, BreakerState::Closed);
    let refused = results.iter().filter(|result| result.is_err()).count();
    assert!(refused <= 95, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_panics_shows_nothing_and_frees_its_place() {
    let upstream = Upstream::new("panics").breaker(breaker());
    opened(&upstream).await;
    sleep(5 * SECOND).await;
    for _ in 0..10 {
        let panicking = call!(upstream = &upstream, policy = ONCE, async {
            assert!(upstream.name().is_empty(), "a fault of the body");
            Ok::<(), Failure>(())
        });
        let caught = std::panic::AssertUnwindSafe(panicking).catch_unwind().await;
        assert!(caught.is_err());
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
