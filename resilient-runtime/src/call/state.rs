//! The state of a call beyond its first attempt, without the types of the function.

use crate::{
    Class, Classification, Rejection,
    ambient::{self, AttemptLog, UsedUp},
    clock::Moment,
    event::{self, CallEnd, CallSpan, Entered, EventKind, Outcome},
    failure::{Attempts, RetriedAttempt},
    policy::PolicyRef,
    route::{RetryAccounting, RouteState},
};
use std::time::Duration;

/// The record of a call that has failed, waits, or is traced.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct Record {
    /// When the call started; unset until it is needed.
    pub(super) start: Moment,
    /// When the attempt in flight was sent; unset for a first one that did not wait.
    pub(super) sent_at: Moment,
    /// The time of the attempts that have ended, in nanoseconds.
    pub(super) busy: u64,
    /// How many attempts have failed.
    pub(super) failed: u32,
    pub(super) ended: bool,
    /// Whether the next attempt is not due yet: its time is that of the timer.
    pub(super) is_delayed: bool,
    /// Whether the last failure is an `Ok` that was classified as one: no fallback takes it.
    pub(super) has_failed_with_ok: bool,
    /// Whether the call waits by a schedule of its own.
    pub(super) has_own_schedule: bool,
    pub(super) attempts: Attempts,
    /// The timeout of the last attempt, in case the next one is not made.
    pub(super) last_timeout: Option<Box<Rejection>>,
    /// Since when the next attempt has waited for the retry budget; unset if it does not.
    pub(super) deferred_since: Moment,
    pub(super) route: RouteState,
    pub(super) rare: Option<Box<Rare>>,
}

/// The part of a record that few calls have.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) span: Option<CallSpan>,
    /// The span of the attempt in flight, inside that of the call.
    attempt: Option<CallSpan>,
    /// The failures on which inner calls have used up their retries in this attempt.
    pub(super) used_up_inside: Vec<UsedUp>,
}

impl Rare {
    #[cold]
    #[inline(never)]
    pub(super) fn enter_span(&self) -> Entered<'_> {
        let span = self.attempt.as_ref().or(self.span.as_ref());
        span.map_or(Entered::NONE, Entered::enter)
    }

    #[cold]
    #[inline(never)]
    fn enter_call_span(&self) -> Entered<'_> {
        self.span.as_ref().map_or(Entered::NONE, Entered::enter)
    }
}

impl Record {
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn trace(&mut self, span: Option<CallSpan>) {
        if span.is_some() {
            self.rare().span = span;
        }
    }

    /// The next attempt is sent: it gets a span of its own, if somebody wants it.
    #[inline]
    pub(super) fn begin_attempt(&mut self) {
        if let Some(rare) = self.rare.as_deref_mut() {
            if let Some(span) = &rare.span {
                rare.attempt = event::attempt_span(span, self.failed);
            }
        }
    }

    /// The attempt has failed like this, which its span records.
    pub(super) fn note_failure(&self, failure: &Classification) {
        let rare = self.rare.as_deref();
        if let Some(span) = rare.and_then(|rare| rare.attempt.as_ref()) {
            span.record_failure(failure);
        }
    }

    /// The attempt has ended.
    #[inline]
    pub(super) fn end_attempt(&mut self) {
        if let Some(rare) = self.rare.as_deref_mut() {
            rare.attempt = None;
        }
    }

    /// Keeps the failures on which inner calls have used up their retries in the poll that has just
    /// ended.
    #[cold]
    #[inline(never)]
    pub(super) fn keep_used_up(&mut self, noted: usize) {
        let kept = &mut self.rare().used_up_inside;
        kept.append(&mut ambient::take_used_up(noted));
    }

    /// Whether an inner call has used up its retries in this attempt.
    #[inline(always)]
    pub(super) fn has_used_up_inside(&self) -> bool {
        let rare = self.rare.as_deref();
        rare.is_some_and(|rare| !rare.used_up_inside.is_empty())
    }

    /// Takes the failures on which inner calls have used up their retries in this attempt.
    #[cold]
    pub(super) fn take_used_up(&mut self) -> Vec<UsedUp> {
        std::mem::take(&mut self.rare().used_up_inside)
    }

    #[inline]
    pub(super) fn enter_span(&self) -> Entered<'_> {
        self.rare.as_deref().map_or(Entered::NONE, Rare::enter_span)
    }
}

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
