//! One load in its batch: whichever load is polled calls the function, and polls its future.

use super::gathered::{Batch, BatchFuture, Gathered, Phase, wake};
use crate::{FromRejection, Rejection, ambient, failover::around, timer::Timer};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::time::Instant;

/// One load's part in its batch, which it leaves when it is dropped.
pub(super) struct Ticket<T, R, E> {
    batch: Arc<Batch<T, R, E>>,
    index: usize,
}

/// The next step of a load.
enum Step<T, R, E> {
    Wait(Instant),
    Begin(Vec<T>),
    Poll(BatchFuture<R, E>),
    Done(Result<R, E>),
    Nothing,
}

impl<T, R, E> Ticket<T, R, E> {
    pub(super) const fn new(batch: Arc<Batch<T, R, E>>, index: usize) -> Self {
        Self { batch, index }
    }

    pub(super) fn poll(
        &self,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
        call: &Gathered<T, R, E>,
    ) -> Poll<Result<R, E>>
    where
        E: FromRejection,
    {
        // A timer that has rung wakes all loads: one of them begins.
        let mut is_due = false;
        loop {
            let future = match self.step(cx, is_due) {
                Step::Nothing => return Poll::Pending,
                Step::Wait(due) => {
                    if !timer.is_set() {
                        timer.as_mut().set_instant(due);
                    }
                    if timer.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    is_due = true;
                    continue;
                }
                Step::Done(result) => return Poll::Ready(result),
                Step::Begin(items) => {
                    let mut polling = Polling(Some(&self.batch));
                    let future = apart(|| call(items));
                    polling.0 = None;
                    future
                }
                Step::Poll(future) => future,
            };
            timer.as_mut().unset();
            if self.poll_future(future, cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Polls the future of the batch. Ready, if it has ended.
    fn poll_future(&self, mut future: BatchFuture<R, E>, cx: &mut Context<'_>) -> Poll<()> {
        let mut polling = Polling(Some(&self.batch));
        let polled = apart(|| future.as_mut().poll(cx));
        polling.0 = None;
        let mut state = self.batch.state();
        let results = match polled {
            Poll::Pending => {
                state.phase = Phase::Sent(Some(future));
                return Poll::Pending;
            }
            Poll::Ready(results) => results,
        };
        state.phase = Phase::Ended;
        let sent = state.loads.iter_mut().filter(|load| load.is_sent);
        for (load, result) in sent.zip(results) {
            load.result = Some(result);
        }
        let wakers = state.wakers();
        drop(state);
        wake(wakers);
        Poll::Ready(())
    }

    /// The next step of this load. One that `is_due` leaves the future to another load that polls.
    fn step(&self, cx: &Context<'_>, is_due: bool) -> Step<T, R, E>
    where
        E: FromRejection,
    {
        let mut state = self.batch.state();
        if let Some(result) = state.load(self.index).and_then(|load| load.result.take()) {
            return Step::Done(result);
        }
        state.wait(self.index, cx);
        let is_due_later = !state.is_full && Instant::now() < state.due;
        let due = state.due;
        let has_other = state.is_polled_by_another(self.index);
        match &mut state.phase {
            Phase::Ended => Step::Done(Err(E::from_rejection(Rejection::batch_lost()))),
            Phase::Sent(_) if is_due && has_other => Step::Nothing,
            Phase::Sent(future) => match future.take() {
                Some(future) => {
                    state.polled_by = self.index;
                    Step::Poll(future)
                }
                None => Step::Nothing,
            },
            Phase::Gathering if is_due_later => Step::Wait(due),
            Phase::Gathering => {
                state.phase = Phase::Sent(None);
                state.polled_by = self.index;
                let items = state.loads.iter_mut().filter_map(|load| {
                    let item = load.item.take()?;
                    load.is_sent = true;
                    Some(item)
                });
                Step::Begin(items.collect())
            }
        }
    }
}

/// The item leaves a batch that is not sent, and another load goes on to poll one that is.
impl<T, R, E> Drop for Ticket<T, R, E> {
    fn drop(&mut self) {
        let mut state = self.batch.state();
        let Some(load) = state.load(self.index) else {
            return;
        };
        load.is_live = false;
        load.waker = None;
        // Dropped without the lock, like the future: they are the user's.
        let item = load.item.take();
        let weight = load.weight;
        if item.is_some() {
            state.weight = state.weight.saturating_sub(weight);
        }
        state.live = state.live.saturating_sub(1);
        let (mut future, mut woken) = (None, None);
        if state.live == 0 {
            if let Phase::Sent(sent) = &mut state.phase {
                future = sent.take();
            }
        } else if state.polled_by == self.index || state.is_full {
            woken = state.loads.iter_mut().find_map(|load| load.waker.take());
        }
        drop(state);
        wake(woken);
        drop((item, future));
    }
}

/// Runs the function of the batch, which belongs to no call of the load that polls it.
fn apart<T>(run: impl FnOnce() -> T) -> T {
    ambient::apart(|| around::apart(run))
}

/// A load polls the future. If that panics, no other load waits for ever.
struct Polling<'a, T, R, E>(Option<&'a Batch<T, R, E>>);

impl<T, R, E> Drop for Polling<'_, T, R, E> {
    fn drop(&mut self) {
        if let Some(batch) = self.0 {
            let mut state = batch.state();
            state.phase = Phase::Ended;
            let wakers = state.wakers();
            drop(state);
            wake(wakers);
        }
    }
}
