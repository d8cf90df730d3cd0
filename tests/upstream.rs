//! Calls through an upstream.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_runtime::{
    Backoff, Breaker, BreakerState, Budget, Class, Classification, Concurrency, Policy, Processed,
    Rate, ServerWait, Upstream, WaitOrigin, call, decide::GiveUp,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

const SECOND: Duration = Duration::from_secs(1);

/// One that opens at the first failure of two.
fn breaker() -> Breaker {
    Breaker::new().min_calls(2).failure_ratio(0.5).probes(1)
}

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
async fn f44_a_slot_is_held_for_an_attempt_and_not_over_the_wait() {
    let upstream = Arc::new(Upstream::new("f44").concurrency(1));
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
async fn slots_are_waited_for_in_line_and_a_full_line_refuses() {
    let upstream = Arc::new(Upstream::new("line").concurrency_limit(Concurrency::new(2).queue(3)));
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
        (Class::Limited, Duration::ZERO)
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
        (Class::Limited, None, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_spent_corrects_the_estimate_and_is_accounted() {
    use resilient_runtime::resilient;
    static UPSTREAM: Upstream = Upstream::new("spent").tokens_per_minute(6_000);

    async fn ask(spent: u64, fail: bool) -> Result<(), Failure> {
        call!(upstream = UPSTREAM, cost = 1_000, policy = ONCE, async {
            resilient_runtime::spent(spent);
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
        attempt.spent(5);
        Ok(())
    }
    outside().await.unwrap();
    assert_eq!(UPSTREAM.snapshot().usage, usage);
}

#[tokio::test(start_paused = true)]
async fn a_servers_wait_holds_back_all_callers_where_it_was_asked_to() {
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
async fn f68_the_budget_ends_what_the_attempts_would_not() {
    let upstream = Upstream::new("f68");
    let counter = Counter::new();
    let policy = Policy::new().attempts(100);
    let error = failing(&upstream, policy, 503, &counter).await;
    assert_eq!(
        (counter.get(), error.class(), error.history().gave_up),
        (5, Class::Overloaded, Some(GiveUp::BudgetSpent))
    );
    assert_eq!(upstream.snapshot().counts.suppressed, 1);
    // The first attempt is never suppressed.
    let counter = Counter::new();
    failing(&upstream, policy, 503, &counter).await;
    assert_eq!(counter.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn f70_one_upstreams_budget_is_not_anothers_and_comes_back() {
    let (sick, well) = (Upstream::new("sick"), Upstream::new("well"));
    let counter = Counter::new();
    failing(&sick, Policy::new().attempts(100), 503, &counter).await;
    let other = Counter::new();
    failing(&well, Policy::new(), 503, &other).await;
    assert_eq!(other.get(), 5);
    // By success, five for a retry; and by time, one unit in ten seconds.
    for _ in 0..5 {
        let result: Result<(), Failure> = call!(upstream = &sick, async { Ok(()) }).await;
        result.unwrap();
    }
    let again = Counter::new();
    failing(&sick, Policy::new(), 503, &again).await;
    assert_eq!(again.get(), 2);
    sleep(Duration::from_secs(100)).await;
    let again = Counter::new();
    failing(&sick, Policy::new(), 503, &again).await;
    assert!(again.get() >= 3, "{}", again.get());
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_a_timeout_is_paid_in_advance_and_an_unsent_one_comes_back() {
    let upstream = Upstream::new("advance");
    let policy = Policy::new()
        .timeout(SECOND)
        .backoff(Backoff::fixed(10 * SECOND));
    let hanging = call!(upstream = &upstream, policy = policy, async {
        pending::<Result<(), Failure>>().await
    });
    // Dropped in the wait before the retry.
    let _ = tokio::time::timeout(2 * SECOND, hanging).await;
    assert!((upstream.snapshot().budget - 20.0).abs() < 0.001);
    let hanging = call!(
        upstream = &upstream,
        policy = policy.backoff(Backoff::fixed(SECOND)),
        async { pending::<Result<(), Failure>>().await }
    );
    // Dropped in the retry.
    let _ = tokio::time::timeout(Duration::from_millis(2_500), hanging).await;
    let budget = upstream.snapshot().budget;
    assert!(budget < 15.5, "{budget}");
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
            class: Class::Limited,
            ..
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn what_never_reached_the_server_gives_its_place_back() {
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
    assert_eq!(
        (snapshot.requests, snapshot.tokens),
        (Some(10), Some(1_000))
    );
    assert_eq!(snapshot.usage.actual, 0);
}
