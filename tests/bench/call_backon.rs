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
mod calls;
mod count;
mod rows;

use backon::{ConstantBuilder, Retryable};
use body::{Failure, Script, fetch};
use calls::{
    AT_ONCE, ATTEMPTS, FINAL_ERROR, HOUR, ONE_PENDING, Subject, TIMEOUT, TWO_FAILURES,
    bytes_in_backoff, fail, scenario, size,
};
use std::{process::ExitCode, sync::atomic::AtomicU32, time::Duration};
use tokio::time::{sleep, timeout};

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

async fn by_backon(script: &Script) -> Result<u32, Failure> {
    let attempt = || async {
        timeout(TIMEOUT, fetch(script))
            .await
            .unwrap_or(Err(Failure::TimedOut))
    };
    attempt
        .retry(delays(Duration::ZERO))
        .sleep(pause)
        .when(|failure| failure.can_heal())
        .await
}

async fn in_backoff(failed: &AtomicU32) -> Result<u32, Failure> {
    let attempt = || async {
        timeout(TIMEOUT, fail(failed))
            .await
            .unwrap_or(Err(Failure::TimedOut))
    };
    attempt
        .retry(delays(HOUR))
        .sleep(pause)
        .when(|failure| failure.can_heal())
        .await
}

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
        in_backoff: [Some(|| bytes_in_backoff(in_backoff)), None],
    })
}
