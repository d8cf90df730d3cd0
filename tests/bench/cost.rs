//! What one call costs, by the way it is written: instructions, allocations, bytes of its future.
//!
//! `cargo bench -p resilient-bench` prints the table. With `-- --check` it fails where ours costs
//! more than promised: counts are the same on every run, so this is a test. Callgrind's dumps stay
//! in `target/tmp/callgrind/bench/cost`, one per cell of the table, row by row, for
//! `callgrind_annotate`.
//!
//! Every subject makes the same call with the same errors. Its future is made, polled to its end
//! and dropped inside a current-thread runtime that has been entered but does no work.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod by_backon;
mod by_hand;
mod by_tokio_retry2;
mod by_tower;
mod count;
mod floor;
mod rows;
mod subjects;
mod table;

use body::{Answer, Failure, Script, bare, calls};
use by_backon::by_backon;
use by_hand::by_hand;
use by_tokio_retry2::by_tokio_retry2;
use by_tower::{by_tower, tower_service};
use count::Calls;
use std::{env, process::ExitCode};

/// What happens in a call.
const SCENARIOS: [(&str, &[Answer]); 4] = [
    ("first poll", &[Answer::Reply]),
    ("one Pending", &[Answer::LateReply]),
    ("two failures", &[Answer::Busy, Answer::Busy, Answer::Reply]),
    ("final error", &[Answer::Refusal]),
];
const TWO_FAILURES: usize = 2;

/// One way to write a call.
struct Subject {
    name: &'static str,
    /// Of its future.
    size: usize,
    /// By scenario; none where it cannot be measured.
    calls: [Option<Calls>; SCENARIOS.len()],
}

impl Subject {
    fn new<F>(name: &'static str, call: impl Fn(&'static Script) -> F + Copy + 'static) -> Self
    where
        F: Future<Output = Result<u32, Failure>> + 'static,
    {
        let unused = Box::leak(Box::new(Script::new(&[])));
        Self {
            name,
            size: size_of_val(&call(unused)),
            calls: SCENARIOS.map(|(_, answers)| Some(calls(answers, call))),
        }
    }

    /// Sets what is called instead where attempts fail and are repeated.
    fn at_once<F>(mut self, call: impl Fn(&'static Script) -> F + 'static) -> Self
    where
        F: Future<Output = Result<u32, Failure>> + 'static,
    {
        self.calls[TWO_FAILURES] = Some(calls(SCENARIOS[TWO_FAILURES].1, call));
        self
    }

    fn without_retries(mut self) -> Self {
        self.calls[TWO_FAILURES] = None;
        self
    }
}

fn subjects() -> Vec<Subject> {
    let service: &'static _ = Box::leak(Box::new(tower_service()));
    vec![
        Subject::new("bare async function", bare).without_retries(),
        Subject::new("floor, written by hand", subjects::floor),
        Subject::new("resilient, attribute", subjects::by_attribute)
            .at_once(subjects::by_attribute_at_once),
        Subject::new("resilient, policy = …", subjects::by_policy),
        Subject::new("resilient, call!", subjects::by_call).at_once(subjects::by_call_at_once),
        Subject::new(table::BY_HAND, by_hand),
        Subject::new("backon, tokio timeout", by_backon),
        Subject::new("tokio-retry2, tokio timeout", by_tokio_retry2).without_retries(),
        Subject::new("tower retry and timeout", |script| {
            by_tower(service.clone(), script)
        }),
    ]
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let subjects = subjects();
    let cells = || {
        subjects
            .iter()
            .flat_map(|subject| subject.calls.iter().flatten())
    };

    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(cells());
        return ExitCode::SUCCESS;
    }

    let instructions = count::instructions(cells().count());
    if let Err(reason) = &instructions {
        println!("instructions are not counted: {reason}");
    }
    let mut instructions = instructions.unwrap_or_default().into_iter();
    let rows: Vec<_> = subjects
        .iter()
        .map(|subject| table::Row {
            name: subject.name,
            size: subject.size,
            cells: subject.calls.each_ref().map(|calls| {
                calls.as_ref().map(|calls| table::Cell {
                    instructions: instructions.next(),
                    allocations: count::allocations(calls),
                })
            }),
        })
        .collect();
    table::print(&rows);

    let broken = if env::args().any(|argument| argument == "--check") {
        table::broken(&rows)
    } else {
        Vec::new()
    };
    for promise in &broken {
        eprintln!("costs more than promised: {promise}");
    }
    if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
