//! The default policy in a closed world: 2,000 callers in 20 processes pause 2.5 s on average
//! between two operations, which makes 800 operations per second for a server with a capacity of
//! 1,000. The incident lasts from 30 s to 50 s.
//!
//! Waiting callers make no other requests, which leaves capacity for the requests they wait for:
//! waiting helps the server to recover.

use super::scores::{QUOTA, SEEDS, Score, play, reaches, score, world};
use resilient_examples::world::{Callers, Demand, Trouble, World};

fn think(trouble: Trouble) -> impl Fn(Callers, u64) -> World {
    move |callers, seed| world(Demand::THINK, trouble, callers, seed)
}

fn is_near(figure: f64, wanted: f64, tolerance: f64) -> bool {
    (figure - wanted).abs() <= tolerance
}

/// The scores of a single attempt, and of the schedule without a budget: if these hold, the world
/// is the one in which the scores were measured.
fn others_come_to(trouble: Trouble, [without, plain]: [Score; 2]) {
    for (callers, wanted) in [(Callers::NO_RETRY, without), (Callers::PLAIN_JITTER, plain)] {
        let score = play(think(trouble)(callers, 1));
        assert!(is_near(score.during, wanted.during, 6.0), "{score:?}");
        assert!(
            is_near(score.until_after, wanted.until_after, 3.0),
            "{score:?}"
        );
        assert!(
            is_near(score.load, wanted.load, 0.08 * wanted.load),
            "{score:?}"
        );
    }
}

#[test]
fn most_calls_outlive_a_deep_queue_at_no_more_load() {
    let wanted = score(41.0, 91.0, 1.04, Some(1));
    reaches(wanted, SEEDS, think(Trouble::Crawl(0.1)));
}

#[test]
fn most_calls_outlive_a_server_that_sheds_load() {
    let wanted = score(78.0, 96.0, 1.43, Some(1));
    reaches(wanted, SEEDS, think(Trouble::Sheds(0.1)));
}

#[test]
fn most_calls_outlive_refused_connections() {
    let wanted = score(40.0, 92.0, 1.15, Some(1));
    reaches(wanted, SEEDS, think(Trouble::Refused));
}

#[test]
fn nearly_all_calls_outlive_a_quota_of_half_the_demand() {
    reaches(score(98.0, 99.0, 1.19, Some(1)), SEEDS, think(QUOTA));
}

#[test]
fn without_a_budget_calls_outlive_trouble_at_three_times_the_load() {
    let without = score(1.0, 62.0, 1.0, None);
    let plain = score(42.0, 90.0, 3.25, None);
    others_come_to(Trouble::Crawl(0.1), [without, plain]);
    let without = score(13.0, 66.0, 1.0, None);
    let plain = score(66.0, 93.0, 3.15, None);
    others_come_to(Trouble::Sheds(0.1), [without, plain]);
    let without = score(0.0, 60.0, 1.0, None);
    let plain = score(32.0, 88.0, 4.46, None);
    others_come_to(Trouble::Refused, [without, plain]);
    let without = score(51.0, 80.0, 1.0, None);
    let plain = score(90.0, 97.0, 1.83, None);
    others_come_to(QUOTA, [without, plain]);
}
