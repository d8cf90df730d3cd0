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
mod calls;
mod count;
mod guards;
mod rows;

use backon::{ConstantBuilder, Retryable};
use body::{Failure, Script};
use calls::{AT_ONCE, ATTEMPTS, Subject, scenario, size};
use guards::{Guards, guarded, guards};
use std::{process::ExitCode, time::Duration};
use tokio::time::sleep;

/// Tokio's shortest sleep is a millisecond; nobody sleeps for nothing.
async fn pause(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

fn delays(delay: Duration) -> ConstantBuilder {
    ConstantBuilder::new()
        .with_delay(delay)
        .with_max_times(ATTEMPTS - 1)
}

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
