//! Shuttle's primitives under the names of the standard library's, and a timer without a clock.

pub(crate) use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};

use super::lock;
use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};
use tokio::time::Instant;

/// Rings once: a thread of a model says that the time of a timer has come.
#[derive(Clone, Default)]
pub(crate) struct Alarm(Arc<Mutex<(bool, Option<Waker>)>>);

impl Alarm {
    pub(crate) fn ring(&self) {
        let mut alarm = lock(&self.0);
        alarm.0 = true;
        let waker = alarm.1.take();
        drop(alarm);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut alarm = lock(&self.0);
        if alarm.0 {
            return Poll::Ready(());
        }
        alarm.1 = Some(cx.waker().clone());
        Poll::Pending
    }
}

thread_local! {
    // All threads of a model run on one thread of the system.
    pub(crate) static ALARM: RefCell<Option<Alarm>> = const { RefCell::new(None) };
}

/// In the place of tokio's. It ends when the alarm rings that the model had set when it was made;
/// without an alarm it never ends.
pub(crate) struct Sleep {
    deadline: Instant,
    alarm: Option<Alarm>,
}

pub(crate) fn sleep_until(deadline: Instant) -> Sleep {
    Sleep {
        deadline,
        alarm: ALARM.with_borrow(Clone::clone),
    }
}

impl Sleep {
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Not told without a clock: it may ring at any time.
    pub(crate) fn is_elapsed(&self) -> bool {
        true
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &self.alarm {
            Some(alarm) => alarm.poll(cx),
            None => Poll::Pending,
        }
    }
}
