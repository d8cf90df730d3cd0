//! Operations that always fail, while the server is healthy: they fail later than with plain
//! retries, and do no harm to the others.

use std::ops::Range;

use resilient_examples::world::{Broken, Callers, Course, Demand, Trouble, World};
use resilient_tests::in_paused_time;

const SECONDS: Range<usize> = 0..50;

const SEEDS: Range<u64> = 1..3;

fn play(part: f64, status: u16, demand: Demand, callers: Callers, seed: u64) -> Score {
    let world = World {
        incident: 0..0,
        end: SECONDS.end,
        demand,
        broken: Some(Broken { part, status }),
        ..World::new(Trouble::Refused, callers, seed)
    };
    let course: Course = in_paused_time(world.run());
    let sum = |counts: &[u32]| f64::from(counts.iter().sum::<u32>());
    let (wanted, succeeded) = (sum(&course.wanted), sum(&course.succeeded));
    let score = Score {
        seconds: course.time_to_failure().as_secs_f64(),
        failed: wanted - succeeded,
        load: sum(&course.requests) / (wanted + f64::from(course.broken.0)),
    };
    println!("{score:?} of {wanted} good operations");
    score
}

#[derive(Debug)]
struct Score {
    /// The mean time until such an operation failed.
    seconds: f64,
    /// Good operations that failed.
    failed: f64,
    /// Requests per operation.
    load: f64,
}

/// No other operation fails, the broken ones fail within this time, and the load stays below this.
fn harms_nobody(part: f64, status: u16, demand: Demand, callers: Callers, most: (f64, f64)) {
    for seed in SEEDS {
        let score = play(part, status, demand, callers, seed);
        assert!(score.failed <= 0.0, "{score:?}");
        assert!(score.seconds <= most.0 * 1.05, "{score:?}");
        assert!(score.load <= most.1 * 1.05, "{score:?}");
    }
}

const OPEN: Demand = Demand::PerSecond(800);

#[test]
fn half_of_the_operations_broken_do_not_take_the_good_ones_along() {
    // The deadline is 15 s.
    harms_nobody(0.5, 500, OPEN, Callers::OURS, (15.0, 1.2));
    let plain = play(0.5, 500, OPEN, Callers::PLAIN_JITTER, 1);
    assert!(
        plain.load > 2.5,
        "the budget makes no difference: {plain:?}"
    );
}

#[test]
fn a_tenth_of_the_operations_broken_do_not_take_the_good_ones_along() {
    harms_nobody(0.1, 503, OPEN, Callers::OURS, (14.0, 1.19));
}

#[test]
fn broken_operations_of_callers_that_pause_end_without_a_deadline() {
    let callers = Callers {
        policy: Callers::OURS.policy.no_deadline(),
        ..Callers::OURS
    };
    // The schedule takes at most 30 s, and the last attempt is made within one more step.
    harms_nobody(0.5, 503, Demand::THINK, callers, (38.0, 1.95));
}
