//! The cost of an item of a bulk run, beyond its call: instructions and allocations; and the items
//! in a second. `cargo bench -p resilient-bench --bench bulk`, with `-- --check` as a test.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod body;
mod count;

use body::Failure;
use count::Calls;
use resilient_runtime::{Concurrency, Upstream, bulk::Bulk, resilient};
use std::{
    env, fs,
    hint::black_box,
    path::Path,
    pin::pin,
    process::ExitCode,
    rc::Rc,
    task::{Context, Waker},
    time::Instant,
};
use tokio::runtime::{Builder, Runtime};

/// The promise: for an item of no work, and beyond its call.
const INSTRUCTIONS: u64 = 1_500;
/// The task of the item.
const ALLOCATIONS: u64 = 1;
const MILLION: u32 = 1_000_000;

static API: Upstream = Upstream::new("api")
    .requests_per_minute(1_000_000_000)
    .concurrency(Concurrency::new(64));

async fn no_work(item: u32) -> Result<u32, Failure> {
    Ok(black_box(item))
}

#[resilient(upstream = API)]
async fn call(item: u32) -> Result<u32, Failure> {
    Ok(black_box(item))
}

/// Polls a run to its end. Between, it only gives others their turn.
fn finish(run: impl Future) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut run = pin!(run);
    while run.as_mut().poll(&mut cx).is_pending() {}
}

/// The run itself, without the results.
fn run<F: Future<Output = Result<u32, Failure>>>(items: u32, begin: impl Fn(u32) -> F) {
    finish(async {
        let mut run = Bulk::new(0..items).run(&begin);
        while let Some((_, result)) = run.next().await {
            black_box(result.unwrap());
        }
    });
}

fn with_progress(items: u32) {
    finish(async {
        let run = Bulk::new(0..items).progress(|progress| _ = black_box(progress.ended()));
        black_box(run.run(no_work).collect().await.results.len());
    });
}

fn collected(items: u32) {
    finish(async {
        black_box(
            Bulk::new(0..items)
                .run(no_work)
                .collect()
                .await
                .results
                .len(),
        );
    });
}

/// With a journal, which is created for it: a line an item. Opening and closing it counts too.
fn with_journal(runtime: &Runtime, items: u32, results: bool) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.jsonl");
    let _ = fs::remove_file(&path);
    let bulk = Bulk::new(0..items).journal(&path);
    // This thread sleeps while others open the file and bring it to the disk.
    let done = runtime.block_on(async {
        if results {
            bulk.journal_results().run(no_work).collect().await
        } else {
            bulk.run(no_work).collect().await
        }
    });
    assert_eq!(done.stopped, None);
    black_box(done.results.len());
}

/// One call after another, without a run.
fn calls(items: u32) {
    finish(async {
        for item in 0..items {
            black_box(call(item).await.unwrap());
        }
    });
}

fn main() -> ExitCode {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let runtime = Rc::new(runtime);
    let [of_done, of_results] = [Rc::clone(&runtime), Rc::clone(&runtime)];
    let _entered = runtime.enter();
    let rows: [(&str, Calls); 7] = [
        ("calls, without a run", Box::new(calls)),
        ("items of no work", Box::new(|items| run(items, no_work))),
        ("the same, collected", Box::new(collected)),
        ("the same, with progress", Box::new(with_progress)),
        (
            "calls through an upstream",
            Box::new(|items| run(items, call)),
        ),
        (
            "no work, with a journal",
            Box::new(move |items| with_journal(&of_done, items, false)),
        ),
        (
            "the same, with results",
            Box::new(move |items| with_journal(&of_results, items, true)),
        ),
    ];
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(rows.iter().map(|(_, calls)| calls));
        return ExitCode::SUCCESS;
    }
    let instructions = count::instructions(rows.len()).unwrap_or_else(|reason| {
        println!("instructions are not counted: {reason}");
        Vec::new()
    });
    let check = env::args().any(|argument| argument == "--check");
    let mut broken = false;
    println!(
        "{:28} {:>12} {:>12} {:>12}",
        "an item", "instructions", "allocations", "items/s"
    );
    let call = instructions.first().copied().unwrap_or_default();
    for (index, (name, calls)) in rows.iter().enumerate() {
        let instructions = instructions.get(index).copied();
        let allocations = count::allocations(calls);
        let start = Instant::now();
        calls(MILLION);
        let rate = f64::from(MILLION) / start.elapsed().as_secs_f64();
        let shown = instructions.map_or_else(|| "?".to_owned(), |count| count.to_string());
        println!("{name:28} {shown:>12} {allocations:>12} {rate:>12.0}");
        // A journal is not limited: its file is that of the machine.
        let is_run = index > 0 && index < 5;
        let own = if *name == "calls through an upstream" {
            call
        } else {
            0
        };
        let is_dear = instructions.is_some_and(|count| count > own + INSTRUCTIONS);
        if check && is_run && (is_dear || allocations > ALLOCATIONS) {
            eprintln!("costs more than promised: {name}");
            broken = true;
        }
    }
    if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
