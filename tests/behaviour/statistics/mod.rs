//! Statistics: every call is counted once, for its function, its upstream and its key.

mod jump;
mod snapshot;
mod sums;

use resilient_runtime::{Backoff, Jitter, statistics::WaitReason};
use resilient_runtime::{Class, Outcome, Policy, Upstream, resilient, snapshot, statistics};
use resilient_tests::Failure;
use std::{cell::Cell, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const POLICY: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(SECOND).jitter(Jitter::None));

#[resilient_runtime::test(start_paused = true)]
async fn outcomes_classes_waits_and_attempts_of_a_function_are_counted() {
    #[resilient(name = "counted", policy = POLICY)]
    async fn call(failures: &Cell<u32>, status: u16) -> Result<(), Failure> {
        if failures.get() == 0 {
            return Ok(());
        }
        failures.set(failures.get() - 1);
        Err(Failure::status(status))
    }
    statistics::start();
    for _ in 0..5 {
        call(&Cell::new(0), 0).await.unwrap();
    }
    call(&Cell::new(2), 503).await.unwrap();
    call(&Cell::new(1), 401).await.unwrap_err();
    call(&Cell::new(3), 500).await.unwrap_err();
    let snapshot = snapshot();
    let calls = &snapshot.function("counted").unwrap().calls;
    assert_eq!(
        calls.outcomes,
        [
            (Outcome::Ok, 5),
            (Outcome::OkAfterRetry, 1),
            (Outcome::Failed, 2)
        ]
    );
    assert_eq!((calls.calls, calls.attempts), (8, 5 + 3 + 1 + 3));
    assert_eq!(
        calls.failures,
        [
            (Class::ServerError, 3),
            (Class::Overloaded, 2),
            (Class::Authentication, 1)
        ]
    );
    let backoff = calls.wait(WaitReason::Backoff).unwrap();
    assert_eq!((backoff.count, backoff.time), (4, 4 * SECOND));
    assert_eq!(calls.error_rate, Some(2.0 / 8.0));
}

#[resilient_runtime::test(start_paused = true)]
async fn waits_for_an_upstream_are_counted_for_the_function_the_upstream_and_the_key() {
    static API: Upstream = Upstream::new("paced").requests_per_minute(60);
    #[resilient(name = "paced call", upstream = API, key = key)]
    async fn call(key: &str) -> Result<(), Failure> {
        Ok(())
    }
    statistics::start();
    for key in ["a", "a", "b"] {
        call(key).await.unwrap();
    }
    let snapshot = snapshot();
    let of_function = &snapshot.function("paced call").unwrap().calls;
    let upstream = snapshot.upstream("paced").unwrap();
    for calls in [of_function, &upstream.calls] {
        assert_eq!((calls.calls, calls.outcome(Outcome::Ok)), (3, 3));
        assert_eq!(calls.wait(WaitReason::Requests).unwrap().count, 1);
    }
    assert_eq!(upstream.keys, 2);
    let mut keys = API.list_keys();
    keys.sort_by(|a, b| a.key.cmp(&b.key));
    let counts: Vec<_> = keys.iter().map(|it| (&*it.key, it.calls.calls)).collect();
    assert_eq!(counts, [("a", 2), ("b", 1)]);
}

#[resilient_runtime::test(start_paused = true)]
async fn latency_is_that_of_calls_that_had_to_wait() {
    #[resilient(name = "timed")]
    async fn call(time: Duration) -> Result<(), Failure> {
        if !time.is_zero() {
            sleep(time).await;
        }
        Ok(())
    }
    statistics::start();
    for _ in 0..100 {
        call(Duration::ZERO).await.unwrap();
    }
    for milliseconds in 1..=100 {
        call(Duration::from_millis(milliseconds)).await.unwrap();
    }
    let snapshot = snapshot();
    let calls = &snapshot.function("timed").unwrap().calls;
    assert_eq!(calls.calls, 200);
    let latency = calls.latency.unwrap();
    let about = |time: Duration, ms: u64| {
        let least = Duration::from_millis(ms);
        assert!((least..=least * 5 / 4).contains(&time), "{latency:?}");
    };
    about(latency.p50, 50);
    about(latency.p90, 90);
    about(latency.p99, 99);
}

#[resilient_runtime::test(start_paused = true)]
async fn nothing_is_counted_before_the_start_and_after_the_stop_of_another_program() {
    #[resilient(name = "never called")]
    async fn call() -> Result<(), Failure> {
        Ok(())
    }
    statistics::start();
    drop(call());
    assert!(snapshot().function("never called").is_none());
    assert!(statistics::is_on());
}
