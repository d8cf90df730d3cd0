//! The same call as a loop by hand.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod by_hand;
mod calls;
mod count;
mod rows;

use by_hand::by_hand;
use calls::{
    AT_ONCE, FINAL_ERROR, ONE_PENDING, Subject, TWO_FAILURES, bytes_in_backoff, scenario, size,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    calls::main(&Subject {
        name: "loop by hand, tokio timeout",
        is_ours: false,
        scenarios: [
            scenario(AT_ONCE, by_hand),
            scenario(ONE_PENDING, by_hand),
            scenario(FINAL_ERROR, by_hand),
            scenario(TWO_FAILURES, by_hand),
            None,
        ],
        sizes: [size(by_hand), None],
        in_backoff: [Some(|| bytes_in_backoff(by_hand)), None],
    })
}
