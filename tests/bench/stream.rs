//! What an item of a stream costs that is ready: instructions and allocations, beyond those of the
//! stream itself. `cargo bench -p resilient-bench --bench stream`, with `-- --check` as a test.
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
use futures_core::Stream;
use resilient_runtime::{Tokens, Upstream, resilient};
use std::{
    cell::RefCell,
    env,
    hint::black_box,
    pin::{Pin, pin},
    process::ExitCode,
    task::{Context, Poll, Waker},
};

static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(1_000_000);

/// Gives a number with every poll but the third one.
struct Numbers(u64);

impl Stream for Numbers {
    type Item = Result<u64, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0 += 1;
        if self.0 == 3 {
            return Poll::Pending;
        }
        Poll::Ready(Some(Ok(self.0)))
    }
}

async fn bare() -> Result<Numbers, Failure> {
    Ok(Numbers(0))
}

#[resilient]
async fn plain() -> Result<impl Stream<Item = Result<u64, Failure>>, Failure> {
    Ok(Numbers(0))
}

#[resilient(
    content = |number| number % 2 == 0,
    last = |number| *number == u64::MAX,
    usage = |_| None::<Tokens>
)]
async fn judged() -> Result<impl Stream<Item = Result<u64, Failure>>, Failure> {
    Ok(Numbers(0))
}

#[resilient(deadline = "1h")]
async fn with_deadline() -> Result<impl Stream<Item = Result<u64, Failure>>, Failure> {
    Ok(Numbers(0))
}

#[resilient(upstream = OPENAI)]
async fn with_upstream() -> Result<impl Stream<Item = Result<u64, Failure>>, Failure> {
    Ok(Numbers(0))
}

/// Polls items of the stream of this function, which is opened once.
fn items<F, S>(open: impl Fn() -> F + 'static) -> Calls
where
    F: Future<Output = Result<S, Failure>>,
    S: Stream<Item = Result<u64, Failure>> + 'static,
{
    let opened: RefCell<Option<Pin<Box<S>>>> = RefCell::new(None);
    Box::new(move |times| {
        let mut opened = opened.borrow_mut();
        let stream = opened.get_or_insert_with(|| {
            let mut cx = Context::from_waker(Waker::noop());
            let Poll::Ready(Ok(stream)) = pin!(open()).poll(&mut cx) else {
                panic!("it opens at once");
            };
            Box::pin(stream)
        });
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..times {
            let _ = black_box(stream.as_mut().poll_next(&mut cx));
        }
    })
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    // What an item may cost beyond the stream itself.
    let rows: [(&str, u64, Calls); 5] = [
        ("the stream itself", 0, items(bare)),
        ("resilient", 60, items(plain)),
        ("content, last and usage", 60, items(judged)),
        ("with a deadline", 70, items(with_deadline)),
        // What the items record is for the upstream.
        ("with an upstream", 230, items(with_upstream)),
    ];
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(rows.iter().map(|(_, _, calls)| calls));
        return ExitCode::SUCCESS;
    }
    let instructions = count::instructions(rows.len()).unwrap_or_else(|reason| {
        println!("instructions are not counted: {reason}");
        Vec::new()
    });
    let check = env::args().any(|argument| argument == "--check");
    let mut broken = false;
    println!(
        "{:30} {:>12} {:>12}",
        "an item that is ready", "instructions", "allocations"
    );
    let own = instructions.first().copied().unwrap_or_default();
    for (index, (name, limit, calls)) in rows.iter().enumerate() {
        let instructions = instructions.get(index).copied();
        let allocations = count::allocations(calls);
        let shown = instructions.map_or_else(|| "?".to_owned(), |count| count.to_string());
        println!("{name:30} {shown:>12} {allocations:>12}");
        let over = instructions.is_some_and(|count| count > own + limit);
        if allocations > 0 || over {
            eprintln!("{name}: limits are {limit} instructions, no allocation");
            broken = true;
        }
    }
    if check && broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
