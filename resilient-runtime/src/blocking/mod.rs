//! Blocking calls: the future of a call is polled on the thread of its caller, which sleeps between
//! the polls. It needs no runtime, and does not enter the one that may be around it.
//!
//! A timer asks [`poll_until`] first: if the task is the one that this thread drives, the thread
//! wakes by itself at that time. The waker tells the two apart, so a runtime that a body starts has
//! its own timers.

mod sleeper;
#[cfg(feature = "testing")]
mod standing;

use sleeper::Sleeper;
use std::{
    cell::Cell,
    pin::pin,
    task::{Context, Poll, Waker},
};
use tokio::{task::coop, time::Instant};

thread_local! {
    static DRIVEN: Cell<Driven> = const { Cell::new(Driven::NOTHING) };
}

/// The future that this thread polls.
#[derive(Clone, Copy)]
struct Driven {
    /// The address behind its waker, which no other task has as long as it is polled.
    task: usize,
    /// The earliest of its timers that have not rung.
    rings: Option<Instant>,
    /// The thread has slept until then, which a clock that stands still does not show.
    slept_until: Option<Instant>,
}

impl Driven {
    const NOTHING: Self = Self {
        task: 0,
        rings: None,
        slept_until: None,
    };
}

fn address(waker: &Waker) -> usize {
    waker.data().addr()
}

/// One poll of a future that this thread drives. When it is dropped, the one around it is driven
/// again.
struct Polling(Driven);

impl Polling {
    #[inline]
    fn of(waker: &Waker, slept_until: Option<Instant>) -> Self {
        Self(DRIVEN.replace(Driven {
            task: address(waker),
            rings: None,
            slept_until,
        }))
    }

    /// The time of the earliest timer.
    fn end(self) -> Option<Instant> {
        DRIVEN.replace(self.0).rings
    }
}

impl Drop for Polling {
    #[inline]
    fn drop(&mut self) {
        // At the end of the thread nothing is polled any more.
        let _ = DRIVEN.try_with(|driven| driven.set(self.0));
    }
}

/// Polls a timer that rings at this time, if the task is driven by this thread. `None` for a task
/// of a runtime. It has to be polled in every poll of its task.
pub(crate) fn poll_until(at: Instant, cx: &Context<'_>) -> Option<Poll<()>> {
    let mut driven = DRIVEN.get();
    if driven.task != address(cx.waker()) {
        return None;
    }
    let has_rung = driven.slept_until.is_some_and(|until| until >= at) || Instant::now() >= at;
    if has_rung {
        return Some(Poll::Ready(()));
    }
    driven.rings = Some(driven.rings.map_or(at, |rings| rings.min(at)));
    DRIVEN.set(driven);
    Some(Poll::Pending)
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
