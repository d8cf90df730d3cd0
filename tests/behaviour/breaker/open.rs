//! When the breaker opens, and which calls an open breaker refuses.

use super::{ONCE, SECOND, breaker, failing, opened};
use futures::future::join_all;
use resilient_runtime::{
    Breaker, BreakerState, Budget, Class, Concurrency, GiveUp, Policy, Upstream, call,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future, pending},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn f55_an_open_breaker_is_not_asked_again_and_again() {
    static UPSTREAM: Upstream = Upstream::new("f55").breaker(
        Breaker::new()
            .min_calls(2)
            .failure_ratio(0.5)
            .break_duration(Duration::from_secs(30)),
    );
    let counter = Counter::new();
    let policy = Policy::new().attempts(10).budget(Budget::NONE);
    let error = failing(&UPSTREAM, policy, 500, &counter).await;
    // The second failure opens the breaker. The caller gets that failure instead of a rejection.
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
async fn f53_only_failures_of_the_server_trip_the_breaker() {
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

#[tokio::test(start_paused = true)]
async fn f56_an_open_breaker_refuses_before_any_wait_and_polls_no_body() {
    // All limits are used up, so a call that passes the breaker waits.
    let upstream = Upstream::new("f56")
        .breaker(breaker())
        .gate(true)
        .concurrency(Concurrency::new(1))
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

/// Calls that wait for a permit when the breaker opens are not sent.
#[tokio::test(start_paused = true)]
async fn f55_an_opened_breaker_refuses_calls_that_already_wait_for_a_limit() {
    let upstream = Upstream::new("f55 line")
        .breaker(breaker())
        .concurrency(Concurrency::new(2));
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
