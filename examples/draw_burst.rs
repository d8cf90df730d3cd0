//! 200 workers start together, and the server answers 503 for the first five seconds.

use std::fmt::Write as _;

use resilient_examples::burst::{Burst, Failing, Outcome};
use resilient_examples::world::Callers;
use tokio::runtime::Runtime;

use crate::chart::{BLUE, Chart, GREY, Ink, Line, Panel, RED, bars};

const TITLE: &str = "200 calls begin together, and the server answers 503 for the first 5 s";

const POLICIES: [(&str, Ink, u32, Callers); 3] = [
    ("no retries", GREY, 4, Callers::BATCH_WITHOUT_RETRY),
    ("plain retries with jitter", RED, 2, Callers::PLAIN_BATCH),
    ("default policy", BLUE, 2, Callers::BATCH),
];

const WORKERS: u32 = 200;
const DOWN: u64 = 5;

/// For the terminal, and for a file.
pub(crate) fn draw(runtime: &Runtime) -> (String, Chart) {
    let mut text = format!(
        "{TITLE}; an answer takes 500 ms.\n\n\
         {:27}calls done, 0 s to 20 s{:20}what the server is asked\n",
        "", ""
    );
    let mut table = format!(
        "\n{:25}{:>12}{:>12}{:>14}{:>12}\n",
        "", "succeeded", "requests", "while down", "done after"
    );
    let mut lines = Vec::new();
    for (name, ink, width, callers) in POLICIES {
        let burst = Burst::new((WORKERS, 1), Failing::Status(503), DOWN, callers, 1);
        let mut outcome = runtime.block_on(burst.run());
        table.push_str(&row(name, &outcome));
        outcome.requests.resize(SLICES, 0);
        let done = done(&outcome);
        let (succeeded, asked) = (bars(&done, 1, 200.0), bars(&outcome.requests, 1, 200.0));
        let _ = writeln!(text, "{name:27}{succeeded}  {asked}");
        lines.push(Line {
            name,
            note: format!(
                "{} of {WORKERS}, {} requests",
                outcome.succeeded, outcome.attempts
            ),
            ink,
            width,
            counts: [done, outcome.requests],
        });
    }
    let chart = Chart {
        title: TITLE,
        panels: [
            Panel {
                title: "calls that have succeeded",
                most: 200.0,
                step: 50.0,
            },
            Panel {
                title: "requests that reach the server, in each half second",
                most: 200.0,
                step: 50.0,
            },
        ],
        lines,
        trouble: ("503", 0.0..5.0),
        end: 20.0,
        mark: 2.0,
        slice: 0.5,
    };
    (text + &table, chart)
}

/// Half seconds.
const SLICES: usize = 41;

/// How many calls have succeeded when each half second begins.
fn done(outcome: &Outcome) -> Vec<u32> {
    let mut sum = 0_u32;
    let mut done = vec![0];
    done.extend(outcome.good.iter().map(|good| {
        sum = sum.saturating_add(*good);
        sum
    }));
    done.resize(SLICES, sum);
    done
}

fn row(name: &str, outcome: &Outcome) -> String {
    let down = outcome.requests.iter().take(10).sum::<u32>();
    let Outcome {
        calls,
        succeeded,
        attempts,
        took,
        ..
    } = outcome;
    let (succeeded, took) = (format!("{succeeded} of {calls}"), took.as_secs_f64());
    format!("{name:25}{succeeded:>12}{attempts:>12}{down:>14}{took:>10.1} s\n")
}
