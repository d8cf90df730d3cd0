//! The same call with backon.
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
mod calls;
mod count;
mod rows;

use by_backon::by_backon;
use calls::{
    AT_ONCE, FINAL_ERROR, ONE_PENDING, Subject, TWO_FAILURES, bytes_in_backoff, scenario, size,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    calls::main(&Subject {
        name: "backon, tokio timeout",
        is_ours: false,
        scenarios: [
            scenario(AT_ONCE, by_backon),
            scenario(ONE_PENDING, by_backon),
            scenario(FINAL_ERROR, by_backon),
            scenario(TWO_FAILURES, by_backon),
            None,
        ],
        sizes: [size(by_backon), None],
        in_backoff: [Some(|| bytes_in_backoff(by_backon)), None],
    })
}
