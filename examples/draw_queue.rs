//! A server at a tenth of its capacity, with a deep queue, for 20 seconds.

use std::fmt::Write as _;

use resilient_examples::world::{Callers, Course, Trouble, World};
use tokio::runtime::Runtime;

use crate::chart::{BLUE, Chart, GREEN, GREY, Ink, Line, ORANGE, Panel, RED, bars};

const TITLE: &str =
    "A server at a tenth of its capacity from 30 s to 50 s, asked for 800 operations a second";

const POLICIES: [(&str, Ink, u32, Callers); 5] = [
    ("no retry", GREY, 6, Callers::NO_RETRY),
    ("plain jitter", RED, 2, Callers::PLAIN_JITTER),
    ("budget of 10 %", ORANGE, 2, Callers::PLAIN_BUDGET),
    ("default", BLUE, 2, Callers::OURS),
    ("with a breaker", GREEN, 2, Callers::WITH_BREAKER),
];

const END: usize = 90;

/// For the terminal, and for a file.
pub(crate) fn draw(runtime: &Runtime) -> (String, Chart) {
    let mut text = format!(
        "{TITLE}; 2,000 callers in 20 processes, 1 s for an attempt, 15 s for a call.\n\n\
         {:16}what succeeds, 0 s to 90 s{:21}what the server is asked\n",
        "", ""
    );
    let mut table = format!(
        "\nsuccess {:15}{:>8}{:>14}{:>16}{:>8}\n",
        "", "during", "30 s after", "well again", "load"
    );
    let mut lines = Vec::new();
    for (name, ink, width, callers) in POLICIES {
        let world = World {
            end: END,
            ..World::new(Trouble::Crawl(0.1), callers, 1)
        };
        let course = runtime.block_on(world.run());
        table.push_str(&row(name, &course));
        let [good, requests] = [course.good, course.requests].map(|mut counts| {
            counts.resize(END, 0);
            counts
        });
        let (succeeds, asked) = (bars(&good, 2, 1_000.0), bars(&requests, 2, 4_000.0));
        let _ = writeln!(text, "{name:16}{succeeds}  {asked}");
        lines.push(Line {
            name,
            note: String::new(),
            ink,
            width,
            counts: [good, requests],
        });
    }
    let chart = Chart {
        title: TITLE,
        panels: [
            Panel {
                title: "operations that succeed, per second",
                most: 1_000.0,
                step: 200.0,
            },
            Panel {
                title: "requests that reach the server, per second",
                most: 4_000.0,
                step: 1_000.0,
            },
        ],
        lines,
        trouble: ("incident", 30.0..50.0),
        end: 90.0,
        mark: 10.0,
        slice: 1.0,
    };
    (text + &table, chart)
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
    format!("{name:23}{during:>7.1}%{after:>13.1}%{back:>16}{load:>8.2}\n")
}
