//! The same call with backon, through the peers' upstream.
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
mod guards;
mod rows;

use backon::Retryable as _;
use body::{Failure, Script, pause};
use by_backon::delays;
use calls::{AT_ONCE, Subject, scenario, size};
use guards::{Guards, guarded, guards};
use std::{process::ExitCode, time::Duration};

async fn upstream(guards: &Guards, script: &Script) -> Result<u32, Failure> {
    let attempt = || guarded(guards, script);
    attempt
        .retry(delays(Duration::ZERO))
        .sleep(pause)
        .when(|failure| failure.can_heal())
        .await
}

fn main() -> ExitCode {
    let guards = guards();
    let upstream = |script| upstream(guards, script);
    calls::main(&Subject {
        name: "backon, guarded",
        is_ours: false,
        scenarios: [None, None, None, None, scenario(AT_ONCE, upstream)],
        sizes: [None, size(upstream)],
        in_backoff: [None, None],
    })
}
