//! Calls through an upstream.
#![allow(
    clippy::items_after_statements,
    reason = "a function stands before its only use"
)]

use resilient_runtime::{
    Backoff, Class, Classification, Concurrency, GiveUp, Policy, Processed, Rate, ServerWait,
    Tokens, Upstream, WaitOrigin, call,
};
use resilient_tests::{Counter, Failure};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

const SECOND: Duration = Duration::from_secs(1);

async fn failing(upstream: &Upstream, policy: Policy, status: u16, counter: &Counter) -> Failure {
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err()
}

const ONCE: Policy = Policy::new().attempts(1);

#[tokio::test(start_paused = true)]
async fn f44_a_slot_is_held_for_an_attempt_and_not_over_the_wait() {
    let upstream = Arc::new(Upstream::new("f44").concurrency(Concurrency::new(1)));
    let first = tokio::spawn({
        let upstream = Arc::clone(&upstream);
        async move {
            let policy = Policy::new()
                .attempts(2)
                .backoff(Backoff::fixed(60 * SECOND));
            let counter = Counter::new();
            failing(&upstream, policy, 503, &counter).await
        }
    });
    sleep(Duration::from_millis(1)).await;
    assert_eq!(upstream.snapshot().in_use, Some(0));
    let start = Instant::now();
    let result: Result<u32, Failure> = call!(upstream = upstream, async { Ok(1) }).await;
    assert_eq!((result.unwrap(), start.elapsed()), (1, Duration::ZERO));
    first.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn calls_wait_for_a_permit_in_order_and_a_full_queue_refuses() {
    let upstream = Arc::new(Upstream::new("line").concurrency(Concurrency::new(2).queue(3)));
    let mut calls = JoinSet::new();
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    for number in 0..7 {
        let (upstream, order) = (Arc::clone(&upstream), Arc::clone(&order));
        calls.spawn(async move {
            let result: Result<(), Failure> = call!(upstream = upstream, async {
                order.lock().unwrap().push(number);
                sleep(SECOND).await;
                Ok(())
            })
            .await;
            (number, result)
        });
        tokio::task::yield_now().await;
    }
    let mut rejected = Vec::new();
    while let Some(call) = calls.join_next().await {
        let (number, result) = call.unwrap();
        if let Err(error) = result {
            assert_eq!(error.class(), Class::AtCapacity);
            rejected.push(number);
        }
    }
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(rejected, [5, 6]);
}

#[tokio::test(start_paused = true)]
async fn requests_are_paced_and_a_wait_beyond_the_deadline_is_not_begun() {
    let upstream = Upstream::new("paced").requests_per_minute(60);
    let start = Instant::now();
    for _ in 0..5 {
        let result: Result<(), Failure> = call!(upstream = &upstream, async { Ok(()) }).await;
        result.unwrap();
    }
    assert_eq!(start.elapsed().as_secs(), 4);
    let policy = Policy::new().deadline(Duration::from_millis(500));
    let at = Instant::now();
    let result: Result<(), Failure> =
        call!(upstream = &upstream, policy = policy, async { Ok(()) }).await;
    let error = result.unwrap_err();
    assert_eq!(
        (error.class(), at.elapsed()),
        (Class::Throttled, Duration::ZERO)
    );
    let wait = error.wait().unwrap();
    assert!((SECOND * 9 / 10..=SECOND).contains(&wait), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cost_above_the_capacity_fails_at_once() {
    let upstream = Upstream::new("costly").tokens(Rate::per_minute(1_000).burst(100));
    let counter = Counter::new();
    let result: Result<(), Failure> = call!(upstream = &upstream, cost = 101, async {
        counter.count();
        Ok(())
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(
        (error.class(), error.wait(), counter.get()),
        (Class::Throttled, None, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn recorded_tokens_correct_the_estimate_and_are_counted() {
    use resilient_runtime::resilient;
    static UPSTREAM: Upstream = Upstream::new("spent").tokens_per_minute(6_000);

    async fn ask(spent: u64, fail: bool) -> Result<(), Failure> {
        call!(upstream = UPSTREAM, cost = 1_000, policy = ONCE, async {
            resilient_runtime::record_tokens(Tokens::input(spent));
            if fail {
                Err(Failure::status(500))
            } else {
                Ok(())
            }
        })
        .await
    }
    ask(400, false).await.unwrap();
    assert_eq!(UPSTREAM.snapshot().tokens, Some(5_600));
    ask(3_000, true).await.unwrap_err();
    assert_eq!(UPSTREAM.snapshot().tokens, Some(2_600));
    let usage = UPSTREAM.snapshot().usage;
    assert_eq!(
        (usage.estimated, usage.actual, usage.wasted),
        (2_000, 3_400, 3_000)
    );

    #[resilient(policy = ONCE, context = attempt)]
    async fn outside() -> Result<(), Failure> {
        attempt.record_tokens(Tokens::input(5));
        Ok(())
    }
    outside().await.unwrap();
    assert_eq!(UPSTREAM.snapshot().usage, usage);
}

#[tokio::test(start_paused = true)]
async fn with_a_gate_a_servers_wait_holds_back_all_callers() {
    for gate in [false, true] {
        let upstream = Upstream::new("gate").gate(gate);
        let wait = ServerWait::new(20 * SECOND, WaitOrigin::RetryAfter);
        let failure = Classification::of_status(429).wait(wait);
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            Err(failure.clone().into())
        })
        .await;
        result.unwrap_err();
        let start = Instant::now();
        let result: Result<(), Failure> = call!(upstream = &upstream, async { Ok(()) }).await;
        result.unwrap();
        let waited = start.elapsed();
        if gate {
            assert!((20 * SECOND..=40 * SECOND).contains(&waited), "{waited:?}");
        } else {
            assert_eq!(waited, Duration::ZERO);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_closes_between_attempts_gives_the_last_failure_to_the_caller() {
    let upstream = Upstream::new("last")
        .requests(Rate::per_hour(1))
        .max_wait(SECOND);
    let counter = Counter::new();
    let error = failing(&upstream, Policy::new(), 500, &counter).await;
    assert_eq!((counter.get(), error.class()), (1, Class::ServerError));
    assert!(matches!(
        error.history().gave_up,
        Some(GiveUp::Refused {
            class: Class::Throttled,
            ..
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_reached_the_server_gives_its_tokens_back_and_not_its_place_in_the_pace()
{
    let upstream = Upstream::new("unsent")
        .requests(Rate::per_minute(10).burst(10))
        .tokens_per_minute(1_000);
    let refused = Classification::new(Class::Connect).processed(Processed::No);
    let result: Result<(), Failure> =
        call!(upstream = &upstream, cost = 600, policy = ONCE, async {
            Err(refused.clone().into())
        })
        .await;
    result.unwrap_err();
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.requests, snapshot.tokens), (Some(9), Some(1_000)));
    assert_eq!(snapshot.usage.actual, 0);
}
