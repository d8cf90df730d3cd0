//! The part of a call that does not have the types of its function. It is compiled once for each
//! kind of route.

use super::{
    bound::poll_bound,
    core::{CallCore, RecordPlace, Typed},
    polling::Polling,
    record::Record,
    send::poll_send,
};
use crate::{
    Classification,
    ambient::{self, AttemptLog, Outside, PollState},
    clock::Moment,
    event::{self, CallSpan, Entered},
    halt::Waiting,
    route::{CallPolicy as _, Route},
    scope,
    timer::Timer,
};
use std::{
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Instant;

/// The route of a call, its deadline, and its state if it has one.
pub(crate) struct Routed<U: Route> {
    pub(super) route: U,
    /// When the call has to be over.
    pub(super) deadline: Moment,
    /// Dropped by hand: the compiler's own drop is a call even if there is nothing.
    pub(super) cold: ManuallyDrop<Option<Box<Cold<U::Queued>>>>,
}

/// The end of an attempt that has not succeeded.
pub(super) enum AttemptEnd<'a> {
    /// With an error, or with an `Ok` that was classified as this failure.
    Failed(Option<&'a mut Classification>),
    /// Its time was over.
    TimedOut,
}

/// The state of a call that has failed, waits, or is traced. Every future of a resilient function
/// holds a call, so it is kept small by this.
#[derive(Default)]
pub(super) struct Cold<Q> {
    pub(super) record: Record,
    pub(super) queued: Q,
    /// While the call waits, so that a shutdown wakes it.
    pub(super) waiting: Waiting,
}

impl<Q: Default> Cold<Q> {
    #[cold]
    #[inline(never)]
    fn new() -> Box<Self> {
        // bench cost: -40 instructions of two failures, for `Box::new` would move it into its box
        Box::default()
    }
}

impl<Q: Default> RecordPlace for Option<Box<Cold<Q>>> {
    fn get(&mut self) -> Option<&mut Record> {
        self.as_mut().map(|cold| &mut cold.record)
    }

    fn get_or_make(&mut self) -> &mut Record {
        &mut self.get_or_insert_with(Cold::new).record
    }
}

impl<U: Route> Routed<U> {
    /// Starts a call.
    #[inline(always)]
    pub(super) fn start(route: U, span: impl FnOnce() -> Option<CallSpan>) -> Self {
        let mut routed = Self {
            route,
            deadline: Moment::UNSET,
            cold: ManuallyDrop::new(None),
        };
        let own = routed.route.deadline();
        let outer = ambient::deadline();
        if own.is_some() || !outer.is_unset() || event::is_spanned() {
            routed.start_rare(own, outer, span());
        }
        routed
    }

    /// Starts a call that has a deadline or a span.
    #[cold]
    #[inline(never)]
    fn start_rare(&mut self, own: Option<Duration>, outer: Moment, span: Option<CallSpan>) {
        let mut is_over = false;
        if own.is_some() || !outer.is_unset() {
            let now = Instant::now();
            self.route.started(now);
            let now = Moment::of(now);
            let own = own.map_or(Moment::UNSET, |deadline| now.after(deadline));
            self.deadline = own.earlier(outer);
            is_over = now >= self.deadline;
        }
        // A call with a record looks at its deadline before it is sent.
        if is_over || span.is_some() {
            self.cold.get_or_make().trace(span);
        }
    }

    /// Whether the call is at its first attempt, with no span and nothing on record.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.cold.is_none()
    }

    pub(super) fn record(&self) -> Option<&Record> {
        self.cold.as_ref().map(|cold| &cold.record)
    }

    /// Runs `step` on the call without the type of its route.
    #[inline(always)]
    pub(super) fn core<T>(&mut self, step: impl FnOnce(CallCore<'_>) -> T) -> T {
        let policy = self.route.policy();
        step(CallCore {
            deadline: self.deadline,
            policy: policy.get(),
            route: &mut self.route,
            record: &mut *self.cold,
            has_targets: U::HAS_TARGETS,
        })
    }

    /// As [`poll_send`](Self::poll_send), unless a shutdown or a switch ends the wait.
    #[inline(always)]
    pub(super) fn poll_due(
        &mut self,
        typed: &mut dyn Typed,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        let deadline = self.deadline;
        // The record is there for all that is taken for the attempt.
        let Cold { record, queued, .. } = &mut **self.cold.get_or_insert_with(Cold::new);
        if record.is_delayed {
            if timer.as_mut().poll(cx).is_pending() {
                record.waits_for_retry(timer.rings());
                return Poll::Pending;
            }
            record.is_delayed = false;
        }
        let route = &mut self.route;
        let sent = poll_send(route, deadline, record, queued, timer, cx);
        Poll::Ready(match ready!(sent) {
            Ok(()) => {
                record.last_timeout = None;
                false
            }
            Err(unsent) => {
                self.core(|core| core.unsent(typed, unsent));
                true
            }
        })
    }

    /// To be held while a body is polled or dropped: its inner calls see this one, and its events
    /// are in this one's span.
    #[inline(always)]
    pub(super) fn enter<S: PollState>(
        &self,
        attempt_end: Option<Instant>,
        state: impl FnOnce(&U) -> S,
    ) -> Polling<'_, S> {
        let span = self.record().map_or(Entered::NONE, Record::enter_span);
        // After that: a subscriber may panic.
        let outside = Outside::replace(self.deadline, attempt_end);
        Polling::new(outside, span, state(&self.route))
    }

    /// Whether the call has a deadline or a span.
    fn is_rare(&self) -> bool {
        !self.deadline.is_unset() || self.record().is_some_and(|record| record.rare.is_some())
    }

    /// As [`Record::keep_used_up`].
    #[cold]
    #[inline(never)]
    pub(super) fn keep_used_up(&mut self, noted: usize) {
        self.cold.get_or_make().keep_used_up(noted);
    }

    /// The attempt has ended like this. Ready when the next one has been sent, or with true if the
    /// result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_next(
        &mut self,
        typed: &mut dyn Typed,
        end: AttemptEnd<'_>,
        log: Option<Box<AttemptLog>>,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        self.keep_log(log);
        let next = match end {
            AttemptEnd::Failed(failure) => {
                let next = self.core(|core| core.failed(typed, failure, cx.waker()));
                if next.is_some() {
                    self.drop_body(typed);
                }
                next
            }
            AttemptEnd::TimedOut => {
                let mut run = typed.take_failed();
                // First: the body may hold resources of the server.
                self.drop_body(typed);
                self.core(|core| core.timed_out(typed, run.as_mut(), cx.waker()))
            }
        };
        if self.record().is_some_and(|record| record.rare.is_some()) {
            self.end_attempt_span();
        }
        let Some(next) = next else {
            return Poll::Ready(true);
        };
        if next.is_unset() || !scope::has_waits() {
            // Tokio's shortest timer takes a millisecond; without one, others still get their turn.
            timer.unset();
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        timer.as_mut().set(next);
        self.cold.get_or_make().is_delayed = true;
        self.poll_send(typed, timer, cx)
    }

    /// Ready when the attempt has taken too long; its body has recorded `log` in this poll. The
    /// body of a stream limits its own time (`has_timeout` is false): only the deadline is left.
    #[inline(never)]
    pub(super) fn poll_bound(
        &mut self,
        log: Option<Box<AttemptLog>>,
        has_timeout: bool,
        timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        self.keep_log(log);
        poll_bound(&mut self.route, has_timeout, self.deadline, timer, cx)
    }

    /// Keeps the records that the body made in the poll that has just ended.
    #[inline(always)]
    pub(super) fn keep_log(&mut self, log: Option<Box<AttemptLog>>) {
        if let Some(log) = log {
            self.cold.get_or_make().route.record(log);
        }
    }

    /// The attempt has ended. The next one may have been sent with its release.
    #[cold]
    #[inline(never)]
    fn end_attempt_span(&mut self) {
        let is_next_sent = self.route.is_in_flight();
        if let Some(cold) = self.cold.as_mut() {
            cold.record.end_attempt();
            if is_next_sent {
                cold.record.begin_attempt();
            }
        }
    }

    #[inline(always)]
    fn drop_body(&self, typed: &mut dyn Typed) {
        ambient::forget_cut_request();
        let polling = self.is_rare().then(|| self.enter(None, |_| ()));
        typed.end();
        polling.map(Polling::leave);
    }
}
