//! Twenty processes on one limit over a real redis-server, on loopback: `cargo bench -p
//! resilient-servers --bench fleet`. With `-- --check` it fails beyond its bounds, which are wide,
//! for a busy machine. It takes about three minutes.
//!
//! The program starts itself as the replicas. `tests/behaviour/sharing` has the same fleets in
//! simulated time.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod latency;
mod operations;
mod outages;
mod permits;
mod process;
mod rates;
mod replica;
mod report;

use report::Report;
use resilient_servers::RedisServer;
use std::{
    env,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::runtime::Builder;

const SECOND: Duration = Duration::from_secs(1);

/// The time of all processes, in microseconds.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_micros()).unwrap()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap()
}

/// The value at this part of the sorted values.
fn quantile(sorted: &[Duration], part: f64) -> Duration {
    let last = sorted.len() - 1;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the slice"
    )]
    let at = (last as f64 * part).round() as usize;
    sorted[at]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    if let [first, of_replica @ ..] = arguments.as_slice() {
        if first == process::REPLICA {
            runtime.block_on(replica::run(of_replica));
            return ExitCode::SUCCESS;
        }
    }
    if RedisServer::start().is_none() {
        return ExitCode::SUCCESS;
    }
    let mut report = Report::default();
    runtime.block_on(async {
        latency::measure(&mut report).await;
        operations::measure().await;
        permits::measure(&mut report).await;
        rates::measure_high(&mut report).await;
        rates::measure(&mut report).await;
    });
    let is_check = arguments.iter().any(|argument| argument == "--check");
    report.end(is_check)
}
