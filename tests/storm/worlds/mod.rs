//! Random worlds of callers, limits, hedges, nested calls, faults, cancellations and clocks: the
//! promises that hold in each.
//!
//! Every world has a number, which a failure names. `RESILIENT_WORLD` is the first one, and
//! `RESILIENT_WORLDS` their count. About an hour:
//!
//! ```sh
//! RESILIENT_WORLD=30000 RESILIENT_WORLDS=10000000 cargo test --release -p resilient-tests --test storm worlds::
//! ```

mod checks;
mod late;
mod random;
mod run;
mod server;
mod world;

use resilient_tests::in_paused_time;
use run::CallLog;
use std::{env, str::FromStr};
use world::World;

/// About half a minute, without optimisation.
const WORLDS: u64 = 30_000;

/// A run ends after this many broken worlds.
const MOST_BROKEN: usize = 20;

fn setting<T: FromStr>(name: &str, default: T) -> T {
    let value = env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn random_worlds_keep_every_promise() {
    let first = setting("RESILIENT_WORLD", 0_u64);
    let end = first + setting("RESILIENT_WORLDS", WORLDS);
    let mut all_broken = Vec::new();
    for number in first..end {
        let world = World::random(number);
        let log = in_paused_time(world.run());
        if let Err(broken) = checks::check(&world, &log) {
            all_broken.push((number, broken));
        }
        if all_broken.len() >= MOST_BROKEN {
            break;
        }
    }
    if let Some((number, _)) = all_broken.first() {
        let world = World::random(*number);
        for (number, broken) in &all_broken {
            println!("world {number}: {broken}");
        }
        panic!("{} broken; world {number}:\n{world:?}", all_broken.len());
    }
}

/// The worlds are not all harmless, or the checks would say nothing.
#[test]
fn worlds_have_failures_hedges_inner_calls_and_cancellations() {
    let (mut failed, mut cancelled, mut retried, mut hedged, mut inner) = (0, 0, 0, 0, 0);
    for number in 0..200 {
        let world = World::random(number);
        let log = in_paused_time(world.run());
        let count = |is: &dyn Fn(&CallLog) -> bool| log.calls.iter().filter(|it| is(it)).count();
        failed += count(&CallLog::has_failed);
        cancelled += count(&CallLog::is_cancelled);
        retried += count(&|call| call.attempts_made() > 1);
        hedged += count(&|call| call.sent.len() > call.attempts_made());
        inner += count(&|call| !call.inner.is_empty());
    }
    let all = [failed, cancelled, retried, hedged, inner];
    assert!(all.iter().all(|number| *number > 50), "{all:?}");
}
