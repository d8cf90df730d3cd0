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
    Backoff, CallError, Class, Classification, Jitter, Policy, Upstream, call,
    decide::GiveUp,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, io, ops::ControlFlow, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

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

/// Empties the budget of an upstream.
async fn spend(upstream: &Upstream) {
    failing(upstream, Policy::new().attempts(100), 503, &Counter::new()).await;
}

/// Retries 4 s apart.
const STEADY: Policy =
    Policy::new().backoff(Backoff::fixed(Duration::from_secs(4)).jitter(Jitter::None));

#[tokio::test(start_paused = true)]
async fn what_was_told_to_come_back_later_is_put_off_and_not_given_up() {
    let upstream = Upstream::new("put off");
    spend(&upstream).await;
    let (start, counter) = (Instant::now(), Counter::new());
    let limited = failing(&upstream, STEADY, 429, &counter);
    let pay = async {
        sleep(6 * SECOND).await;
        for _ in 0..5 {
            let paid: Result<(), Failure> = call!(upstream = &upstream, async { Ok(()) }).await;
            paid.unwrap();
        }
        assert_eq!(counter.get(), 1, "sent before it was paid for");
        sleep(3 * SECOND).await;
        assert_eq!(counter.get(), 2);
    };
    let (error, ()) = tokio::join!(limited, pay);
    // At 0 s, put off at 4 s, at 8 s, put off at 12 s and at 16 s: five in all.
    assert_eq!(counter.get(), 2);
    assert_eq!(start.elapsed().as_secs(), 16);
    let history = error.history();
    assert_eq!(history.gave_up, Some(GiveUp::BudgetSpent));
    let waits: Vec<_> = history
        .attempts
        .iter()
        .map(|attempt| attempt.delay.map(|delay| delay.as_secs()))
        .collect();
    assert_eq!(waits, [Some(8), Some(8)]);
    // What has emptied the budget, and this one.
    let counts = upstream.snapshot().counts;
    assert_eq!((counts.suppressed, counts.put_off), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn it_is_put_off_without_an_upstream_too_and_other_failures_are_not() {
    let counter = Counter::new();
    for (status, seconds) in [(503, 0..1), (503, 0..1), (429, 1..6), (503, 0..1)] {
        let before = counter.get();
        let start = Instant::now();
        let error = with_status(&counter, status).await.unwrap_err();
        if before > 0 {
            assert_eq!(counter.get(), before + 1);
            assert_eq!(error.history().gave_up, Some(GiveUp::BudgetSpent));
            assert!(seconds.contains(&start.elapsed().as_secs()), "{status}");
        }
        assert_eq!(error.classification.status, Some(status));
    }
}

async fn with_status(counter: &Counter, status: u16) -> Result<(), Failure> {
    let policy = Policy::new().backoff(Backoff::fixed(SECOND)).attempts(6);
    call!(policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await
}

/// A schedule without waits does not ask the budget without end, and a deadline ends the waiting.
#[tokio::test(start_paused = true)]
async fn putting_off_takes_its_time_and_no_more_than_the_deadline() {
    let upstream = Upstream::new("at once");
    spend(&upstream).await;
    let policy = Policy::new()
        .attempts(u32::MAX)
        .deadline(2 * SECOND)
        .backoff(Backoff::fixed(Duration::ZERO));
    let (start, counter) = (Instant::now(), Counter::new());
    let error = failing(&upstream, policy, 429, &counter).await;
    assert_eq!(
        (counter.get(), error.history().gave_up),
        (1, Some(GiveUp::BudgetSpent))
    );
    let waited = start.elapsed();
    assert!(SECOND < waited && waited < 2 * SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_while_it_is_put_off_leaves_nothing() {
    let upstream = Upstream::new("dropped");
    spend(&upstream).await;
    let counter = Counter::new();
    let before = upstream.snapshot();
    let call = failing(&upstream, STEADY, 429, &counter);
    let _ = tokio::time::timeout(10 * SECOND, call).await;
    let after = upstream.snapshot();
    assert_eq!((counter.get(), after.counts.put_off), (1, 2));
    // Ten seconds give back one.
    assert!((after.budget - before.budget - 1.0).abs() < 0.1);
}

/// The result that was kept may hold a connection: it is not held over the next attempt.
#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_an_attempt_once_the_next_is_sent() {
    static SITE: Site = Site::new("kept");
    let upstream = Upstream::new("kept");
    let policy = Policy::new().attempts(3);
    let plan =
        || Plan::new().classify_ok(|answer: &Answer| Some(Classification::of_status(answer.0)));
    let held = Arc::new(());
    let attempt = async || -> Result<Answer, CallError<io::Error>> {
        assert_eq!(
            Arc::strong_count(&held),
            1,
            "an earlier result is still there"
        );
        Ok((429, Arc::clone(&held)))
    };
    let mut alone = plan().start(&SITE, &policy);
    while alone.attempt(attempt()).await.is_continue() {}
    let mut through = plan().through(Through::of(&upstream)).start(&SITE, &policy);
    while through.attempt(attempt()).await.is_continue() {}
}

type Answer = (u16, Arc<()>);

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
