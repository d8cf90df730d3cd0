//! Blocking calls: the future of a call is polled on the thread of its caller, which sleeps between
//! the polls. It needs no runtime, and does not enter the one that may be around it.
//!
//! A timer asks whether this thread [`drives`] the task that polls it; the thread then
//! wakes by itself at that time. The waker tells it, so a runtime that a body starts has
//! its own timers.

mod sleeper;
#[cfg(feature = "testing")]
mod standing;

use sleeper::Sleeper;
use std::{
    cell::Cell,
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::coop,
    time::Instant,
};

thread_local! {
    /// The future that this thread polls.
    static DRIVEN: Driven = const {
        Driven {
            task: Cell::new(0),
            times: Cell::new(Times::NONE),
        }
    };
}

/// A future that a thread polls.
struct Driven {
    /// The address behind its waker, which no other task has as long as it is polled; zero if there
    /// is none.
    task: Cell<usize>,
    times: Cell<Times>,
}

#[derive(Clone, Copy)]
struct Times {
    /// The earliest of its timers that have not rung.
    rings: Option<Instant>,
    /// The thread has slept until then, which a clock that stands still does not show.
    slept_until: Option<Instant>,
}

impl Times {
    const NONE: Self = Self {
        rings: None,
        slept_until: None,
    };
}

fn address(waker: &Waker) -> usize {
    waker.data().addr()
}

/// One poll of a future that this thread drives. When it is dropped, the one around it is driven
/// again.
struct Polling {
    outer: usize,
    times: Times,
}

impl Polling {
    #[inline]
    fn of(waker: &Waker, slept_until: Option<Instant>) -> Self {
        DRIVEN.with(|driven| Self {
            outer: driven.task.replace(address(waker)),
            times: driven.times.replace(Times {
                rings: None,
                slept_until,
            }),
        })
    }

    /// The time of the earliest timer.
    fn end(self) -> Option<Instant> {
        DRIVEN.with(|driven| driven.times.replace(self.times).rings)
    }
}

impl Drop for Polling {
    #[inline]
    fn drop(&mut self) {
        DRIVEN.with(|driven| {
            driven.task.set(self.outer);
            driven.times.set(self.times);
        });
    }
}

/// Whether this thread drives a task. That may have a runtime inside.
#[inline(always)]
pub(crate) fn is_driving() -> bool {
    DRIVEN.with(|driven| driven.task.get()) != 0
}

/// Runs code in a runtime that drives nothing, by which timers can be made. Those of a thread are
/// never given to it: they say when the thread is to wake.
#[cold]
pub(crate) fn in_a_runtime<T>(code: impl FnOnce() -> T) -> T {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Builder::new_current_thread().enable_time().build().ok());
    let _entered = runtime.as_ref().map(Runtime::enter);
    code()
}

/// Whether this thread drives the task, which has no runtime.
#[cold]
pub(crate) fn drives(cx: &Context<'_>) -> bool {
    let task = DRIVEN.with(|driven| driven.task.get());
    // A waker without data is not of a thread either.
    task != 0 && task == address(cx.waker())
}

/// Polls a timer of a task that this thread drives. It has to be polled in every poll of the task.
#[cold]
pub(crate) fn poll_until(at: Instant) -> Poll<()> {
    DRIVEN.with(|driven| {
        let Times { rings, slept_until } = driven.times.get();
        let has_rung = slept_until.is_some_and(|until| until >= at) || Instant::now() >= at;
        if has_rung {
            return Poll::Ready(());
        }
        let rings = Some(rings.map_or(at, |rings| rings.min(at)));
        driven.times.set(Times { rings, slept_until });
        Poll::Pending
    })
}

/// Runs a future to its end on this thread, which sleeps while the future waits.
///
/// In a task of a runtime, the other tasks of its thread stand still meanwhile.
pub fn block_on<F: Future>(future: F) -> F::Output {
    Sleeper::lend(|sleeper| {
        let waker = sleeper.waker();
        let mut cx = Context::from_waker(waker);
        // In a task of a runtime, the budget of that task is not refilled before it ends.
        let mut future = pin!(coop::unconstrained(future));
        let mut slept_until = None;
        loop {
            let polling = Polling::of(waker, slept_until);
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return output;
            }
            slept_until = sleeper.sleep(polling.end());
        }
    })
}
