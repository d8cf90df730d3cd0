//! The same call with a loop by hand, through the peers' upstream.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod calls;
mod count;
mod guards;
mod rows;

use body::{ATTEMPTS, Failure, Script, pause};
use calls::{AT_ONCE, Subject, scenario, size};
use guards::{Guards, guarded, guards};
use std::{process::ExitCode, time::Duration};

async fn upstream(guards: &Guards, script: &Script) -> Result<u32, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match guarded(guards, script).await {
            Ok(reply) => return Ok(reply),
            Err(failure) => failure,
        };
        if attempt == ATTEMPTS || !failure.can_heal() {
            return Err(failure);
        }
        attempt += 1;
        pause(Duration::ZERO).await;
    }
}

fn main() -> ExitCode {
    let guards = guards();
    let upstream = |script| upstream(guards, script);
    calls::main(&Subject {
        name: "loop by hand, guarded",
        is_ours: false,
        scenarios: [None, None, None, None, scenario(AT_ONCE, upstream)],
        sizes: [None, size(upstream)],
        in_backoff: [None, None],
    })
}
