//! The default policy for workers of one process that start together while the server fails: nearly
//! all their calls succeed, if the server recovers before their patience ends.
//!
//! Each worker makes its calls one after another, with a timeout of 60 s and without a deadline.
//! Each response takes 500 ms, a failure too. Each bound holds for each of five seeds.

use std::{ops::Range, time::Duration};

use resilient_examples::burst::{Burst, Failing, Outcome};
use resilient_examples::world::Callers;
use resilient_tests::in_paused_time;

const SEEDS: Range<u64> = 1..6;

const BUSY: Failing = Failing::Status(503);

fn play(burst: Burst) -> Outcome {
    let outcome = in_paused_time(burst.run());
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

fn nearly_all_succeed(burst: Burst) {
    for outcome in outcomes(burst) {
        assert!(outcome.success() >= 0.99, "{outcome:?} of {burst:?}");
    }
}

#[test]
fn few_workers_outlive_a_busy_server() {
    for lasts in [5, 15] {
        nearly_all_succeed(burst(5, 10, BUSY, lasts));
    }
}

#[test]
fn fifty_workers_outlive_a_busy_server() {
    for lasts in [2, 5, 15] {
        nearly_all_succeed(burst(50, 2, BUSY, lasts));
    }
}

#[test]
fn fifty_workers_with_much_to_do_outlive_a_busy_server() {
    nearly_all_succeed(burst(50, 40, BUSY, 15));
}

#[test]
fn a_fan_out_of_200_outlives_a_busy_server() {
    for lasts in [2, 5, 15] {
        nearly_all_succeed(burst(200, 1, BUSY, lasts));
    }
}

#[test]
fn a_fan_out_of_1000_outlives_a_busy_server() {
    for lasts in [2, 5, 15] {
        nearly_all_succeed(burst(1_000, 1, BUSY, lasts));
    }
}

/// Failures take 20 ms, so the workers return sooner.
#[test]
fn a_fan_out_outlives_a_server_that_fails_at_once() {
    let (answer, failure) = (Duration::from_millis(500), Duration::from_millis(20));
    for lasts in [2, 5, 15] {
        nearly_all_succeed(burst(200, 1, BUSY, lasts).takes(answer, failure));
    }
}

#[test]
fn a_fan_out_outlives_a_quota_that_does_not_tell_how_long_to_wait() {
    for lasts in [2, 5, 15] {
        nearly_all_succeed(burst(200, 1, Failing::Status(429), lasts));
    }
}

#[test]
fn a_fan_out_outlives_a_quota_that_tells_how_long_to_wait() {
    nearly_all_succeed(burst(200, 1, Failing::RetryAfter(10), 8));
}

/// A schedule of 1, 2, 4 and 8 s. An incident of 15 s is equally long, so it is left out.
#[test]
fn a_fan_out_outlives_a_broken_server() {
    for lasts in [2, 5] {
        nearly_all_succeed(burst(200, 1, Failing::Status(500), lasts));
    }
}

#[test]
fn a_fan_out_outlives_attempts_that_time_out() {
    for lasts in [2, 5, 15] {
        nearly_all_succeed(Burst {
            callers: Callers::BATCH.timeout(Duration::from_secs(1)),
            ..burst(200, 1, Failing::Silent, lasts)
        });
    }
}

#[test]
fn a_fan_out_outlives_a_busy_server_that_takes_its_time() {
    let takes = Duration::from_secs(5);
    nearly_all_succeed(burst(200, 1, BUSY, 15).takes(takes, takes));
}

#[test]
fn a_fan_out_outlives_a_server_that_answers_now_and_then() {
    nearly_all_succeed(Burst {
        part: 0.8,
        ..burst(200, 1, BUSY, 15)
    });
}

/// The latency of failures differs from that of successes.
#[test]
fn a_fan_out_outlives_a_busy_server_whose_good_answers_take_far_longer() {
    for answer in [20, 40] {
        for lasts in [2, 5] {
            let burst = burst(200, 1, BUSY, lasts);
            let answer = Duration::from_secs(answer);
            nearly_all_succeed(burst.takes(answer, Duration::from_millis(300)));
        }
    }
}

#[test]
fn a_fan_out_is_over_soon_after_the_server_is_well() {
    for outcome in outcomes(burst(200, 1, BUSY, 2)) {
        assert!(outcome.success() >= 0.99, "{outcome:?}");
        assert!(outcome.took <= Duration::from_secs(8), "{outcome:?}");
    }
}

/// Without retries, all calls that begin in the incident fail. With plain retries, half the calls
/// run out of attempts in an incident of 15 s.
#[test]
fn neither_one_attempt_nor_plain_retries_outlive_a_busy_server() {
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
