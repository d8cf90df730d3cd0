//! A run: a stream of the results of items, as they end.

mod end;
mod reports;

use super::{
    Collected, Rest, Stop,
    in_flight::{InFlight, Meter, Panic},
    journal::Journal,
    report::Reporter,
    stop::Rules,
    tally::Tally,
};
use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use std::{
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// Among so many items in flight, no more wait for a retry, or more are really in flight.
const RETRIES: usize = 16;
/// So many items are begun, or have ended, before other tasks get their turn.
const TURN: u32 = 128;

/// A run over items, from [`Bulk::run`](super::Bulk::run): a stream of their results as they end,
/// each with the index of its item.
///
/// Items are polled only while the run is polled. If the code that takes the results takes long for
/// each, calls in flight stand still meanwhile: do such work in the item, or in a task of its own.
///
/// Dropping the run cancels all items in flight, and leaves no trace of them. To end it early
/// without losing a result, [`stop`](Self::stop) it and take the results that are left.
///
/// A panic of an item stops the run; those in flight are finished and their results handed on. Then
/// the stream panics with it. [`collect`](Self::collect) does not panic, but keeps all results, and
/// says so in [`Collected::stopped`].
#[must_use = "a run does nothing unless polled"]
pub struct Run<'a, I: Iterator, F, Fut: Future> {
    items: Rest<I>,
    total: Option<usize>,
    begin: F,
    in_flight: FuturesUnordered<InFlight<Fut>>,
    meter: Arc<Meter>,
    concurrency: usize,
    rules: Rules<'a>,
    reporter: Reporter<'a>,
    journal: Option<Box<Journal<'a, I::Item, Fut::Output>>>,
    stopped: Option<Stop>,
    panic: Option<Panic>,
    tally: Tally,
    turn: u32,
    is_over: bool,
    is_told: bool,
}

/// Nothing but the futures in flight is pinned, and these are in allocations of their own.
impl<I: Iterator, F, Fut: Future> Unpin for Run<'_, I, F, Fut> {}

