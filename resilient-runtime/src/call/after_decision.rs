//! The decision about a failed attempt is emitted and recorded: another one follows, or the call
//! ends.

use super::state::Progress;
use crate::{
    Classification, FailedAttempt, History, Policy,
    clock::Moment,
    event::{self, AttemptFailure, EventKind},
    failure::{DelaySource, GiveUp, RetriedAttempt},
};
use std::{borrow::Cow, time::Duration};

impl Progress<'_> {
    /// Another attempt follows: emits and records that.
    #[inline(always)]
    pub(super) fn retry(
        &mut self,
        failure: &mut Classification,
        delay: Duration,
        source: DelaySource,
        policy: &Policy,
        now: Moment,
    ) {
        let elapsed = self.elapsed_nanos(now);
        self.emit_failure(failure, elapsed, policy, |_, failed| EventKind::Retrying {
            failed,
            delay,
            source,
        });
        let attempt = RetriedAttempt::new(failure, elapsed, delay, source);
        self.record.attempts.push(attempt);
    }

    /// The call ends with this failure: emits and records that. Returns its history.
    #[cold]
    #[inline(never)]
    pub(super) fn give_up(
        &mut self,
        failure: &Classification,
        reason: GiveUp,
        policy: &Policy,
        now: Moment,
    ) -> History {
        self.give_up_inline(failure, reason, policy, now)
    }

    /// As [`give_up`](Self::give_up), inline for a failure that is not retried.
    #[inline(always)]
    pub(super) fn give_up_inline(
        &mut self,
        failure: &Classification,
        reason: GiveUp,
        policy: &Policy,
        now: Moment,
    ) -> History {
        let elapsed = self.elapsed_nanos(now);
        let end = |this: &Self| this.failed_end(failure.class, now);
        self.emit_failure(failure, elapsed, policy, |this, failed| {
            EventKind::GivingUp {
                failed,
                reason,
                end: end(this),
            }
        });
        let elapsed = Duration::from_nanos(elapsed);
        let number = self.record.failed;
        self.fails_with(failure.class);
        self.record.ended = true;
        History {
            attempts: {
                let last = FailedAttempt::new(number, failure, elapsed);
                self.record.attempts.take_with_last(last)
            },
            elapsed,
            gave_up: Some(reason),
        }
    }

    /// Emits the failure, and the decision about it.
    #[inline(always)]
    fn emit_failure(
        &mut self,
        failure: &Classification,
        elapsed: u64,
        policy: &Policy,
        decision: impl for<'a> FnOnce(&Self, AttemptFailure<'a>) -> EventKind<'a>,
    ) {
        if event::is_recording() {
            self.emit_recorded_failure(failure, elapsed, policy, decision);
        }
    }

    #[cold]
    #[inline(never)]
    fn emit_recorded_failure(
        &mut self,
        failure: &Classification,
        elapsed: u64,
        policy: &Policy,
        decision: impl for<'a> FnOnce(&Self, AttemptFailure<'a>) -> EventKind<'a>,
    ) {
        let failed = AttemptFailure {
            failure: Cow::Borrowed(failure),
            attempt: self.record.failed,
            attempts: policy.attempts_for(failure.class),
            elapsed: Duration::from_nanos(elapsed),
            took: Duration::from_nanos(self.took(elapsed)),
        };
        self.record.note_failure(failure);
        self.emit(EventKind::AttemptFailed(failed.clone()));
        let decision = decision(self, failed);
        // Before a subscriber may panic: a call ends once.
        self.record.ended = matches!(decision, EventKind::GivingUp { .. });
        self.emit(decision);
    }

    /// Ends the call. Returns its history.
    pub(super) fn end(&mut self, elapsed: Duration, reason: GiveUp) -> History {
        self.record.ended = true;
        History {
            attempts: std::mem::take(&mut self.record.attempts).into_history(self.record.failed),
            elapsed,
            gave_up: Some(reason),
        }
    }
}
