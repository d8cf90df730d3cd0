//! The cost of many calls that wait for one retry budget: instructions per simulated second, and
//! bytes per call compared with a call in backoff.
//!
//! `cargo bench -p resilient-waiting` prints them. With `-- --check` it fails if they exceed their
//! limits.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::large_types_passed_by_value,
    clippy::duration_suboptimal_units,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

#[path = "../bench/busy.rs"]
mod busy;
#[allow(dead_code, reason = "not all of it is used here")]
#[path = "../bench/count.rs"]
mod count;

use busy::Busy;
use count::Calls;
use resilient_runtime::{Backoff, CallError, Class, Jitter, Policy, Upstream, call};
use std::{env, future::pending, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
    time::sleep,
};

const CALLS: u32 = 10_000;
/// The maximum of instructions per simulated second.
const MOST_INSTRUCTIONS: u64 = 30_000_000;
/// The maximum of bytes per call beyond those of a call in backoff.
const MOST_BYTES: i64 = 300;
/// The number of measured steps per simulated second.
const STEPS: u32 = 10;

type Outcome = Result<(), CallError<Busy>>;

/// Waiting calls, in their own runtime.
struct Waiting {
    runtime: Runtime,
    upstream: Arc<Upstream>,
    calls: JoinSet<Outcome>,
}

impl Waiting {
    /// Calls that have failed. Those that the budget cannot pay for wait behind one that hangs.
    fn start(policy: Policy) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let upstream = Arc::new(Upstream::new("busy"));
        let mut calls = JoinSet::new();
        runtime.block_on(async {
            let hanging = Arc::clone(&upstream);
            calls.spawn(async move {
                let policy = Policy::new().no_timeout();
                call!(upstream = hanging, policy = policy, async {
                    pending().await
                })
                .await
            });
            for _ in 0..CALLS {
                let upstream = Arc::clone(&upstream);
                calls.spawn(async move {
                    call!(upstream = upstream, policy = policy, async {
                        Err(Busy(Class::Overloaded))?
                    })
                    .await
                });
            }
            sleep(Duration::from_secs(5)).await;
        });
        Self {
            runtime,
            upstream,
            calls,
        }
    }

    fn are_waiting(&self) -> bool {
        let waiting = self.upstream.snapshot().waiting_retries;
        self.calls.len() as u64 > u64::from(CALLS) * 9 / 10 && waiting > u64::from(CALLS) * 9 / 10
    }

    fn step(&self) {
        let step = Duration::from_secs(1) / STEPS;
        self.runtime.block_on(async { sleep(step).await });
    }
}

/// With enough patience for the measurement.
fn policy(initial: Duration) -> Policy {
    Policy::new()
        .attempts(11)
        .backoff(Backoff::exponential(initial))
}

fn cells() -> Vec<Calls> {
    let cell = |initial| -> Calls {
        let waiting = std::cell::OnceCell::new();
        Box::new(move |steps| {
            let waiting = waiting.get_or_init(|| Waiting::start(policy(initial)));
            for _ in 0..steps {
                waiting.step();
            }
            assert!(
                waiting.are_waiting(),
                "{initial:?}: {:?} of {}",
                waiting.upstream.snapshot(),
                waiting.calls.len()
            );
        })
    };
    vec![
        cell(Duration::from_secs(1)),
        cell(Duration::from_millis(10)),
    ]
}

/// The bytes of this number of calls, five seconds after they have failed.
fn bytes(policy: Policy) -> i64 {
    let mut waiting = None;
    let measured = allocation_counter::measure(|| waiting = Some(Waiting::start(policy)));
    drop(waiting);
    measured.bytes_current / i64::from(CALLS)
}

fn main() -> ExitCode {
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(cells().iter());
        return ExitCode::SUCCESS;
    }
    let mut broken = false;
    match count::instructions(cells().len()) {
        Ok(counted) => {
            for (name, step) in ["1 s", "10 ms"].iter().zip(counted) {
                let second = step * u64::from(STEPS);
                println!("{CALLS} calls wait, first step {name}: {second} instructions a second");
                broken |= second > MOST_INSTRUCTIONS;
            }
        }
        Err(reason) => println!("instructions are not counted: {reason}"),
    }
    let hour = Backoff::fixed(Duration::from_secs(3_600)).jitter(Jitter::None);
    let in_backoff = bytes(policy(Duration::ZERO).backoff(hour));
    let waiting = bytes(policy(Duration::from_secs(1)));
    println!("bytes for each call that waits: {waiting}; in backoff: {in_backoff}");
    broken |= waiting - in_backoff > MOST_BYTES;
    if broken && env::args().any(|argument| argument == "--check") {
        eprintln!(
            "costs more than promised: at most {MOST_INSTRUCTIONS} instructions a second, and {MOST_BYTES} bytes a call"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
