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
        state: State,
    }
}

pin_project! {
    #[project = StateParts]
    enum State {
        Unset,
        /// Not polled yet, or of a thread that wakes by itself.
        Set { at: Instant },
        /// Of a runtime.
        Asleep { #[pin] sleep: Sleep },
    }
}

impl Timer {
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Unset,
        }
    }

    /// When it fires, if it is set.
    #[inline]
    pub(crate) fn rings(&self) -> Option<Instant> {
        match &self.state {
            State::Unset => None,
            State::Set { at } => Some(*at),
            State::Asleep { sleep } => Some(sleep.deadline()),
        }
    }

    /// Whether it is set and fires after this moment.
    pub(crate) fn rings_after(&self, at: Moment) -> bool {
        let at = at.instant();
        self.rings().zip(at).is_some_and(|(rings, at)| rings > at)
    }

    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        !matches!(self.state, State::Unset)
    }

    /// False if it is set and has not rung yet, as far as is known: a task that never gives way
    /// keeps the runtime from looking at the clock.
    #[inline]
    pub(crate) fn may_have_rung(&self) -> bool {
        match &self.state {
            State::Unset => true,
            State::Set { .. } => false,
            State::Asleep { sleep } => sleep.is_elapsed(),
        }
    }

    pub(crate) fn set(self: Pin<&mut Self>, at: Moment) {
        self.set_instant(instant(at));
    }

    /// As [`set`](Self::set), for an instant that is not stored as a moment.
    #[inline]
    pub(crate) fn set_instant(self: Pin<&mut Self>, at: Instant) {
        self.project().state.set(State::Set { at });
    }

    #[inline]
    pub(crate) fn unset(self: Pin<&mut Self>) {
        self.project().state.set(State::Unset);
    }

    /// Ready when the instant is reached; never, if unset.
    ///
    /// If a body exhausts the task's cooperative budget in every poll, the timer is polled outside
    /// that budget, as `tokio::time::timeout` does; otherwise it would never fire.
    ///
    /// # Panics
    /// In a task that no thread drives for itself: outside a tokio runtime, and in one without a
    /// time driver. Tokio's message names the cause.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.project().state;
        if let StateParts::Set { at } = state.as_mut().project() {
            let at = *at;
            if let Some(polled) = blocking::poll_until(at, cx) {
                return polled;
            }
            let sleep = sleep_until(at);
            state.set(State::Asleep { sleep });
        }
        let StateParts::Asleep { sleep } = state.project() else {
            return Poll::Pending;
        };
        if coop::has_budget_remaining() {
            sleep.poll(cx)
        } else {
            pin!(coop::unconstrained(sleep)).poll(cx)
        }
    }
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
