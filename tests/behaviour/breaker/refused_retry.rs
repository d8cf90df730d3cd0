//! Retries that an open breaker refuses before they are due.

use super::{ONCE, SECOND, breaker, failing, opened};
use resilient_runtime::{
    Class, Classification, GiveUp, Policy, Rule, ServerWait, Upstream, WaitOrigin, call,
};
use resilient_tests::{Counter, Failure, Recorder};
use tokio::time::{Instant, sleep};

/// A call whose first attempt was sent before the breaker opened, and fails with a wait of this
/// many seconds, four seconds later.
async fn asked_to_wait(upstream: &Upstream, seconds: u32) -> Result<(), Failure> {
    let sent = Counter::new();
    let call = call!(upstream = upstream, async {
        if sent.count() > 1 {
            return Ok(());
        }
        sleep(4 * SECOND).await;
        let wait = ServerWait::new(seconds * SECOND, WaitOrigin::RetryAfter);
        Err(Failure::from(Classification::of_status(429).wait(wait)))
    });
    tokio::join!(call, opened(upstream)).0
}

#[tokio::test(start_paused = true)]
async fn f191_a_retry_that_is_due_after_the_break_is_not_refused_before() {
    let start = Instant::now();
    let upstream = Upstream::new("after the break").breaker(breaker());
    asked_to_wait(&upstream, 20).await.unwrap();
    // The wait of the server is spread.
    let took = start.elapsed().as_secs();
    assert!((24..30).contains(&took), "{took}");
    assert_eq!(upstream.snapshot().counts.refused, 0);
}

#[tokio::test(start_paused = true)]
async fn f191_a_retry_is_refused_at_once_while_the_upstream_is_isolated_however_late_it_is_due() {
    let upstream = Upstream::new("isolated").breaker(breaker());
    let isolated = async {
        sleep(SECOND).await;
        upstream.isolate();
    };
    let start = Instant::now();
    let (outcome, ()) = tokio::join!(asked_to_wait(&upstream, 20), isolated);
    let gave_up = outcome.unwrap_err().history().gave_up;
    assert!(
        matches!(gave_up, Some(GiveUp::Refused { .. })),
        "{gave_up:?}"
    );
    assert_eq!(start.elapsed(), 4 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f192_a_retry_that_is_refused_before_it_is_due_is_counted() {
    let upstream = Upstream::new("counted").breaker(breaker());
    failing(&upstream, ONCE, 500, &Counter::new()).await;
    let error = failing(&upstream, Policy::new(), 500, &Counter::new()).await;
    assert!(matches!(
        error.history().gave_up,
        Some(GiveUp::Refused { .. })
    ));
    assert_eq!(upstream.snapshot().counts.refused, 1);
}

#[tokio::test(start_paused = true)]
async fn events_of_one_call_name_one_number_of_attempts() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("attempts");
    let policy = Policy::new().on(Class::RateLimited, Rule::new().attempts(5));
    let isolated = async {
        sleep(SECOND / 100).await;
        upstream.isolate();
    };
    let sent = Counter::new();
    let (error, ()) = tokio::join!(failing(&upstream, policy, 429, &sent), isolated);
    assert_eq!((error.class(), sent.get()), (Class::RateLimited, 1));
    for message in ["attempt failed", "giving up"] {
        assert_eq!(recorder.of(message)[0].field("attempts"), "5", "{message}");
    }
}
