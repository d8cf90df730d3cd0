//! Waits between attempts.

use super::SECOND;
use resilient_runtime::{Backoff, Budget, Policy, ServerWait, WaitOrigin, call};
use resilient_tests::{Counter, Failure};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_zero_wait_takes_no_time_and_still_lets_others_run() {
    let start = Instant::now();
    let policy = Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(Duration::ZERO));
    let others = Counter::new();
    let call = call!(&policy, async { Err::<(), Failure>(Failure::status(500)) });
    let other = async {
        for _ in 0..2 {
            others.count();
            tokio::task::yield_now().await;
        }
    };
    let (result, ()) = futures::join!(call, other);
    assert_eq!(result.unwrap_err().history().attempts.len(), 3);
    assert_eq!((start.elapsed(), others.get()), (Duration::ZERO, 2));
}

#[tokio::test(start_paused = true)]
async fn f35_a_servers_wait_is_a_floor_with_jitter_on_top() {
    let wait = ServerWait::new(7 * SECOND, WaitOrigin::RetryAfter);
    let failure = resilient_runtime::Classification::of_status(429).wait(wait);
    for seed in 0..200 {
        let start = Instant::now();
        let policy = Policy::new().budget(Budget::NONE).attempts(2).seed(seed);
        let result: Result<(), Failure> =
            call!(&policy, async { Err(failure.clone().into()) }).await;
        result.unwrap_err();
        let waited = start.elapsed();
        assert!(
            (7 * SECOND..=9 * SECOND + SECOND / 1_000).contains(&waited),
            "{waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn f34_a_wait_of_zero_makes_no_hot_loop() {
    let wait = ServerWait::new(Duration::ZERO, WaitOrigin::RetryAfter);
    let failure = resilient_runtime::Classification::of_status(429).wait(wait);
    let mut times = Vec::new();
    let result: Result<(), Failure> = call!(Policy::new(), async {
        times.push(Instant::now());
        Err(failure.clone().into())
    })
    .await;
    result.unwrap_err();
    assert_eq!(times.len(), 5);
    assert!(
        times.windows(2).all(|pair| matches!(pair, [a, b] if b > a)),
        "{times:?}"
    );
}
