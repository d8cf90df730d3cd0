//! A call in progress, without the types of the function.

use super::record::{Rare, Record};
use crate::{
    Class,
    ambient::{self, AttemptLog},
    clock::Moment,
    event::{self, CallEnd, Entered, EventKind, Outcome},
    failure::RetriedAttempt,
    item,
    policy::PolicyRef,
    route::RetryAccounting,
};
use std::time::Duration;

/// A call in progress: its record and its route.
pub(super) struct Progress<'c> {
    /// When the call has to be over.
    pub(super) deadline: Moment,
    pub(super) record: &'c mut Record,
    pub(super) policy: PolicyRef<'c>,
    pub(super) route: &'c mut dyn RetryAccounting,
}

impl Progress<'_> {
    /// Returns now. Also starts the call's clock if it is not running yet.
    #[inline]
    pub(super) fn now(&mut self) -> Moment {
        let now = Moment::now();
        if self.record.start.is_unset() {
            let start = self.route.start();
            self.record.start = if start.is_unset() { now } else { start };
        }
        now
    }

    /// Whether anybody needs the time of a final failure.
    pub(super) fn is_timed(&self) -> bool {
        self.record.failed > 0 || !self.record.start.is_unset() || self.route.is_timed()
    }

    /// The time since the call started; zero if its clock is not running.
    pub(super) fn elapsed(&self, now: Moment) -> Duration {
        Duration::from_nanos(self.elapsed_nanos(now))
    }

    /// As [`elapsed`](Self::elapsed), in nanoseconds.
    #[inline]
    pub(super) fn elapsed_nanos(&self, now: Moment) -> u64 {
        let start = match self.record.start {
            Moment::UNSET => self.route.start(),
            start => start,
        };
        if start.is_unset() {
            0
        } else {
            now.nanos_since(start)
        }
    }

    /// The attempt that failed last.
    pub(super) fn last(&self) -> Option<&RetriedAttempt> {
        self.record.attempts.last()
    }

    /// The attempt in flight has succeeded, in its first poll if `at_once`, and its body has
    /// recorded `log` in the last one.
    #[inline(always)]
    pub(super) fn succeeded(&mut self, at_once: bool, log: Option<Box<AttemptLog>>) {
        if let Some(log) = log {
            self.record.route.record(log);
        }
        self.record.ended = true;
        let now = self.now();
        self.route.succeeded(&mut self.record.route, at_once, now);
        self.emit_success(now);
    }

    /// The call ends, or is dropped before its end.
    #[cold]
    #[inline(never)]
    pub(super) fn close(&mut self) {
        let is_cancelled = !self.record.ended && event::is_recording_success();
        let end = is_cancelled.then(|| self.cancelled_end());
        self.route.closed(&mut self.record.route);
        if let Some(end) = end {
            let attempt = self.record.failed.saturating_add(1);
            self.emit(EventKind::Cancelled { attempt, end });
        }
    }

    fn cancelled_end(&mut self) -> CallEnd {
        let now = Moment::now();
        let mut attempts = self.record.failed;
        if self.route.is_in_flight() {
            self.attempt_ended(now);
            attempts = attempts.saturating_add(1);
        }
        self.call_end(Outcome::Cancelled, attempts, None, now)
    }

    /// Emits that the attempt in flight has succeeded.
    pub(super) fn emit_success(&mut self, now: Moment) {
        if !event::is_recording() {
            return;
        }
        let took = Duration::from_nanos(self.attempt_ended(now));
        let attempts = self.record.failed.saturating_add(1);
        self.emit(match attempts {
            1 => EventKind::Succeeded {
                end: self.call_end(Outcome::Ok, attempts, None, now),
                took,
            },
            _ => EventKind::Recovered {
                end: self.call_end(Outcome::OkAfterRetry, attempts, None, now),
                took,
            },
        });
    }

    /// The attempt in flight has ended: nobody asks for its time if nothing is recorded.
    #[inline(always)]
    pub(super) fn attempt_ended_if_recorded(&mut self, now: Moment) {
        if event::is_recording() {
            self.attempt_ended(now);
        }
    }

    /// The attempt in flight has ended. Returns its nanoseconds.
    #[cold]
    #[inline(never)]
    pub(super) fn attempt_ended(&mut self, now: Moment) -> u64 {
        let took = self.took(self.elapsed_nanos(now));
        self.record.busy = self.record.busy.saturating_add(took);
        took
    }

    /// The nanoseconds of the attempt in flight, so many nanoseconds after the start of the call.
    #[inline(always)]
    pub(super) fn took(&self, elapsed: u64) -> u64 {
        if self.record.sent_at.is_unset() {
            return elapsed;
        }
        let sent = self.record.sent_at.nanos_since(self.record.start);
        elapsed.saturating_sub(sent)
    }

    /// The end of the call, of which `attempts` attempts were sent.
    pub(super) fn call_end(
        &self,
        outcome: Outcome,
        attempts: u32,
        class: Option<Class>,
        now: Moment,
    ) -> CallEnd {
        let elapsed = self.elapsed_nanos(now);
        CallEnd {
            outcome,
            attempts,
            elapsed: Duration::from_nanos(elapsed),
            idle: Duration::from_nanos(elapsed.saturating_sub(self.record.busy)),
            class,
        }
    }

    /// The end of a call that gives up after a failure of this class.
    pub(super) fn failed_end(&self, class: Class, now: Moment) -> CallEnd {
        let attempts = self.record.failed;
        let outcome = if self.has_fallback_for(class) {
            Outcome::Fallback
        } else if attempts == 0 {
            Outcome::Rejected
        } else {
            Outcome::Failed
        };
        self.call_end(outcome, attempts, Some(class), now)
    }

    /// The call fails with this class.
    #[inline(always)]
    pub(super) fn fails_with(&mut self, class: Class) {
        self.route.set_failed_with(class);
        item::failed(class);
    }

    /// Whether the call waits for an open circuit breaker, as part of an item of a bulk run.
    #[inline(always)]
    pub(super) fn waits_for_breaker(&self) -> bool {
        item::is_inside() && self.route.site().waits_for_breaker_in_item()
    }

    pub(super) fn falls_back(&self) {
        if let Some(class) = self.route.failed_with() {
            let attempts = self.record.failed;
            self.emit(EventKind::FallingBack { class, attempts });
        }
    }

    /// Emits an event of this call, in its span.
    pub(super) fn emit(&self, kind: EventKind<'_>) {
        if event::is_recording() {
            self.emit_recorded(kind);
        }
    }

    #[cold]
    fn emit_recorded(&self, kind: EventKind<'_>) {
        let rare = self.record.rare.as_deref();
        // An attempt is part of its call; so is a decision, and no attempt.
        let _entered = match kind {
            EventKind::AttemptFailed(_) => rare.map_or(Entered::NONE, Rare::enter_span),
            _ => rare.map_or(Entered::NONE, Rare::enter_call_span),
        };
        self.route.origin().emit(kind);
    }

    /// Whether the fallback answers a failure of this class.
    fn has_fallback_for(&self, class: Class) -> bool {
        let class = self.route.failed_with().unwrap_or(class);
        let site = self.route.site();
        !self.record.has_failed_with_ok
            && site.has_fallback_for(class)
            && !ambient::is_falling_back(site.address())
    }
}