impl<'a, I, F, Fut, R, E> Run<'a, I, F, Fut>
where
    I: Iterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<R, E>>,
{
    pub(super) fn new(
        items: I,
        begin: F,
        concurrency: usize,
        rules: Rules<'a>,
        reporter: Reporter<'a>,
        journal: Option<Box<Journal<'a, I::Item, Fut::Output>>>,
    ) -> Self {
        let items = Rest::new(items);
        Self {
            total: items.exact_len(),
            items,
            begin,
            in_flight: FuturesUnordered::new(),
            meter: Arc::default(),
            concurrency,
            rules,
            reporter,
            journal,
            stopped: None,
            panic: None,
            tally: Tally::default(),
            turn: 0,
            is_over: false,
            is_told: false,
        }
    }

    /// The next item that ends: its index and its result. `None` when all that were begun have
    /// ended.
    ///
    /// Cancel safe: dropped before it is ready, it has taken no result.
    ///
    /// # Panics
    /// At the end, if an item has panicked.
    pub async fn next(&mut self) -> Option<(usize, Result<R, E>)> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All results, in the order of the items, and the items that were not begun.
    ///
    /// Not cancel safe: dropping it drops the results.
    pub async fn collect(mut self) -> Collected<R, E, I> {
        let mut results = Vec::with_capacity(self.items.size_hint().0.min(1_024));
        while let Some(ended) = poll_fn(|cx| self.poll_ended(cx)).await {
            results.push(ended);
        }
        results.sort_by_key(|(index, _)| *index);
        Collected {
            results,
            rest: self.items,
            stopped: self.stopped,
        }
    }

    fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, Result<R, E>)>> {
        self.reporter.start();
        if self.stopped.is_none() {
            if let Poll::Ready(stop) = self.rules.poll(cx, &self.meter) {
                self.stop_for(stop);
            }
        }
        if self.poll_open(cx).is_pending() {
            return self.pending(cx);
        }
        loop {
            if let Some(next) = self.journal.as_mut().and_then(|journal| journal.next()) {
                return Poll::Ready(Some(next));
            }
            if self.turn >= TURN {
                self.turn = 0;
                if let Some(written) = self.written(cx) {
                    return Poll::Ready(Some(written));
                }
                cx.waker().wake_by_ref();
                return self.pending(cx);
            }
            let is_begun = self.may_begin() && self.begin_next();
            match Pin::new(&mut self.in_flight).poll_next(cx) {
                Poll::Ready(Some(ended)) => {
                    if let Some(ended) = self.ended(ended) {
                        return Poll::Ready(Some(ended));
                    }
                }
                // There may be room for another one. Nothing is in flight if that one has panicked.
                Poll::Ready(None) | Poll::Pending if is_begun => {}
                Poll::Ready(None) => {
                    if let Some(written) = self.written(cx) {
                        return Poll::Ready(Some(written));
                    }
                    return match self.poll_finish(cx) {
                        Poll::Ready(()) => Poll::Ready(None),
                        Poll::Pending => self.pending(cx),
                    };
                }
                Poll::Pending => {
                    self.turn = 0;
                    if let Some(written) = self.written(cx) {
                        return Poll::Ready(Some(written));
                    }
                    return self.pending(cx);
                }
            }
        }
    }

    /// Whether the calls in flight leave room for another item.
    fn may_begin(&self) -> bool {
        let in_flight = self.in_flight.len();
        let (queued, retrying) = (self.meter.queued(), self.meter.retrying());
        let running = in_flight.saturating_sub(queued.saturating_add(retrying));
        // A kill now would make them repeat.
        let unwritten = self.journal.as_ref().map_or(0, |it| it.unwritten());
        self.stopped.is_none()
            && in_flight.saturating_add(unwritten) < self.concurrency
            && queued <= running / 2
            && retrying <= running.max(RETRIES)
    }

    /// Begins the next item, if there is one.
    fn begin_next(&mut self) -> bool {
        let Some((index, item)) = self.items.next() else {
            return false;
        };
        self.turn = self.turn.saturating_add(1);
        let begin = || {
            let journal = self.journal.as_mut();
            let is_done = journal.map(|journal| journal.is_done(index, &item));
            Ok(match is_done.transpose()? {
                Some(true) => None,
                _ => Some((self.begin)(item)),
            })
        };
        match catch_unwind(AssertUnwindSafe(begin)) {
            Ok(Ok(Some(future))) => {
                let in_flight = InFlight::new(index, &self.meter, future);
                self.in_flight.push(in_flight);
            }
            Ok(Ok(None)) => self.tally.skipped(),
            Ok(Err(stop)) => self.stopped = Some(stop),
            Err(panic) => self.panicked(index, panic),
        }
        true
    }

    fn pending<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        if let Some(stop) = self.journal.as_mut().and_then(|it| it.poll_sync(cx)) {
            self.stopped = Some(stop);
        }
        self.report_wait();
        if self.reporter.is_due(cx) {
            self.report();
        }
        self.tell_of_stop();
        Poll::Pending
    }
}

/// Independent of the results.
impl<I: Iterator, F, Fut: Future> Run<'_, I, F, Fut> {
    /// Begins no further item. Those in flight are finished: take their results as before.
    pub fn stop(&mut self) {
        self.stop_for(Stop::Requested);
    }

    /// The reason why no further item is begun; `None` as long as it is not stopped, and after a
    /// run over all items, unless its journal has failed.
    pub const fn stopped(&self) -> Option<&Stop> {
        self.stopped.as_ref()
    }

    /// The items that were not begun. Items in flight are dropped, which cancels them.
    pub fn into_rest(self) -> Rest<I> {
        self.items
    }

    /// Stops, unless all items were begun, or it has stopped before.
    fn stop_for(&mut self, stop: Stop) {
        if !self.items.is_over() {
            self.stopped.get_or_insert(stop);
        }
    }
}

impl<I, F, Fut, R, E> Stream for Run<'_, I, F, Fut>
where
    I: Iterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<R, E>>,
{
    type Item = (usize, Result<R, E>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let ended = self.poll_ended(cx);
        if matches!(ended, Poll::Ready(None)) {
            if let Some(panic) = self.panic.take() {
                resume_unwind(panic);
            }
        }
        ended
    }
}

/// Without the items.
impl<I: Iterator, F, Fut: Future> fmt::Debug for Run<'_, I, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("tally", &self.tally)
            .field("in_flight", &self.in_flight.len())
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
