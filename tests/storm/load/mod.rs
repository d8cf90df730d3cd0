//! What the default policy does to a server in trouble, in a simulated world: see `resilient_examples::world`.
//!
//! 2,000 callers in 20 processes want 800 operations in a second of a server that manages 1,000. The incident is from 30 s to
//! 50 s. *Success* is the part of the operations begun in the incident that succeed in the end; *load* is the requests
//! that reach the server in the incident, for each operation begun in it; *back* is the time after the incident until
//! a second is over from which on at least 95 % of the operations of every second succeed. Each bound is the figure that the
//! policy was chosen for, less a small tolerance, and holds for each
//! of the seeds by itself: five, or two where a world takes its time.

mod batch;
mod overload;

use resilient_examples::world::{Callers, Course, Trouble, World};
use resilient_tests::in_paused_time;
use std::{ops::Range, time::Duration};

const SEEDS: Range<u64> = 1..6;
/// Of worlds that take their time.
const FEW_SEEDS: Range<u64> = 1..3;

const INCIDENT: Range<usize> = 30..50;

/// One that nothing is wanted of after the incident.
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

/// The courses with five seeds; the output says what they came to.
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
