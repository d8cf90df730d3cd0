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
mod calls;
mod count;
mod rows;

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

async fn by_hand(script: &Script) -> Result<u32, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match timeout(TIMEOUT, fetch(script)).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        if attempt == ATTEMPTS || !failure.can_heal() {
            return Err(failure);
        }
        attempt += 1;
        pause(Duration::ZERO).await;
    }
}

async fn in_backoff(failed: &AtomicU32) -> Result<u32, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match timeout(TIMEOUT, fail(failed)).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        if attempt == ATTEMPTS || !failure.can_heal() {
            return Err(failure);
        }
        attempt += 1;
        pause(HOUR).await;
    }
}

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
        in_backoff: [Some(|| bytes_in_backoff(in_backoff)), None],
    })
}
