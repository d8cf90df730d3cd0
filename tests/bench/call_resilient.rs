//! A call with `#[resilient]`. `cargo bench -p resilient-bench --bench 'call_*'` prints it beside
//! the peers, with `--no-default-features --profile bench-default` as users build it. With `--
//! --check` it is a test.
//!
//! A binary for each way to write the call: in the default profile, other code in the same binary
//! moves the figures.
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

use body::{Failure, HOUR, Script, fail, fetch};
use calls::{
    AT_ONCE, FINAL_ERROR, ONE_PENDING, Subject, TWO_FAILURES, bytes_in_backoff, scenario, size,
};
use resilient_runtime::{Backoff, Breaker, Concurrency, Jitter, Policy, Rate, Upstream, resilient};
use std::{process::ExitCode, sync::atomic::AtomicU32};

/// More than is ever reached, so that no call waits.
const PLENTY: Rate = Rate::per_second(1_000_000_000).burst(1_000_000_000);
const HOURLY: Policy = Policy::new().backoff(Backoff::fixed(HOUR).jitter(Jitter::None));

static OPENAI: Upstream = Upstream::new("openai")
    .breaker(Breaker::new())
    .requests(PLENTY)
    .concurrency(Concurrency::new(32));
/// Never opens its circuit, for each of its calls fails.
static FAILING: Upstream = Upstream::new("failing")
    .policy(HOURLY)
    .breaker(Breaker::new().min_calls(1_000_000))
    .requests(PLENTY)
    .concurrency(Concurrency::new(32));

// A function for each scenario: what one has failed is not to make another slower.

#[resilient(attempts = 5, timeout = "1m")]
async fn at_once(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(attempts = 5, timeout = "1m")]
async fn one_pending(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(attempts = 5, timeout = "1m")]
async fn final_error(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(
    backoff(kind = "fixed", initial = "0s", jitter = "none"),
    attempts = 5,
    timeout = "1m"
)]
async fn two_failures(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(upstream = OPENAI, attempts = 5, timeout = "1m")]
async fn upstream(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(
    backoff(kind = "fixed", initial = "1h", jitter = "none"),
    attempts = 5,
    timeout = "1m"
)]
async fn in_backoff(failed: &AtomicU32) -> Result<u32, Failure> {
    fail(failed).await
}

#[resilient(upstream = FAILING, attempts = 5, timeout = "1m")]
async fn in_backoff_with_upstream(failed: &AtomicU32) -> Result<u32, Failure> {
    fail(failed).await
}

fn main() -> ExitCode {
    calls::main(&Subject {
        name: "resilient, attribute",
        is_ours: true,
        scenarios: [
            scenario(AT_ONCE, at_once),
            scenario(ONE_PENDING, one_pending),
            scenario(FINAL_ERROR, final_error),
            scenario(TWO_FAILURES, two_failures),
            scenario(AT_ONCE, upstream),
        ],
        sizes: [size(at_once), size(upstream)],
        in_backoff: [
            Some(|| bytes_in_backoff(in_backoff)),
            Some(|| bytes_in_backoff(in_backoff_with_upstream)),
        ],
    })
}
