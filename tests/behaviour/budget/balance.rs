//! The balance of the retry budget: deposits, withdrawals and separate upstreams.

use super::{SECOND, failing};
use resilient_runtime::{Backoff, Budget, Class, GiveUp, Jitter, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{future::pending, time::Duration};
use tokio::time::sleep;

/// Makes `callers` failing calls at once and returns the number of attempts.
async fn crowd(upstream: &Upstream, callers: usize, policy: Policy) -> usize {
    let counter = Counter::new();
    let calls = (0..callers).map(|_| failing(upstream, policy, 503, &counter));
    futures::future::join_all(calls).await;
    counter.get() as usize
}

#[tokio::test(start_paused = true)]
async fn a_lone_caller_makes_all_the_attempts_it_asked_for() {
    let upstream = Upstream::new("lone");
    for attempts in [10, 100, 3] {
        let counter = Counter::new();
        let policy = Policy::new().attempts(attempts);
        let error = failing(&upstream, policy, 503, &counter).await;
        assert_eq!(
            (counter.get(), error.class(), error.history().gave_up),
            (attempts, Class::Overloaded, Some(GiveUp::AttemptsUsedUp))
        );
    }
    assert_eq!(upstream.snapshot().counts.deferred, 0);
}

#[tokio::test(start_paused = true)]
async fn f68_callers_that_fail_together_are_rationed() {
    let upstream = Upstream::new("f68");
    let rationed = crowd(&upstream, 100, Policy::new()).await;
    let without = crowd(&upstream, 100, Policy::new().budget(Budget::NONE)).await;
    assert_eq!(without, 500);
    assert!(rationed <= 150, "{rationed}");
    let counts = upstream.snapshot().counts;
    assert!(
        counts.deferred >= 90 && counts.suppressed >= 50,
        "{counts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn f70_one_upstreams_budget_is_not_anothers_and_comes_back() {
    let (sick, well) = (Upstream::new("sick"), Upstream::new("well"));
    crowd(&sick, 50, Policy::new()).await;
    let balance = || sick.snapshot().budget;
    assert!(balance() < 5.0, "{}", balance());
    assert!((well.snapshot().budget - 20.0).abs() < f64::EPSILON);
    // A success cancels the debt; time restores one unit in ten seconds.
    for _ in 0..5 {
        let result: Result<(), Failure> = call!(upstream = &sick, async { Ok(()) }).await;
        result.unwrap();
    }
    let paid = balance();
    assert!(paid >= 5.0, "{paid}");
    sleep(Duration::from_secs(100)).await;
    assert!(balance() >= paid + 9.9, "{}", balance());
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
    // Dropped during the wait before the retry.
    let _ = tokio::time::timeout(2 * SECOND, hanging).await;
    assert!((upstream.snapshot().budget - 20.0).abs() < 0.001);
    let hanging = call!(
        upstream = &upstream,
        policy = policy.backoff(Backoff::fixed(SECOND)),
        async { pending::<Result<(), Failure>>().await }
    );
    // Dropped during the retry.
    let _ = tokio::time::timeout(Duration::from_millis(2_500), hanging).await;
    let budget = upstream.snapshot().budget;
    assert!(budget < 15.5, "{budget}");
}

#[test]
fn a_snapshot_has_the_capacity_of_the_retry_budget() {
    let full = |budget| {
        let upstream = Upstream::new("full").policy(Policy::new().budget(budget));
        let snapshot = upstream.snapshot();
        assert!((snapshot.budget - snapshot.budget_capacity).abs() < f64::EPSILON);
        snapshot.budget_capacity
    };
    let capacities = [Budget::DEFAULT, Budget::percent(10), Budget::NONE].map(full);
    assert_eq!(capacities.map(|it| it.to_string()), ["20", "40", "0"]);
}

/// Without an upstream, the budget belongs to the call site.
#[tokio::test(start_paused = true)]
async fn f68_callers_of_a_function_without_an_upstream_are_rationed_too() {
    let counter = Counter::new();
    futures::future::join_all((0..100).map(|_| once_alone(&counter))).await;
    let rationed = counter.get();
    assert!(rationed <= 150, "{rationed}");
}

async fn once_alone(counter: &Counter) -> Result<(), Failure> {
    call!(Policy::new(), async {
        counter.count();
        Err(Failure::status(503))
    })
    .await
}
