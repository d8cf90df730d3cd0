//! What a call does in every combination of features: retry, give up, time out, wait as told.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

use resilient_runtime::{
    Budget, CallError, Class, Classification, Classify, Policy, ServerWait, WaitOrigin, call,
};
use std::{cell::Cell, future::pending, time::Duration};
use tokio::time::Instant;

#[derive(Clone, Debug)]
struct Failure(Classification);

impl Classify for Failure {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}

async fn attempts(failure: Classification) -> (u32, Result<u32, CallError<Failure>>) {
    let attempts = Cell::new(0);
    let result = call!(Policy::new().budget(Budget::NONE), async {
        attempts.set(attempts.get() + 1);
        if attempts.get() < 3 {
            Err(Failure(failure.clone()).into())
        } else {
            Ok(7)
        }
    })
    .await;
    (attempts.get(), result)
}

#[tokio::test(start_paused = true)]
async fn f29_what_can_heal_is_retried_and_the_rest_is_not() {
    for status in [408, 409, 429, 500, 502, 503, 504] {
        let (attempts, result) = attempts(Classification::of_status(status)).await;
        assert_eq!((attempts, result.unwrap()), (3, 7), "{status}");
    }
    for status in [400, 401, 402, 403, 404, 422] {
        let (attempts, result) = attempts(Classification::of_status(status)).await;
        assert_eq!(attempts, 1, "{status}");
        assert_eq!(result.unwrap_err().classify().status, Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn f29_a_servers_wait_is_kept() {
    let start = Instant::now();
    let wait = ServerWait::new(Duration::from_secs(30), WaitOrigin::RetryAfter);
    let (_, result) = attempts(Classification::of_status(429).wait(wait)).await;
    result.unwrap();
    assert!(
        start.elapsed() >= Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn f29_attempts_and_calls_are_bounded_in_time() {
    let policy = Policy::new().attempts(2).timeout(Duration::from_secs(5));
    let hang = async || -> Result<(), CallError<Failure>> { pending().await };
    let error = policy.call("hang").run(hang).await.unwrap_err();
    assert_eq!(
        (error.classify().class, error.history().attempts.len()),
        (Class::Timeout, 2)
    );

    let start = Instant::now();
    let policy = policy.deadline(Duration::from_secs(3));
    let error = policy.call("hang").run(hang).await.unwrap_err();
    assert_eq!(error.rejection().unwrap().class(), Class::Deadline);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
