//! The same call with the layers retry and timeout of tower.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod by_tower;
mod calls;
mod count;
mod rows;

use by_tower::{by_tower, tower_service};
use calls::{AT_ONCE, FINAL_ERROR, ONE_PENDING, Subject, TWO_FAILURES, scenario, size};
use std::process::ExitCode;

fn main() -> ExitCode {
    let service: &'static _ = Box::leak(Box::new(tower_service()));
    let by_tower = |script| by_tower(service.clone(), script);
    calls::main(&Subject {
        name: "tower retry and timeout",
        is_ours: false,
        scenarios: [
            scenario(AT_ONCE, by_tower),
            scenario(ONE_PENDING, by_tower),
            scenario(FINAL_ERROR, by_tower),
            scenario(TWO_FAILURES, by_tower),
            None,
        ],
        sizes: [size(by_tower), None],
        in_backoff: [None, None],
    })
}
