//! A fan-out in a simulated burst: workers of one process that begin together while the server fails.
//!
//! Each worker makes its calls one after another, with 60 s for an attempt and without a deadline. An answer takes 500 ms, a
//! bad one too. Each bound holds for each of five seeds by itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use std::ops::Range;

use resilient_examples::burst::{Burst, Failing, Outcome};
use resilient_examples::world::Callers;

const SEEDS: Range<u64> = 1..6;

const BUSY: Failing = Failing::Status(503);

fn play(burst: Burst) -> Outcome {
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(burst.run());
    let (workers, calls, lasts) = (burst.workers, burst.calls, burst.lasts);
    println!(
        "{:?} {workers} x {calls}, {lasts:?}: success {:.3} of {} attempts, after {:?}",
        burst.trouble,
        outcome.success(),
        outcome.attempts,
        outcome.took
    );
    outcome
}

fn outcomes(burst: Burst) -> Vec<Outcome> {
    SEEDS.map(|seed| play(Burst { seed, ..burst })).collect()
}

/// The mean of the seeds.
fn success(burst: Burst) -> f64 {
    let outcomes = outcomes(burst);
    let seeds = u32::try_from(outcomes.len()).unwrap();
    outcomes.iter().map(Outcome::success).sum::<f64>() / f64::from(seeds)
}

fn burst(workers: u32, calls: u32, trouble: Failing, lasts: u64) -> Burst {
    Burst::new((workers, calls), trouble, lasts, Callers::BATCH, 0)
}

#[test]
fn a_fan_out_outlives_a_quota_that_tells_how_long_to_wait() {
    for outcome in outcomes(burst(200, 1, Failing::RetryAfter(10), 8)) {
        assert!(outcome.success() >= 0.99, "{outcome:?}");
    }
}

/// Without a retry all fail that begin in the incident, and with nothing but retries half the calls run out of them in
/// one of 15 s.
#[test]
fn neither_no_retry_nor_plain_retries_do() {
    let with = |callers, lasts| Burst {
        callers,
        ..burst(200, 1, BUSY, lasts)
    };
    let without = success(with(Callers::BATCH_WITHOUT_RETRY, 2));
    assert!(without <= f64::EPSILON, "{without}");
    for (lasts, least, most) in [(2, 0.99, 1.0), (5, 0.98, 1.0), (15, 0.5, 0.72)] {
        let plain = success(with(Callers::PLAIN_BATCH, lasts));
        assert!((least..=most).contains(&plain), "{plain} at {lasts} s");
    }
}
