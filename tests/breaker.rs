//! The circuit breaker of whole calls.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use futures::future::join_all;
use resilient_runtime::{
    Breaker, BreakerState, Budget, Class, Policy, Upstream, call, decide::GiveUp,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future, pending},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);

/// One that opens when two calls have failed.
fn breaker() -> Breaker {
    Breaker::new().min_calls(2).failure_ratio(0.5).probes(1)
}

fn is_in(upstream: &Upstream, state: BreakerState) {
    assert_eq!(upstream.snapshot().breaker, Some(state));
}

async fn failing(upstream: &Upstream, policy: Policy, status: u16, counter: &Counter) -> Failure {
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err()
}

async fn good(upstream: &Upstream) -> Result<(), Failure> {
    call!(upstream = upstream, policy = ONCE, async { Ok(()) }).await
}

/// Open, for five seconds.
async fn opened(upstream: &Upstream) {
    for _ in 0..2 {
        failing(upstream, ONCE, 503, &Counter::new()).await;
    }
    is_in(upstream, BreakerState::Open);
}

#[tokio::test(start_paused = true)]
async fn f55_an_open_breaker_is_not_asked_again_and_again() {
    static UPSTREAM: Upstream = Upstream::new("f55").breaker(
        Breaker::new()
            .min_calls(2)
            .failure_ratio(0.5)
            .pause(Duration::from_secs(30)),
    );
    let counter = Counter::new();
    let policy = Policy::new().attempts(10).budget(Budget::NONE);
    let error = failing(&UPSTREAM, policy, 500, &counter).await;
    // The second failure opens it; the caller has that failure, and not a rejection that would hide it.
    assert_eq!((counter.get(), error.class()), (2, Class::ServerError));
    assert!(matches!(
        error.history().gave_up,
        Some(GiveUp::Refused {
            class: Class::CircuitOpen,
            wait: Some(_)
        })
    ));
    let rejected = failing(&UPSTREAM, policy, 500, &counter).await;
    assert_eq!((counter.get(), rejected.class()), (2, Class::CircuitOpen));
    assert_eq!(UPSTREAM.snapshot().breaker, Some(BreakerState::Open));
    sleep(30 * SECOND).await;
    let result: Result<u32, Failure> = call!(upstream = UPSTREAM, async { Ok(1) }).await;
    assert_eq!(result.unwrap(), 1);
    assert_eq!(UPSTREAM.snapshot().breaker, Some(BreakerState::HalfOpen));
}

#[tokio::test(start_paused = true)]
async fn f53_only_what_tells_of_the_server_trips_the_breaker() {
    let upstream = Upstream::new("f53").breaker(breaker());
    let counter = Counter::new();
    for status in [400, 401, 403, 404, 409, 422, 429] {
        for _ in 0..20 {
            failing(&upstream, ONCE, status, &counter).await;
        }
    }
    assert_eq!(
        (counter.get(), upstream.snapshot().breaker),
        (140, Some(BreakerState::Closed))
    );
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_quota_opens_the_breaker_of_its_key_at_once() {
    let upstream = Upstream::new("quota").breaker(Breaker::new());
    let ask = async |key: &str| -> Result<(), Failure> {
        call!(upstream = &upstream, key = key, async {
            Err(Failure::of(Class::QuotaExhausted))
        })
        .await
    };
    assert_eq!(
        ask("poor").await.unwrap_err().class(),
        Class::QuotaExhausted
    );
    assert_eq!(ask("poor").await.unwrap_err().class(), Class::CircuitOpen);
    assert_eq!(
        ask("rich").await.unwrap_err().class(),
        Class::QuotaExhausted
    );
    assert_eq!(upstream.key_count(), 2);
}

/// The probe is dropped at the point where it waits, and the next call is a probe all the same.
#[tokio::test(start_paused = true)]
async fn f38_a_probe_whose_call_is_dropped_comes_back() {
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
async fn f40_a_probe_without_end_is_given_up_after_its_lease_and_its_late_result_is_nobodys() {
    for late_fails in [false, true] {
        let upstream = Upstream::new("f40").breaker(breaker().lease(30 * SECOND));
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
async fn f41_a_probe_that_fails_by_the_callers_own_fault_decides_nothing() {
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
async fn f49_a_probe_that_fails_ends_the_trial_for_all() {
    let upstream = Upstream::new("f49").breaker(breaker().probes(3));
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
        // Each break of five seconds begins when its probe has failed.
        assert_eq!(counter.get(), second / 5, "after {second} s");
    }
}

#[tokio::test(start_paused = true)]
async fn f52_of_a_thousand_calls_on_a_half_open_circuit_the_probes_are_sent() {
    let upstream = Upstream::new("f52")
        .breaker(breaker().probes(3))
        .concurrency(100);
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

#[tokio::test(start_paused = true)]
async fn f56_behind_an_open_breaker_nothing_is_waited_for_and_no_body_is_polled() {
    // Every limit is used up, so that whoever gets past the breaker waits.
    let upstream = Upstream::new("f56")
        .breaker(breaker())
        .gate(true)
        .concurrency(1)
        .requests(resilient_runtime::Rate::per_hour(2).burst(2));
    opened(&upstream).await;
    let counter = Counter::new();
    let call = call!(upstream = &upstream, async {
        counter.count();
        pending::<Result<(), Failure>>().await
    });
    let mut cx = Context::from_waker(Waker::noop());
    let polled = pin!(call).poll(&mut cx);
    let std::task::Poll::Ready(Err(error)) = polled else {
        panic!("it waits");
    };
    assert_eq!((error.class(), counter.get()), (Class::CircuitOpen, 0));
    assert_eq!(error.wait(), Some(5 * SECOND));
}

/// Those who wait for a slot when the circuit opens are not sent any more.
#[tokio::test(start_paused = true)]
async fn f55_an_opened_breaker_holds_for_those_too_who_were_in_line() {
    let upstream = Upstream::new("f55 line").breaker(breaker()).concurrency(2);
    let counter = Counter::new();
    let calls = (0..50).map(|_| async {
        call!(upstream = &upstream, policy = ONCE, async {
            counter.count();
            sleep(SECOND).await;
            Err::<(), Failure>(Failure::status(500))
        })
        .await
        .unwrap_err()
        .class()
    });
    let classes = join_all(calls).await;
    let open = classes
        .iter()
        .filter(|class| **class == Class::CircuitOpen)
        .count();
    assert_eq!((counter.get(), open), (2, 48));
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
}
