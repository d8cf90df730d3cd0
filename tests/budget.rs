//! The retry budget of whole calls.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_runtime::{
    __private::{Hedge, Plan, Site, Through},
    Backoff, Class, Jitter, Policy, Upstream, call,
    decide::GiveUp,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, ops::ControlFlow, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

async fn failing(upstream: &Upstream, policy: Policy, status: u16, counter: &Counter) -> Failure {
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err()
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
        .backoff(Backoff::fixed(10 * SECOND).jitter(Jitter::None));
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

/// Without an upstream, the budget is that of the place in the code.
#[tokio::test(start_paused = true)]
async fn f68_the_budget_of_a_function_alone_ends_its_retries_too() {
    let counter = Counter::new();
    for attempts in [5, 6] {
        let result: Result<(), Failure> = once_alone(&counter).await;
        let error = result.unwrap_err();
        assert_eq!(
            (counter.get(), error.history().gave_up),
            (attempts, Some(GiveUp::BudgetSpent))
        );
    }
}

async fn once_alone(counter: &Counter) -> Result<(), Failure> {
    call!(Policy::new().attempts(100), async {
        counter.count();
        Err(Failure::status(503))
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn f71_an_empty_budget_suppresses_the_extra_run_and_not_the_one_in_flight() {
    static SITE: Site = Site::new("f71");
    let upstream = Upstream::new("f71");
    failing(&upstream, Policy::new().attempts(100), 503, &Counter::new()).await;
    let before = upstream.snapshot().budget;
    assert!(before < 5.0, "{before}");
    let hedge = Hedge::after(Duration::from_millis(10), 3);
    let counter = Counter::new();
    let policy = Policy::new();
    let mut call = Plan::<Result<u32, Failure>>::new()
        .through(Through::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.extra();
    let attempt = call.attempt(hedge.race(extra, || async {
        counter.count();
        sleep(SECOND).await;
        Ok(7)
    }));
    let ControlFlow::Break(Ok(answer)) = attempt.await else {
        panic!("the run in flight succeeds");
    };
    assert_eq!((answer, counter.get()), (7, 1));
    assert!(upstream.snapshot().budget > before);
}

/// A hedge that was made has been paid for; the first run is free as ever.
#[tokio::test(start_paused = true)]
async fn a_hedge_is_paid_as_a_failed_retry_of_an_overloaded_server() {
    static SITE: Site = Site::new("paid hedge");
    let upstream = Upstream::new("paid hedge");
    let hedge = Hedge::after(SECOND, 1);
    let policy = Policy::new();
    let mut call = Plan::<Result<(), Failure>>::new()
        .through(Through::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.extra();
    let attempt = call.attempt(hedge.race(extra, pending));
    assert!(tokio::time::timeout(2 * SECOND, attempt).await.is_err());
    let budget = upstream.snapshot().budget;
    assert!((15.0..15.2).contains(&budget), "{budget}");
}
