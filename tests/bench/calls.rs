//! The program of a `call_…` or `guarded_…` bench: measures one way to write a call, prints the
//! figures beside the last ones of the other profile, and checks them.
#![allow(dead_code, reason = "not every bench uses all of it")]

use crate::{
    body::{Answer, Failure, Script, bare, calls},
    count::{self, Calls},
    rows::{PROFILES, ROWS, Row, SCENARIOS},
};
use std::{
    array, env, fs,
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};
use tokio::{runtime::Builder, task::yield_now};

/// So many calls wait in backoff at once.
const WAITING: u32 = 1_000;

pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) is_ours: bool,
    /// In the order of [`ROWS`]; none where it cannot be measured.
    pub(crate) scenarios: [Option<Calls>; SCENARIOS],
    /// Bytes of the future beyond the bare one, without and with an upstream.
    pub(crate) sizes: [Option<u64>; 2],
    /// Bytes of a call in backoff, without and with an upstream.
    pub(crate) in_backoff: [Option<fn() -> u64>; 2],
}

/// Answers of the scenarios, in the order of [`ROWS`].
pub(crate) const AT_ONCE: &[Answer] = &[Answer::Reply];
pub(crate) const ONE_PENDING: &[Answer] = &[Answer::LateReply];
pub(crate) const FINAL_ERROR: &[Answer] = &[Answer::Refusal];
pub(crate) const TWO_FAILURES: &[Answer] = &[Answer::Busy, Answer::Busy, Answer::Reply];

#[expect(clippy::unnecessary_wraps, reason = "a cell of a table with gaps")]
pub(crate) fn scenario<F: Future + 'static>(
    answers: &'static [Answer],
    call: impl Fn(&'static Script) -> F + 'static,
) -> Option<Calls> {
    Some(calls(answers, call))
}

/// The bytes of the future beyond those of the bare function's.
pub(crate) fn size<F: Future>(call: impl Fn(&'static Script) -> F) -> Option<u64> {
    let script: &'static Script = Box::leak(Box::new(Script::new(AT_ONCE)));
    let larger = size_of_val(&call(script)).saturating_sub(size_of_val(&bare(script)));
    u64::try_from(larger).ok()
}

/// The bytes that a call in backoff holds, its task included.
pub(crate) fn bytes_in_backoff<F>(call: impl Fn(&'static AtomicU32) -> F) -> u64
where
    F: Future<Output = Result<u32, Failure>> + Send + 'static,
{
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let failed: &'static AtomicU32 = Box::leak(Box::default());
    let wait = || {
        let all = failed.load(Relaxed) + WAITING;
        for _ in 0..WAITING {
            drop(runtime.spawn(call(failed)));
        }
        runtime.block_on(async {
            while failed.load(Relaxed) < all {
                yield_now().await;
            }
            yield_now().await;
        });
    };
    // Before it is measured, the runtime's queues grow.
    wait();
    let measured = allocation_counter::measure(wait);
    // Nobody has made a second attempt.
    assert_eq!(failed.load(Relaxed), 2 * WAITING);
    u64::try_from(measured.bytes_current).unwrap() / u64::from(WAITING)
}

type Figures = [Option<u64>; ROWS.len()];

fn measure(subject: &Subject) -> Figures {
    let measurable = subject.scenarios.iter().flatten().count();
    let instructions = count::instructions(measurable);
    if let Err(reason) = &instructions {
        println!("instructions are not counted: {reason}");
    }
    let mut instructions = instructions.unwrap_or_default().into_iter();
    let counted = subject
        .scenarios
        .each_ref()
        .map(|calls| calls.as_ref().and_then(|_| instructions.next()));
    let [at_once, pending, error, failures, upstream] = subject
        .scenarios
        .each_ref()
        .map(|calls| calls.as_ref().map(count::allocations));
    let in_backoff = subject.in_backoff.map(|bytes| bytes.map(|bytes| bytes()));
    let success = [at_once, pending, upstream].into_iter().flatten().max();
    let mut all = counted
        .into_iter()
        .chain(subject.sizes)
        .chain(in_backoff)
        .chain([success, error, failures]);
    array::from_fn(|_| all.next().flatten())
}

/// The figures of both profiles: those given, which are kept for the other, and those that the
/// other has kept.
fn beside(own: Figures, profile: usize) -> [Figures; PROFILES] {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
    let file = |profile| folder.join(format!("{}_{profile}", env!("CARGO_CRATE_NAME")));
    let text = own.map(|figure| figure.map_or_else(|| "-".to_owned(), |it| it.to_string()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(file(profile), text.join("\n")).unwrap();
    array::from_fn(|profile| {
        let text = fs::read_to_string(file(profile)).unwrap_or_default();
        let mut lines = text.lines();
        array::from_fn(|_| lines.next()?.parse().ok())
    })
}

pub(crate) fn main(subject: &Subject) -> ExitCode {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(subject.scenarios.iter().flatten());
        return ExitCode::SUCCESS;
    }

    let program = env::current_exe().unwrap();
    let profile = usize::from(count::profile(&program) != "bench");
    let own = measure(subject);
    let [bench, default] = beside(own, profile);
    let limits = if subject.is_ours {
        "   limit: bench default     goal"
    } else {
        ""
    };
    println!(
        "{:36} {:>8} {:>8}{limits}",
        subject.name, "bench", "default"
    );
    for (index, row) in ROWS.iter().enumerate() {
        let figures = [bench[index], default[index]];
        if figures.iter().any(Option::is_some) {
            print(row, figures, subject.is_ours);
        }
    }
    let check = subject.is_ours && env::args().any(|argument| argument == "--check");
    if check && is_broken(&own, profile) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn print(row: &Row, figures: [Option<u64>; PROFILES], is_ours: bool) {
    let shown = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |it| it.to_string());
    let [bench, default] = figures.map(shown);
    print!("  {:34} {bench:>8} {default:>8}", row.name);
    if is_ours {
        let [bench, default] = [0, 1].map(|profile| shown(row.limit(profile)));
        print!(" {bench:>14} {default:>7} {:>8}", shown(row.goal));
    }
    println!();
}

/// Prints the limits that do not hold.
fn is_broken(figures: &Figures, profile: usize) -> bool {
    let mut is_broken = false;
    for (row, figure) in ROWS.iter().zip(figures) {
        if let (Some(figure), Some(limit)) = (*figure, row.limit(profile)) {
            is_broken |= figure > limit;
            if figure > limit {
                eprintln!(
                    "costs more than promised: {}: {figure}, limit {limit}",
                    row.name
                );
            }
        }
    }
    is_broken
}
