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
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Backoff, Breaker, Budget, CallError, Class, Classification, Classify as _, Jitter, Policy,
    ReleasedBy, Upstream, call,
    decide::GiveUp,
    resilient,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, io, ops::ControlFlow, rc::Rc, sync::Arc, time::Duration};
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

/// `callers` calls at once, all of which fail. The attempts that they make.
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
    // By success, whatever was owed; and by time, one unit in ten seconds.
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

/// Empties the budget of an upstream.
async fn spend(upstream: &Upstream) {
    failing(upstream, Policy::new(), 503, &Counter::new()).await;
}

/// Retries 4 s apart.
const STEADY: Policy =
    Policy::new().backoff(Backoff::fixed(Duration::from_secs(4)).jitter(Jitter::None));

/// An upstream whose budget is empty, while another attempt is in flight for good.
async fn degraded<T>(upstream: &Upstream, then: impl AsyncFnOnce(&Upstream) -> T) -> T {
    spend(upstream).await;
    let hanging = call!(upstream = upstream, async {
        pending::<Result<(), Failure>>().await
    });
    tokio::select! {
        _ = hanging => panic!("it hangs"),
        ended = async {
            sleep(SECOND / 100).await;
            then(upstream).await
        } => ended,
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_the_balance_cannot_pay_for_waits_for_successes() {
    let upstream = Upstream::new("balance");
    degraded(&upstream, async |upstream| {
        let counter = Counter::new();
        let limited = failing(upstream, STEADY.attempts(2), 503, &counter);
        let pay = async {
            sleep(4 * SECOND + SECOND / 5).await;
            assert_eq!((counter.get(), upstream.snapshot().counts.deferred), (1, 1));
            for _ in 0..5 {
                let paid: Result<(), Failure> = call!(upstream = upstream, async { Ok(()) }).await;
                paid.unwrap();
            }
            sleep(SECOND / 100).await;
            assert_eq!(counter.get(), 2);
        };
        let (error, ()) = tokio::join!(limited, pay);
        let [first, last] = &error.history().attempts[..] else {
            panic!("two attempts");
        };
        assert_eq!(first.released_by, Some(ReleasedBy::Balance));
        assert_eq!(first.deferred.map(|waited| waited.as_millis()), Some(200));
        assert_eq!((last.deferred, last.released_by), (None, None));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_nothing_pays_for_goes_as_a_trial() {
    let upstream = Upstream::new("trial");
    degraded(&upstream, async |upstream| {
        let counter = Counter::new();
        let start = Instant::now();
        let error = failing(upstream, STEADY, 503, &counter).await;
        assert_eq!(error.history().gave_up, Some(GiveUp::AttemptsUsedUp));
        assert_eq!(counter.get(), 5);
        let first = &error.history().attempts[0];
        assert_eq!(first.released_by, Some(ReleasedBy::Trial));
        let report = format!("{:#}", CallReport(&error));
        assert!(report.contains("for the retry budget (trial)"), "{report}");
        // Trials of a process with nearly no traffic are up to 9 s apart.
        assert!(start.elapsed() < 4 * 10 * SECOND, "{:?}", start.elapsed());
    })
    .await;
}

/// The report of a failure.
struct CallReport<'a>(&'a Failure);

impl std::fmt::Display for CallReport<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut error = CallError::from(io::Error::from(io::ErrorKind::ConnectionReset));
        error.attach(self.0.history().clone());
        std::fmt::Display::fmt(&error, f)
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_and_the_caller_gets_the_last_failure() {
    let upstream = Upstream::new("deadline");
    degraded(&upstream, async |upstream| {
        let policy = STEADY.deadline(4 * SECOND + SECOND / 5);
        let error = failing(upstream, policy, 503, &Counter::new()).await;
        assert_eq!(error.class(), Class::Overloaded);
        let Some(GiveUp::DeadlineWhileDeferred { waited }) = error.history().gave_up else {
            panic!("{:?}", error.history().gave_up);
        };
        assert!(waited >= SECOND / 5 && waited < SECOND / 4, "{waited:?}");
        let reason = error.history().gave_up.unwrap().to_string();
        assert!(
            reason.contains("deadline") && reason.contains("retry budget"),
            "{reason}"
        );
    })
    .await;
}

/// An attempt of at most 4.5 s around a call whose retry is due after 4 s.
#[tokio::test(start_paused = true)]
async fn a_wait_inside_an_attempt_ends_before_it_with_the_inner_failure() {
    let upstream = Upstream::new("nested");
    degraded(&upstream, async |upstream| {
        let outer = Policy::new().timeout(4 * SECOND + SECOND / 2).attempts(2);
        let start = Instant::now();
        let result: Result<(), Failure> = call!(outer, async {
            let inner = failing(upstream, STEADY, 503, &Counter::new()).await;
            let gave_up = inner.history().gave_up;
            assert!(
                matches!(gave_up, Some(GiveUp::DeadlineWhileDeferred { .. })),
                "{gave_up:?}"
            );
            Err(Failure::status(503))
        })
        .await;
        let error = result.unwrap_err();
        assert_eq!(error.classification.status, Some(503));
        assert_eq!(error.history().gave_up, Some(GiveUp::RetriedInside));
        assert_eq!(start.elapsed().as_millis(), 4_500);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_opens_refuses_a_waiting_retry_at_once_with_its_last_failure() {
    let upstream = Upstream::new("open").breaker(Breaker::new());
    degraded(&upstream, async |upstream| {
        let start = Instant::now();
        let counter = Counter::new();
        let waiting = failing(upstream, STEADY, 503, &counter);
        let isolate = async {
            sleep(4 * SECOND + SECOND / 5).await;
            assert_eq!(upstream.snapshot().counts.deferred, 1);
            upstream.isolate();
        };
        let (error, ()) = tokio::join!(waiting, isolate);
        assert_eq!(error.class(), Class::Overloaded);
        assert!(matches!(
            error.history().gave_up,
            Some(GiveUp::Refused {
                class: Class::CircuitOpen,
                ..
            })
        ));
        assert_eq!(start.elapsed().as_millis(), 4_200);
    })
    .await;
}

/// The first retry goes as a trial. The next waits, and is dropped at the head of the queue.
#[tokio::test(start_paused = true)]
async fn f03_a_waiting_retry_that_is_dropped_leaves_nothing_and_strands_nobody() {
    let upstream = Upstream::new("dropped");
    degraded(&upstream, async |upstream| {
        let counters = [Counter::new(), Counter::new(), Counter::new()];
        let [trial, head, next] = &counters;
        let after = |millis| {
            let delay = Duration::from_millis(millis);
            STEADY
                .attempts(2)
                .backoff(Backoff::fixed(delay).jitter(Jitter::None))
        };
        let before = upstream.snapshot();
        let (_, head_ended, error) = tokio::join!(
            failing(upstream, after(4_000), 503, trial),
            tokio::time::timeout(
                4 * SECOND + SECOND / 2,
                failing(upstream, after(4_100), 503, head)
            ),
            failing(upstream, after(4_200), 503, next),
        );
        assert!(head_ended.is_err());
        assert_eq!((trial.get(), head.get(), next.get()), (2, 1, 2));
        assert_eq!(
            error.history().attempts[0].released_by,
            Some(ReleasedBy::Trial)
        );
        let after = upstream.snapshot();
        assert_eq!(after.counts.deferred, 2);
        assert!(
            after.budget >= before.budget,
            "{} {}",
            before.budget,
            after.budget
        );
    })
    .await;
}

/// The future is `Send` although its result is not: nothing but the record is kept over the wait.
#[tokio::test(start_paused = true)]
async fn a_result_that_is_not_send_comes_back_as_a_rejection_of_the_same_class() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&local());
    let calls = (0..50).map(|_| async {
        let result: Result<Rc<()>, CallError<io::Error>> = local().await;
        result.unwrap_err()
    });
    let errors = futures::future::join_all(calls).await;
    let gave_up: Vec<_> = errors
        .iter()
        .filter(|error| error.history().gave_up == Some(GiveUp::BudgetSpent))
        .collect();
    assert!(!gave_up.is_empty());
    for error in gave_up {
        let failure = error.classify();
        assert_eq!(failure.class, Class::Network);
        let [attempt] = &error.history().attempts[..] else {
            panic!("{error:?}");
        };
        assert_eq!(failure.message, attempt.message);
    }
}

#[resilient(attempts = 2, backoff(kind = "fixed", initial = "100ms"))]
async fn local() -> Result<Rc<()>, CallError<io::Error>> {
    Err(io::Error::from(io::ErrorKind::ConnectionReset))?
}

/// A schedule without waits does not hammer, and a deadline ends it.
#[tokio::test(start_paused = true)]
async fn a_schedule_without_waits_is_slowed_down_and_ended_by_the_deadline() {
    let upstream = Upstream::new("at once");
    let policy = Policy::new()
        .attempts(u32::MAX)
        .deadline(2 * SECOND)
        .backoff(Backoff::fixed(Duration::ZERO));
    let (start, counter) = (Instant::now(), Counter::new());
    let error = failing(&upstream, policy, 429, &counter).await;
    assert!((5..=40).contains(&counter.get()), "{}", counter.get());
    assert!(matches!(
        error.history().gave_up,
        Some(GiveUp::DeadlineWhileDeferred { .. })
    ));
    let waited = start.elapsed();
    assert!(
        SECOND < waited && waited <= 2 * SECOND + SECOND / 100,
        "{waited:?}"
    );
}

/// The result that was kept may hold a connection: it is not held over the next attempt.
#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_an_attempt_once_the_next_is_sent() {
    static SITE: CallSite = CallSite::new("kept");
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
    let mut through = plan()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    while through.attempt(attempt()).await.is_continue() {}
}

type Answer = (u16, Arc<()>);

#[tokio::test(start_paused = true)]
async fn f71_an_empty_budget_suppresses_the_extra_run_and_not_the_one_in_flight() {
    static SITE: CallSite = CallSite::new("f71");
    let upstream = Upstream::new("f71");
    spend(&upstream).await;
    let before = upstream.snapshot().budget;
    assert!(before < 5.0, "{before}");
    let hedge = Hedge::after(Duration::from_millis(10), 3);
    let counter = Counter::new();
    let policy = Policy::new();
    let mut call = Plan::<Result<u32, Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
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
    static SITE: CallSite = CallSite::new("paid hedge");
    let upstream = Upstream::new("paid hedge");
    let hedge = Hedge::after(SECOND, 1);
    let policy = Policy::new();
    let mut call = Plan::<Result<(), Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let attempt = call.attempt(hedge.race(extra, pending));
    assert!(tokio::time::timeout(2 * SECOND, attempt).await.is_err());
    let budget = upstream.snapshot().budget;
    assert!((15.0..15.2).contains(&budget), "{budget}");
}
