//! The effect of the default policy on a degraded server, in a simulated world: see
//! `resilient_examples::world`.
//!
//! 2,000 callers in 20 processes want 800 operations per second of a server with a capacity of
//! 1,000. The incident lasts from 30 s to 50 s. *Success* is the share of the operations begun in
//! the incident that succeed in the end. *Load* is the number of requests in the incident per
//! operation begun in it. *Back* is the time from the end of the incident to the end of the first
//! second from which on at least 95 % of the operations of every second succeed. Each bound is the
//! measured figure for which the policy was chosen, less a small tolerance, and holds for each
//! seed: five, or two for slow worlds.

mod batch;
mod overload;

use resilient_examples::world::{Callers, Course, Trouble, World};
use resilient_tests::in_paused_time;
use std::{ops::Range, time::Duration};

const SEEDS: Range<u64> = 1..6;
/// The seeds of slow worlds.
const FEW_SEEDS: Range<u64> = 1..3;

const INCIDENT: Range<usize> = 30..50;

/// A world without demand after the incident.
fn incident(trouble: Trouble, callers: Callers, seed: u64) -> World {
    World {
        end: INCIDENT.end,
        ..World::new(trouble, callers, seed)
    }
}

const fn quota(tells: bool, takes: u64) -> Trouble {
    Trouble::Quota {
        limit: 400,
        tells,
        takes: Duration::from_millis(takes),
    }
}

fn course(world: World) -> Course {
    in_paused_time(world.run())
}

/// The results with five seeds, which the output shows.
fn courses(world: impl Fn(u64) -> World) -> Vec<Course> {
    courses_of(SEEDS, world)
}

fn courses_of(seeds: Range<u64>, world: impl Fn(u64) -> World) -> Vec<Course> {
    let tell = |course: Course| {
        let (success, load) = (success(&course), load(&course));
        println!(
            "success {success:.4} load {load:.3} back {:?}",
            course.back()
        );
        course
    };
    seeds.map(|seed| tell(course(world(seed)))).collect()
}

fn success(course: &Course) -> f64 {
    course.success(course.incident.clone())
}

fn load(course: &Course) -> f64 {
    course.load(course.incident.clone())
}

fn success_of(seeds: Range<u64>, world: impl Fn(u64) -> World) -> f64 {
    let courses = courses_of(seeds, world);
    courses.iter().map(success).fold(1.0, f64::min)
}
