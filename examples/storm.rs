//! What retries do to a server that has fallen to a tenth of its capacity for 20 seconds, and to those who call it. Run
//! it with `cargo run --example storm`.

mod chart;

use std::fs;
use std::path::Path;

use resilient_examples::world::{Callers, Course, Trouble, World};

use crate::chart::{Line, bars, svg};

const TITLE: &str =
    "A server at a tenth of its capacity from 30 s to 50 s, asked for 800 operations a second";

const POLICIES: [(&str, &str, u32, Callers); 5] = [
    ("no retry", "#c4c4c4", 6, Callers::NO_RETRY),
    ("plain jitter", "#d1495b", 2, Callers::PLAIN_JITTER),
    ("budget of 10 %", "#e0a030", 2, Callers::PLAIN_BUDGET),
    ("default", "#1b6ca8", 2, Callers::OURS),
    ("with a breaker", "#2a9d5c", 2, Callers::WITH_BREAKER),
];

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    println!("{TITLE}; 2,000 callers in 20 processes, 1 s for an attempt, 15 s for a call.\n");
    println!(
        "{:16}what succeeds, 0 s to 90 s{:21}what the server is asked",
        "", ""
    );
    let mut lines = Vec::new();
    for (name, colour, width, callers) in POLICIES {
        let world = World {
            end: 90,
            ..World::new(Trouble::Crawl(0.1), callers, 1)
        };
        let course = runtime.block_on(world.run());
        let good = bars(&course.good, course.end, 1_000.0);
        let asked = bars(&course.requests, course.end, 4_000.0);
        println!("{name:16}{good}  {asked}");
        lines.push(Line {
            name,
            colour,
            width,
            course,
        });
    }

    println!(
        "\nsuccess {:15}{:>8}{:>14}{:>16}{:>8}",
        "", "during", "30 s after", "well again", "load"
    );
    for Line { name, course, .. } in &lines {
        println!("{}", row(name, course));
    }

    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    fs::create_dir_all(&target)?;
    let path = target.canonicalize()?.join("storm.svg");
    fs::write(&path, svg(TITLE, &lines))?;
    println!("\ndrawn in {}", path.display());
    Ok(())
}

fn row(name: &str, course: &Course) -> String {
    let incident = course.incident.clone();
    let after = incident.end..incident.end.saturating_add(30);
    let back = course.back();
    let back = back.map_or_else(
        || "never".to_owned(),
        |seconds| format!("after {seconds} s"),
    );
    let during = 100.0 * course.success(incident.clone());
    let after = 100.0 * course.success(after);
    let load = course.load(incident);
    format!("{name:23}{during:>7.1}%{after:>13.1}%{back:>16}{load:>8.2}")
}
