//! If the budget is empty, the retry is deferred. These tests cover its release and its end.

use super::{SECOND, failing, spend};
use resilient_runtime::{
    Backoff, Breaker, CallError, Class, Classify as _, GiveUp, Jitter, Policy, ReleasedBy,
    Upstream, call,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, io, time::Duration};
use tokio::time::{Instant, sleep};

/// Retries 4 s apart.
const STEADY: Policy =
    Policy::new().backoff(Backoff::fixed(Duration::from_secs(4)).jitter(Jitter::None));

/// An upstream with an empty budget, while another attempt hangs.
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
async fn a_retry_that_nothing_pays_for_is_sent_as_a_trial() {
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
        // With nearly no traffic, trials of a process are up to 9 s apart.
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
            // The body passes the failure on, and with it that it was retried.
            Err(Failure {
                classification: inner.classify(),
                history: None,
                ..inner
            })
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

/// The first retry is a trial. The next one waits, and is dropped at the head of the queue.
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

/// A schedule without waits does not flood the server, and a deadline ends it.
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
