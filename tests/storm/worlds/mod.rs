//! Random worlds of callers, limits, faults and cancellations: the promises that hold in each.
//!
//! Every world has a number, which a failure names. `RESILIENT_WORLD` is the first one, and
//! `RESILIENT_WORLDS` their count. About an hour:
//!
//! ```sh
//! RESILIENT_WORLD=40000 RESILIENT_WORLDS=10000000 cargo test --release -p resilient-tests --test storm worlds::
//! ```

mod checks;
mod world;

use resilient_tests::in_paused_time;
use std::{env, str::FromStr};
use world::World;

/// About half a minute, without optimisation.
const WORLDS: u64 = 40_000;

fn setting<T: FromStr>(name: &str, default: T) -> T {
    let value = env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn random_worlds_keep_every_promise() {
    let first = setting("RESILIENT_WORLD", 0_u64);
    let end = first + setting("RESILIENT_WORLDS", WORLDS);
    for number in first..end {
        let world = World::random(number);
        let log = in_paused_time(world.run());
        if let Err(broken) = checks::check(&world, &log) {
            panic!("world {number}: {broken}\n{world:#?}");
        }
    }
}

/// The worlds are not all harmless, or the checks would say nothing.
#[test]
fn worlds_have_failures_refusals_and_cancellations() {
    let (mut failed, mut cancelled, mut retried) = (0, 0, 0);
    for number in 0..100 {
        let world = World::random(number);
        let log = in_paused_time(world.run());
        failed += log.calls.iter().filter(|call| call.has_failed()).count();
        cancelled += log.calls.iter().filter(|call| call.is_cancelled()).count();
        retried += log.calls.iter().filter(|call| call.sent.len() > 1).count();
    }
    assert!(
        failed > 50 && cancelled > 50 && retried > 50,
        "{failed} {cancelled} {retried}"
    );
}
