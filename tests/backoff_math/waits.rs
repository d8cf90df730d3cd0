//! The waits between the attempts of a call, measured by the clock.

use super::seconds;
use resilient_runtime::{Backoff, BackoffKind, Budget, Class, Jitter, Policy, Rule, call};
use resilient_tests::Failure;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

/// Without a wait in the failure, this policy retries for ever, and no wait exceeds its `max`.
#[tokio::test(start_paused = true)]
async fn f02_a_small_maximum_bounds_a_large_first_step() {
    let policy = Policy::new().budget(Budget::NONE).attempts(101).backoff(
        Backoff::exponential(seconds(1))
            .max(Duration::from_millis(10))
            .jitter(Jitter::None),
    );
    let mut last = None;
    let result: Result<(), Failure> = call!(&policy, async {
        let now = Instant::now();
        if let Some(last) = last.replace(now) {
            assert_eq!(now - last, Duration::from_millis(10));
        }
        Err(Failure::of(Class::ServerError))
    })
    .await;
    assert_eq!(
        result
            .unwrap_err()
            .history()
            .attempts
            .last()
            .unwrap()
            .number,
        101
    );
}

/// The waits of a call with this seed, measured by the clock.
async fn waits(policy: Policy, failure: Failure) -> Vec<Duration> {
    let mut times = Vec::new();
    let policy = policy.budget(Budget::NONE);
    let result: Result<(), Failure> = call!(&policy, async {
        times.push(Instant::now());
        Err(failure.clone())
    })
    .await;
    result.unwrap_err();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn f08_clients_at_the_maximum_still_spread() {
    let mut seen = BTreeSet::new();
    for seed in 0..100 {
        let policy = Policy::new().attempts(10).seed(seed);
        seen.insert(*waits(policy, Failure::status(500)).await.last().unwrap());
    }
    assert!(seen.len() > 50, "{} distinct waits of 100", seen.len());
}

#[tokio::test(start_paused = true)]
async fn f13_the_default_policy_waits_before_every_retry() {
    for seed in 0..200 {
        let waits = waits(Policy::new().seed(seed), Failure::status(500)).await;
        assert_eq!(waits.len(), 4);
        assert!(waits.iter().all(|wait| !wait.is_zero()), "{waits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_seed_no_two_calls_wait_alike() {
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        seen.insert(waits(Policy::new(), Failure::status(500)).await);
    }
    // Five waits in milliseconds out of seconds: two equal rows would mean that randomness is
    // broken.
    assert_eq!(seen.len(), 20);
}

/// 1,000 clients with the default policy fail at the same time.
#[tokio::test(start_paused = true)]
async fn f14_clients_that_failed_together_do_not_come_back_together() {
    let mut buckets = [[0_u32; 400]; 5];
    for seed in 0..1_000 {
        let start = Instant::now();
        let mut attempt = 0;
        let result: Result<(), Failure> = call!(Policy::new().seed(seed), async {
            let bucket = start.elapsed().as_millis() / 100;
            buckets[attempt][usize::try_from(bucket).unwrap().min(399)] += 1;
            attempt += 1;
            Err(Failure::status(500))
        })
        .await;
        result.unwrap_err();
    }
    for (retry, buckets) in buckets.iter().enumerate().skip(1) {
        let peak = buckets.iter().max().unwrap();
        assert!(*peak <= 250, "retry {retry}: {peak} of 1,000 in 100 ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_class_can_have_a_schedule_of_its_own() {
    let policy = Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(seconds(1)).jitter(Jitter::None))
        .on(
            Class::RateLimited,
            Rule::new()
                .kind(BackoffKind::Linear)
                .initial(seconds(7))
                .max(seconds(60)),
        );
    assert_eq!(
        waits(policy, Failure::status(500)).await,
        [seconds(1), seconds(1)]
    );
    assert_eq!(
        waits(policy, Failure::status(429)).await,
        [seconds(7), seconds(14)]
    );
}
