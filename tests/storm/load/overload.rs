//! Servers that are overloaded, slow or down: success, load, and time to recovery.

use super::{
    FEW_SEEDS, INCIDENT, SEEDS, course, courses, courses_of, incident, load, quota, success,
    success_of,
};
use resilient_examples::world::{Callers, Course, Demand, Trouble, World};
use resilient_runtime::{Backoff, Jitter};
use std::time::Duration;

/// A world that continues for 30 s after the incident.
fn aftermath(trouble: Trouble, callers: Callers, seed: u64) -> World {
    World {
        end: INCIDENT.end + 30,
        ..World::new(trouble, callers, seed)
    }
}

/// Attempts of 30 s in calls of 2 minutes.
fn patient(callers: Callers) -> Callers {
    callers.times(Duration::from_secs(30), Duration::from_secs(120))
}

fn load_of(world: impl Fn(u64) -> World) -> f64 {
    let courses = courses(world);
    courses.iter().map(load).fold(0.0, f64::max)
}

#[test]
fn slow_answers_do_not_starve_the_budget() {
    let trouble = Trouble::Slow(Duration::from_secs(4), Duration::from_secs(12), 0.3);
    let success = success_of(SEEDS, |seed| {
        incident(trouble, patient(Callers::OURS), seed)
    });
    assert!(success >= 0.995, "{success}");
}

/// One seed, since this world is slow: the retries quadruple the load. Operations begun in the last
/// 15 s are excluded, since they still run when no more begin.
#[test]
fn retries_without_a_budget_never_let_a_deep_queue_drain() {
    let world = World::new(Trouble::Crawl(0.1), Callers::PLAIN_JITTER, 1);
    let course = course(World { end: 85, ..world });
    assert_eq!((course.success(65..70), course.back()), (0.0, None));
    assert!(load(&course) > 3.0, "{}", load(&course));
}

#[test]
fn with_a_breaker_a_deep_queue_is_gone_sooner() {
    for course in courses_of(FEW_SEEDS, |seed| {
        aftermath(Trouble::Crawl(0.1), Callers::WITH_BREAKER, seed)
    }) {
        assert!(course.back().unwrap() <= 4, "{:?}", course.back());
        assert!(load(&course) <= 0.6, "{}", load(&course));
    }
}

/// Each of 2,000 processes has a single call, which makes all its attempts. The queue does not
/// drain in time then, which the budget of one process cannot detect. More calls succeed than with
/// plain retries, at half the load.
#[test]
fn lone_processes_in_a_deep_queue_fare_better_than_with_plain_retries() {
    let world = |callers, seed| World {
        processes: 2_000,
        ..aftermath(Trouble::Crawl(0.1), callers, seed)
    };
    let whole = |course: &Course| course.success(30..course.end);
    let plain = course(world(Callers::PLAIN_JITTER, 1));
    for course in courses_of(FEW_SEEDS, |seed| world(Callers::OURS, seed)) {
        assert!(load(&course) <= 1.7, "{}", load(&course));
        assert!(whole(&course) >= 0.15, "{}", whole(&course));
        assert!(whole(&plain) < 0.11, "{}", whole(&plain));
        assert!(load(&plain) > 3.0, "{}", load(&plain));
    }
}

#[test]
fn a_server_that_sheds_load_is_asked_little_more() {
    let load = load_of(|seed| incident(Trouble::Sheds(0.1), Callers::OURS, seed));
    assert!(load <= 1.1, "{load}");
}

#[test]
fn a_quota_is_not_hammered_with_retries() {
    for tells in [true, false] {
        let load = load_of(|seed| incident(quota(tells, 50), Callers::OURS, seed));
        assert!(load <= 1.28, "{load}, with Retry-After: {tells}");
    }
}

#[test]
fn a_refused_connection_is_asked_for_little_more() {
    let load = load_of(|seed| incident(Trouble::Refused, Callers::OURS, seed));
    assert!(load <= 1.1, "{load}");
}

#[test]
fn slow_answers_without_errors_are_not_asked_for_again() {
    let trouble = Trouble::Slow(Duration::from_millis(300), Duration::from_millis(900), 0.0);
    for course in courses(|seed| incident(trouble, Callers::OURS, seed)) {
        assert_eq!((success(&course), load(&course)), (1.0, 1.0));
    }
}

/// No responses for 10 s, at 900 operations per second: nine tenths of the capacity.
#[test]
fn f67_goodput_is_back_within_30_seconds_after_an_outage() {
    let world = |seed| World {
        demand: Demand::PerSecond(900),
        incident: 30..40,
        ..aftermath(Trouble::Crawl(0.0), Callers::OURS, seed)
    };
    for course in courses_of(FEW_SEEDS, world) {
        assert!(course.back().unwrap() <= 30, "{:?}", course.back());
        let after = course.good.iter().take(80).skip(70);
        let good: u32 = after.sum();
        assert!(f64::from(good) >= 0.95 * 9_000.0, "{good}");
    }
}

/// Connections are refused for one second, so hundreds of callers fail at the same moments.
#[test]
fn f14_a_crowd_that_failed_together_does_not_come_back_together() {
    let crowd = |jitter| {
        let backoff = Backoff::exponential(Duration::from_secs(4)).jitter(jitter);
        let mut callers = Callers::PLAIN_JITTER;
        callers.policy = callers.policy.backoff(backoff).attempts(2);
        let world = World {
            incident: 5..6,
            end: 20,
            ..World::new(Trouble::Refused, callers, 1)
        };
        let requests = course(world).requests;
        requests.iter().take(20).skip(6).max().copied().unwrap()
    };
    let (spread, together) = (crowd(Jitter::Full), crowd(Jitter::None));
    assert!(spread <= 800 + 800 / 4, "{spread}");
    assert!(together >= 2 * 800 - 50, "{together}");
}
