//! The deadline of a call.

use super::{SECOND, fixed};
use futures::poll;
use resilient_runtime::{Backoff, CallError, Class, GiveUp, Jitter, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{future::pending, io, pin::Pin, thread, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f61_the_deadline_holds_over_attempts_and_waits() {
    let start = Instant::now();
    let counter = Counter::new();
    let policy = fixed(100).deadline(5 * SECOND);
    let result: Result<(), Failure> = call!(&policy, async {
        counter.count();
        sleep(SECOND).await;
        Err(Failure::status(500))
    })
    .await;
    // Attempts begin at 0 s, 2 s and 4 s; the wait after the third would end at 6 s.
    let error = result.unwrap_err();
    assert_eq!((counter.get(), error.class()), (3, Class::ServerError));
    assert_eq!(
        error.history().gave_up,
        Some(GiveUp::NoTimeLeft { wait: SECOND })
    );
    assert_eq!(start.elapsed(), 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_an_attempt_and_the_record_says_what_was_before() {
    let start = Instant::now();
    let counter = Counter::new();
    let policy = fixed(100).no_timeout().deadline(5 * SECOND);
    let result: Result<(), Failure> = call!(&policy, async {
        match counter.count() {
            1 => Err(Failure::status(503)),
            _ => pending().await,
        }
    })
    .await;
    let error = result.unwrap_err();
    let elapsed = start.elapsed();
    assert!(
        (5 * SECOND..5 * SECOND + SECOND / 100).contains(&elapsed),
        "{elapsed:?}"
    );
    let classes: Vec<Class> = error
        .history()
        .attempts
        .iter()
        .map(|attempt| attempt.class)
        .collect();
    assert_eq!(classes, [Class::Overloaded, Class::Deadline]);

    let text = String::from(resilient_rejection(policy).await);
    assert!(
        text.starts_with("the call did not finish within 5s"),
        "{text}"
    );
}

/// The rejection of a call that never answers.
async fn resilient_rejection(policy: Policy) -> resilient_runtime::Rejection {
    struct Kept(resilient_runtime::Rejection);
    impl From<resilient_runtime::Rejection> for Kept {
        fn from(rejection: resilient_runtime::Rejection) -> Self {
            Self(rejection)
        }
    }
    impl resilient_runtime::Classify for Kept {
        fn classify(&self) -> resilient_runtime::Classification {
            self.0.classification()
        }
    }
    let Err(kept) = call!(policy, async { pending::<Result<(), Kept>>().await }).await else {
        unreachable!("it never answers")
    };
    kept.0
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_cannot_end_in_time_is_not_begun() {
    let start = Instant::now();
    let policy = fixed(10).deadline(SECOND);
    let result: Result<(), Failure> = call!(&policy, async { Err(Failure::status(500)) }).await;
    assert_eq!(result.unwrap_err().history().attempts.len(), 1);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// The clock of the call runs from its first wait, also if nothing bounds its time.
#[tokio::test(start_paused = true)]
async fn a_call_without_time_limits_has_a_duration() {
    let policy = Policy::new().no_timeout().attempts(2);
    for (status, attempts) in [(400, 1), (500, 2)] {
        let result: Result<(), Failure> = call!(policy, async {
            sleep(10 * SECOND).await;
            Err(Failure::status(status))
        })
        .await;
        let error = result.unwrap_err();
        let history = error.history();
        assert_eq!(history.attempts[0].elapsed.as_secs(), 10);
        assert!(history.elapsed >= attempts * 10 * SECOND, "{history:?}");
    }
}

/// The time passes while nothing is awaited, so no timer can end the attempt.
#[tokio::test]
async fn f132_a_call_that_begins_after_an_outer_deadline_is_not_sent() {
    let sent = Counter::new();
    let outer = Policy::new().deadline(Duration::from_millis(20));
    let result: Result<(), CallError<io::Error>> = call!(outer, async {
        thread::sleep(Duration::from_millis(40));
        call!(Policy::DEFAULT, async {
            sent.count();
            Ok(())
        })
        .await
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.rejection().unwrap().class(), Class::Deadline);
    assert_eq!(sent.get(), 0);
}

#[tokio::test]
async fn f132_a_retry_that_is_polled_after_the_deadline_is_not_sent() {
    for upstream in [None, Some(Upstream::new("late"))] {
        let sent = Counter::new();
        let policy = Policy::new()
            .deadline(Duration::from_millis(200))
            .backoff(Backoff::fixed(Duration::from_millis(20)).jitter(Jitter::None));
        let body = async || {
            sent.count();
            Err::<(), _>(Failure::status(500))
        };
        let call = policy.call("late");
        let mut call: Pin<Box<dyn Future<Output = Result<(), Failure>>>> = match &upstream {
            None => Box::pin(call.run(body)),
            Some(upstream) => Box::pin(call.upstream(upstream).run(body)),
        };
        assert!(poll!(&mut call).is_pending());
        thread::sleep(Duration::from_millis(400));
        let error = call.await.unwrap_err();
        assert_eq!(error.classification.status, Some(500));
        let gave_up = error.history().gave_up;
        assert!(
            matches!(gave_up, Some(GiveUp::NoTimeLeft { .. })),
            "{gave_up:?}"
        );
        assert_eq!(sent.get(), 1);
    }
}
