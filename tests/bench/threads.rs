//! What threads bring to pass together. Timed, so nothing is promised of it: the best of several
//! short runs, since others use the machine too.

#[cfg(feature = "peers")]
use crate::peers;
use crate::{Failure, make, upstreams};
use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Handle;

const RUNS: u32 = 15;
const CALLS: u32 = 100_000;
const THREADS: [u32; 2] = [1, 2];

pub(crate) fn print(runtime: &Handle) {
    println!(
        "\n{:34} one thread two threads",
        "Million calls a second in total:"
    );
    row("resilient: all five", runtime, upstreams::all);
    row(
        "resilient: all five, tokens too",
        runtime,
        upstreams::tokens,
    );
    #[cfg(feature = "peers")]
    {
        let breakers = peers::breakers();
        row("recloser, governor", runtime, || {
            peers::by_recloser(breakers)
        });
        row("failsafe, governor", runtime, || {
            peers::by_failsafe(breakers)
        });
    }
}

fn row<F>(name: &str, runtime: &Handle, call: impl Fn() -> F + Copy + Send + Sync)
where
    F: Future<Output = Result<u32, Failure>>,
{
    let [one, two] = THREADS.map(|threads| rate(threads, runtime, call));
    println!("{name:34} {one:>10.2} {two:>11.2}");
}

fn rate<F>(threads: u32, runtime: &Handle, call: impl Fn() -> F + Copy + Send + Sync) -> f64
where
    F: Future<Output = Result<u32, Failure>>,
{
    let best = (0..RUNS).map(|_| run(threads, runtime, call)).min();
    let calls = f64::from(threads) * f64::from(CALLS);
    calls / best.unwrap().as_secs_f64() / 1e6
}

/// From the start of the first thread to the end of the last.
fn run<F>(threads: u32, runtime: &Handle, call: impl Fn() -> F + Copy + Send + Sync) -> Duration
where
    F: Future<Output = Result<u32, Failure>>,
{
    let barrier = Barrier::new(threads as usize);
    let work = || {
        let _entered = runtime.enter();
        make(CALLS / 10, call);
        barrier.wait();
        let start = Instant::now();
        make(CALLS, call);
        (start, Instant::now())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let times: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        let start = times.iter().map(|(start, _)| start).min().unwrap();
        let end = times.iter().map(|(_, end)| end).max().unwrap();
        end.duration_since(*start)
    })
}
