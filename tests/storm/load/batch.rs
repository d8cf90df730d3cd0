//! Batch workers at a quota that is too small.

use super::{FEW_SEEDS, course, quota, success, success_of};
use resilient_examples::world::{Callers, Demand, World};

/// 200 workers that want more than 400 requests per second: the shorter a request, the more.
fn batch(callers: Callers, processes: u32, takes: u64, seed: u64) -> World {
    World {
        processes,
        incident: 0..30,
        end: 30,
        demand: Demand::Workers(200),
        ..World::new(quota(true, takes), callers, seed)
    }
}

/// They want 500 requests per second.
#[test]
fn batch_workers_succeed_at_a_quota_that_is_a_little_too_small() {
    for processes in [1, 20] {
        let success = success_of(FEW_SEEDS, |seed| batch(Callers::OURS, processes, 400, seed));
        assert!(success >= 0.999, "{success}, {processes} processes");
    }
    let plain = course(batch(Callers::PLAIN_BUDGET, 1, 400, 1));
    assert!(success(&plain) < 0.8, "any budget would do");
}

/// They want five times the quota, and begin the next operation at once when one fails. If calls
/// were given up as soon as the budget is empty, as with a plain budget, they would fail all the
/// faster: only waiting slows them down.
#[test]
fn most_batch_workers_succeed_at_a_quota_that_is_much_too_small() {
    for (processes, tells) in [(1, true), (1, false), (20, true)] {
        let success = success_of(FEW_SEEDS, |seed| World {
            trouble: quota(tells, 100),
            ..batch(Callers::OURS, processes, 100, seed)
        });
        assert!(success >= 0.95, "{success}, {processes} processes");
    }
    let plain = course(batch(Callers::PLAIN_BUDGET, 1, 100, 1));
    assert!(
        success(&plain) < 0.5,
        "that a budget puts off makes no difference"
    );
}

#[test]
fn with_a_gate_nearly_all_batch_workers_succeed_at_a_quota() {
    for processes in [1, 20] {
        let success = success_of(FEW_SEEDS, |seed| {
            batch(Callers::WITH_GATE, processes, 100, seed)
        });
        assert!(success >= 0.995, "{success}, {processes} processes");
    }
}
