//! The same call with tokio-retry2. Its sleep cannot be replaced: even for no delay it makes a timer of a millisecond.
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
    AT_ONCE, ATTEMPTS, FINAL_ERROR, HOUR, ONE_PENDING, Subject, TIMEOUT, bytes_in_backoff, fail,
    scenario, size,
};
use std::{iter::repeat_n, process::ExitCode, sync::atomic::AtomicU32, time::Duration};
use tokio::time::timeout;
use tokio_retry2::{Retry, RetryError};

fn told_apart(failure: Failure) -> RetryError<Failure> {
    if failure.can_heal() {
        RetryError::transient(failure)
    } else {
        RetryError::permanent(failure)
    }
}

async fn by_tokio_retry2(script: &Script) -> Result<u32, Failure> {
    Retry::spawn(repeat_n(Duration::ZERO, ATTEMPTS - 1), || async {
        let result = timeout(TIMEOUT, fetch(script)).await;
        result.unwrap_or(Err(Failure::TimedOut)).map_err(told_apart)
    })
    .await
}

async fn in_backoff(failed: &AtomicU32) -> Result<u32, Failure> {
    Retry::spawn(repeat_n(HOUR, ATTEMPTS - 1), || async {
        let result = timeout(TIMEOUT, fail(failed)).await;
        result.unwrap_or(Err(Failure::TimedOut)).map_err(told_apart)
    })
    .await
}

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
        in_backoff: [Some(|| bytes_in_backoff(in_backoff)), None],
    })
}
