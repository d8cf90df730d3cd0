//! What a call pays for what it shares with others: a circuit breaker, limits of requests, tokens
//! and concurrency, beside retries and a timeout. `cargo bench -p resilient-bench --bench shared`,
//! with `-- --check` as a test.
//!
//! Every subject makes the same call, which succeeds at the first poll, with everything on that its
//! name says. The others are put together by hand from what others have published. Counts are those
//! of one thread; what two threads at once bring to pass is timed and only printed.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod count;
#[cfg(feature = "peers")]
mod peers;
mod rows;
mod threads;
mod upstreams;

use count::Calls;
use resilient_runtime::{Class, Classification, Classify, Rejection, statistics};
use std::{
    env, fmt,
    future::ready,
    hint::black_box,
    pin::pin,
    process::ExitCode,
    task::{Context, Poll, Waker},
};

#[derive(Clone, Copy, Debug)]
enum Failure {
    TimedOut,
    Refused,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        Classification::new(match self {
            Self::TimedOut => Class::Timeout,
            Self::Refused => Class::AtCapacity,
        })
    }
}

impl From<Rejection> for Failure {
    fn from(_: Rejection) -> Self {
        Self::Refused
    }
}

/// What the body of every subject awaits.
async fn reply() -> Result<u32, Failure> {
    if black_box(false) {
        return Err(Failure::TimedOut);
    }
    Ok(black_box(7))
}

/// The body of a blocking call.
fn reply_now() -> Result<u32, Failure> {
    if black_box(false) {
        return Err(Failure::TimedOut);
    }
    Ok(black_box(7))
}

/// One way to make the call.
struct Subject {
    name: &'static str,
    /// The most instructions that it may cost, without an allocation.
    limit: Option<u64>,
    calls: Calls,
}

/// Makes so many calls, each polled to its end without the runtime, whose own work is not to be
/// counted.
fn make<F: Future<Output = Result<u32, Failure>>>(times: u32, call: impl Fn() -> F) {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..times {
        let mut future = pin!(call());
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(Ok(reply)) => _ = black_box(reply),
            Poll::Ready(Err(failure)) => panic!("{failure}"),
            Poll::Pending => panic!("it waits"),
        }
    }
}

impl Subject {
    /// The limit that it does not keep.
    fn broken(&self, instructions: Option<u64>, allocations: u64) -> Option<u64> {
        self.limit
            .filter(|limit| allocations > 0 || instructions.is_some_and(|count| count > *limit))
    }
}

fn subject<F>(name: &'static str, call: impl Fn() -> F + 'static) -> Subject
where
    F: Future<Output = Result<u32, Failure>>,
{
    let limit = rows::SHARED.into_iter().find(|(row, _)| *row == name);
    Subject {
        name,
        limit: limit.map(|(_, limit)| limit),
        calls: Box::new(move |times| make(times, &call)),
    }
}

/// The same while statistics are kept.
fn with_statistics<F>(name: &'static str, call: impl Fn() -> F + 'static) -> Subject
where
    F: Future<Output = Result<u32, Failure>>,
{
    let Subject {
        name, limit, calls, ..
    } = subject(name, call);
    let calls = Box::new(move |times| {
        statistics::start();
        calls(times);
        statistics::stop();
    });
    Subject { name, limit, calls }
}

fn subjects() -> Vec<Subject> {
    vec![
        subject("resilient: no upstream", upstreams::alone),
        subject("resilient: retry budget only", upstreams::budget),
        subject("resilient: breaker", upstreams::breaker),
        subject("resilient: limit of requests", upstreams::requests),
        subject("resilient: limit of concurrency", upstreams::concurrency),
        subject("resilient: all five", upstreams::all),
        subject("resilient: all five, tokens too", upstreams::tokens),
        subject("resilient: all five, by key", upstreams::keyed),
        subject("resilient: all five, of a failover", upstreams::failover),
        with_statistics("with statistics: no upstream", upstreams::alone),
        with_statistics("with statistics: all five", upstreams::all),
        with_statistics("with statistics: by key", upstreams::keyed),
        subject("blocking: no upstream", || ready(upstreams::blocking())),
        subject("blocking: all five", || ready(upstreams::blocking_all())),
    ]
}

#[cfg(feature = "peers")]
fn peers() -> Vec<Subject> {
    let breakers = peers::breakers();
    let seatbelt: &'static _ = Box::leak(Box::new(peers::seatbelt()));
    let tower = peers::tower_resilience();
    vec![
        subject("recloser, governor", move || peers::by_recloser(breakers)),
        subject("failsafe, governor", move || peers::by_failsafe(breakers)),
        subject("seatbelt, governor", move || {
            peers::by_seatbelt(breakers, seatbelt)
        }),
        subject("tower-resilience", move || {
            peers::by_tower_resilience(tower.clone())
        }),
    ]
}

#[cfg(not(feature = "peers"))]
fn peers() -> Vec<Subject> {
    Vec::new()
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let mut subjects = subjects();
    subjects.extend(peers());
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(subjects.iter().map(|subject| &subject.calls));
        return ExitCode::SUCCESS;
    }

    let instructions = count::instructions(subjects.len());
    if let Err(reason) = &instructions {
        println!("instructions are not counted: {reason}");
    }
    let mut instructions = instructions.unwrap_or_default().into_iter();
    let check = env::args().any(|argument| argument == "--check");
    let mut is_broken = false;
    println!("{:34} instructions allocations", "Per call:");
    for subject in &subjects {
        let instructions = instructions.next();
        let allocations = count::allocations(&subject.calls);
        let shown = instructions.map_or_else(|| "?".to_owned(), |count| count.to_string());
        println!("{:34} {shown:>12} {allocations:>11}", subject.name);
        if let (true, Some(limit)) = (check, subject.broken(instructions, allocations)) {
            is_broken = true;
            eprintln!(
                "costs more than promised: {}: at most {limit} instructions, no allocation",
                subject.name
            );
        }
    }
    threads::print(runtime.handle());
    if is_broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
