//! Scores of a policy in a simulated world, for open and closed worlds.

use std::ops::Range;
use std::time::Duration;

use resilient_examples::world::{Callers, Course, Demand, Trouble, World};
use resilient_tests::in_paused_time;

pub(super) const SEEDS: Range<u64> = 1..6;

/// The scores of a world. Success is in percent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score {
    /// Of the operations begun in the incident.
    pub during: f64,
    /// Of the operations begun from its start to 30 s after its end.
    pub until_after: f64,
    /// The requests in the incident per operation begun in it.
    pub load: f64,
    /// The seconds from the end of the incident to recovery; none if there is no recovery, or no
    /// such column.
    pub back: Option<usize>,
}

/// A score, in the order of the tables.
pub(super) const fn score(during: f64, until_after: f64, load: f64, back: Option<usize>) -> Score {
    Score {
        during,
        until_after,
        load,
        back,
    }
}

/// A world with this demand that continues for 30 s after an incident from 30 s to 50 s.
pub(super) fn world(demand: Demand, trouble: Trouble, callers: Callers, seed: u64) -> World {
    World {
        end: 80,
        demand,
        ..World::new(trouble, callers, seed)
    }
}

/// Half of the demand, without a `Retry-After`.
pub(super) const QUOTA: Trouble = Trouble::Quota {
    limit: 400,
    tells: false,
    takes: Duration::from_millis(50),
};

/// Runs this world in virtual time.
pub(super) fn course(world: World) -> Course {
    in_paused_time(world.run())
}

/// The score of a world.
pub(super) fn play(world: World) -> Score {
    score_of(&course(world))
}

/// The score of a result, as the output shows it.
pub(super) fn score_of(course: &Course) -> Score {
    let Range { start, end } = course.incident;
    let score = Score {
        during: 100.0 * course.success(start..end),
        until_after: 100.0 * course.success(start..end + 30),
        load: course.load(start..end),
        back: course.back(),
    };
    println!(
        "during {:.1} until after {:.1} load {:.2} back {:?}",
        score.during, score.until_after, score.load, score.back
    );
    score
}

/// Asserts that the default policy reaches this score with each of the seeds, with a tolerance of
/// three points of success, five percent of load and one second. Returns the results.
pub(super) fn reaches(
    wanted: Score,
    seeds: Range<u64>,
    world: impl Fn(Callers, u64) -> World,
) -> Vec<Course> {
    let reach = |seed| {
        let course = course(world(Callers::OURS, seed));
        let score = score_of(&course);
        assert!(score.during >= wanted.during - 3.0, "{score:?}");
        assert!(score.until_after >= wanted.until_after - 3.0, "{score:?}");
        assert!(score.load <= wanted.load * 1.05, "{score:?}");
        if let Some(back) = wanted.back {
            assert!(
                score.back.is_some_and(|seconds| seconds <= back + 1),
                "{score:?}"
            );
        }
        course
    };
    seeds.map(reach).collect()
}
