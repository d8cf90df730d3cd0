//! A timer at a moment, made only while it is set.

use crate::{
    blocking,
    clock::Moment,
    sync::{Sleep, sleep_until},
};
use pin_project_lite::pin_project;
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{task::coop, time::Instant};

/// Stands for a moment too far away for a timer.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// The instant `delay` from `now`.
pub(crate) fn after(now: Instant, delay: Duration) -> Instant {
    now.checked_add(delay)
        .or_else(|| now.checked_add(FAR))
        .unwrap_or(now)
}

/// The instant `delay` from `now`, but no later than `latest`.
pub(crate) fn earlier(now: Instant, delay: Duration, latest: Option<Instant>) -> Instant {
    let at = after(now, delay);
    latest.map_or(at, |latest| latest.min(at))
}

fn instant(at: Moment) -> Instant {
    at.instant()
        .unwrap_or_else(|| after(Instant::now(), Duration::MAX))
}

pin_project! {
    /// A timer that exists only while it is set: first for the timeout of an attempt, then for the
    /// wait after it.
    pub(crate) struct Timer {
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Timer {
    pub(crate) const fn new() -> Self {
        Self { sleep: None }
    }

    /// When it fires, if it is set.
    #[inline]
    pub(crate) fn rings(&self) -> Option<Instant> {
        self.sleep.as_ref().map(Sleep::deadline)
    }

    /// Whether it is set and fires after this moment.
    pub(crate) fn rings_after(&self, at: Moment) -> bool {
        let at = at.instant();
        self.rings().zip(at).is_some_and(|(rings, at)| rings > at)
    }

    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        self.sleep.is_some()
    }

    /// False if it is set and has not rung yet, as far as is known: a task that never gives way
    /// keeps the runtime from looking at the clock.
    #[inline]
    pub(crate) fn may_have_rung(&self) -> bool {
        self.sleep.as_ref().is_none_or(Sleep::is_elapsed)
    }

    /// # Panics
    /// Outside a tokio runtime, and in one without a time driver, unless the task is of a thread
    /// that drives it: tokio's message names the cause.
    pub(crate) fn set(self: Pin<&mut Self>, at: Moment) {
        self.set_instant(instant(at));
    }

    /// As [`set`](Self::set), for an instant that is not stored as a moment.
    #[inline]
    pub(crate) fn set_instant(self: Pin<&mut Self>, at: Instant) {
        let sleep = if blocking::is_driving() {
            blocking::in_a_runtime(|| sleep_until(at))
        } else {
            sleep_until(at)
        };
        self.project().sleep.set(Some(sleep));
    }

    #[inline]
    pub(crate) fn unset(self: Pin<&mut Self>) {
        self.project().sleep.set(None);
    }

    /// Ready when the instant is reached; never, if unset.
    ///
    /// If a body exhausts the task's cooperative budget in every poll, the timer is polled outside
    /// that budget, as `tokio::time::timeout` does; otherwise it would never fire.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(sleep) = self.project().sleep.as_pin_mut() else {
            return Poll::Pending;
        };
        if blocking::is_driving() {
            return poll_while_driving(sleep, cx);
        }
        if coop::has_budget_remaining() {
            sleep.poll(cx)
        } else {
            pin!(coop::unconstrained(sleep)).poll(cx)
        }
    }
}

/// Polls a timer while this thread drives a task: of that task, which has no runtime, or of one of
/// a runtime inside it, whose timer it becomes.
#[cold]
#[inline(never)]
fn poll_while_driving(mut sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    let at = sleep.deadline();
    if blocking::drives(cx) {
        return blocking::poll_until(at);
    }
    sleep.set(sleep_until(at));
    sleep.poll(cx)
}

/// The output of the future, unless it is not ready at that time.
pub(crate) async fn timeout_at<F: Future>(at: Instant, future: F) -> Option<F::Output> {
    let mut timer = pin!(Timer::new());
    timer.as_mut().set_instant(at);
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
    })
    .await
}

/// Waits for so long.
#[cfg(feature = "chaos")]
pub(crate) async fn sleep(time: Duration) {
    timeout_at(after(Instant::now(), time), std::future::pending::<()>()).await;
}
