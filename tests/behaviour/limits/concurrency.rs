//! The concurrency limit, fixed and adaptive.

use super::{ONCE, SECOND, taking};
use futures::future::join_all;
use resilient_runtime::{Class, Classification, Concurrency, Policy, Processed, Upstream, call};
use resilient_tests::Failure;
use std::{
    future::pending,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f43_a_thousand_waiters_that_time_out_take_no_permit() {
    let upstream = Upstream::new("f43").concurrency(Concurrency::new(8));
    let holders = join_all((0..8).map(|_| taking(&upstream, ONCE, 10 * SECOND)));
    let waiters = join_all((0..1_000).map(|_| taking(&upstream, ONCE.deadline(SECOND), SECOND)));
    // Queued behind all of those.
    let last = async {
        sleep(SECOND / 2).await;
        assert_eq!(upstream.snapshot().waiting, Some(1_000));
        let start = Instant::now();
        join_all((0..8).map(|_| taking(&upstream, ONCE, SECOND))).await;
        start.elapsed()
    };
    let (held, waited, last) = tokio::join!(holders, waiters, last);
    assert!(held.iter().all(Result::is_ok));
    for result in waited {
        assert_eq!(result.unwrap_err().class(), Class::Throttled);
    }
    // When the holders have ended, all eight run at once.
    assert_eq!(last, SECOND / 2 * 21);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
}

/// The attempt that gets the permit of a timed-out one does not run beside it.
#[tokio::test(start_paused = true)]
async fn f44_a_slot_is_held_until_the_body_that_took_too_long_is_gone() {
    struct Held<'a>(&'a Upstream, &'a AtomicU32);
    impl Drop for Held<'_> {
        fn drop(&mut self) {
            let in_use = self.0.snapshot().in_use.unwrap();
            self.1.fetch_add(in_use, Ordering::Relaxed);
        }
    }
    for deadline in [None, Some(SECOND)] {
        let upstream = Upstream::new("f44 body").concurrency(Concurrency::new(1));
        let seen = AtomicU32::new(0);
        let mut policy = Policy::new().attempts(2).timeout(SECOND);
        policy.deadline = deadline;
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = policy, async {
            let _held = Held(&upstream, &seen);
            pending().await
        })
        .await;
        result.unwrap_err();
        let attempts = if deadline.is_some() { 1 } else { 2 };
        assert_eq!(seen.into_inner(), attempts, "{deadline:?}");
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

#[tokio::test(start_paused = true)]
async fn five_thousand_calls_that_wait_for_a_permit_are_admitted_in_order() {
    let upstream = Upstream::new("line").concurrency(Concurrency::new(1));
    let served = Mutex::new(Vec::new());
    let mut calls = Vec::new();
    for number in 0..=5_000 {
        let (upstream, served) = (&upstream, &served);
        let mut call = Box::pin(async move {
            let result: Result<(), Failure> = call!(upstream = upstream, async {
                served.lock().unwrap().push(number);
                sleep(SECOND).await;
                Ok(())
            })
            .await;
            result
        });
        assert!(futures::poll!(call.as_mut()).is_pending());
        calls.push(call);
    }
    assert_eq!(upstream.snapshot().waiting, Some(5_000));
    let start = Instant::now();
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), 5_001 * SECOND);
    assert!(served.into_inner().unwrap().into_iter().eq(0..=5_000));
}

/// Failures before the server is reached say nothing about its latency.
#[tokio::test(start_paused = true)]
async fn refused_connections_teach_an_adaptive_limit_nothing() {
    let upstream = Upstream::new("adaptive").concurrency(Concurrency::adaptive(1, 100));
    let refused = Classification::new(Class::Connect).processed(Processed::No);
    for _ in 0..200 {
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND / 1_000).await;
            Err(refused.clone().into())
        })
        .await;
        result.unwrap_err();
    }
    for _ in 0..200 {
        taking(&upstream, ONCE, SECOND / 10).await.unwrap();
    }
    assert_eq!(upstream.snapshot().permits, Some(10));
}

/// A body with a cache asks the server only for some results. The others take no time, and the
/// server is not slow in comparison.
#[tokio::test(start_paused = true)]
async fn f149_results_from_a_cache_do_not_lower_an_adaptive_limit() {
    for cached in [5, 3, 2] {
        let upstream = Upstream::new("cached").concurrency(Concurrency::adaptive(2, 64));
        let number = AtomicU32::new(0);
        let worker = || async {
            for _ in 0..200 {
                let number = number.fetch_add(1, Ordering::Relaxed);
                let result: Result<(), Failure> =
                    call!(upstream = &upstream, policy = ONCE, async {
                        if number % cached > 0 {
                            sleep(SECOND / 100).await;
                        }
                        Ok(())
                    })
                    .await;
                result.unwrap();
            }
        };
        join_all((0..64).map(|_| worker())).await;
        assert_eq!(upstream.snapshot().permits, Some(64), "one in {cached}");
    }
}
