//! The same call with tokio-retry2.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod by_tokio_retry2;
mod calls;
mod count;
mod rows;

use by_tokio_retry2::by_tokio_retry2;
use calls::{AT_ONCE, FINAL_ERROR, ONE_PENDING, Subject, bytes_in_backoff, scenario, size};
use std::process::ExitCode;

fn main() -> ExitCode {
    calls::main(&Subject {
        name: "tokio-retry2, tokio timeout",
        is_ours: false,
        scenarios: [
            scenario(AT_ONCE, by_tokio_retry2),
            scenario(ONE_PENDING, by_tokio_retry2),
            scenario(FINAL_ERROR, by_tokio_retry2),
            None,
            None,
        ],
        sizes: [size(by_tokio_retry2), None],
        in_backoff: [Some(|| bytes_in_backoff(by_tokio_retry2)), None],
    })
}
