//! A failed attempt, in steps: the upstream takes note of it, the decision is made, and the retry
//! budget records the failure and answers for a retry that is due at once. Then all is emitted and
//! recorded (see `after_decision`).

use super::{defer::retry_terms, state::Progress};
use crate::{
    Budget, Class, Classification, FailedAttempt, History, Policy, Rejection,
    budget::{DueRetry, FailureReport},
    clock::Moment,
    event::{AttemptFailure, EventKind},
    failure::{DelaySource, GiveUp},
    halt,
    policy::{
        Schedule,
        decide::{Decision, decide_on_retryable, is_retryable},
    },
    route::SharedConstraints,
    scope,
};
use std::{borrow::Cow, task::Waker, time::Duration};

/// When the next attempt is due; unset if at once.
#[inline(always)]
pub(super) fn due(after: Duration, now: Moment) -> Moment {
    if after.is_zero() {
        Moment::UNSET
    } else {
        now.after(after)
    }
}

impl Progress<'_> {
    /// An attempt has failed, in a way that class and policy allow to be retried. The failure says
    /// whether an inner call has used up its retries on it. If another attempt follows, the details
    /// of the failure are moved out of it. Returns when that is due; unset if at once.
    ///
    /// # Errors
    /// The history of the call, if it ends with that.
    #[inline(always)]
    pub(super) fn failed(
        &mut self,
        failure: &mut Classification,
        policy: &Policy,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
    ) -> Result<Moment, History> {
        let now = self.now();
        let constraints = self.route.failed(&mut self.record.route, failure, now);
        self.next(failure, policy, schedule, waker, constraints, now)
    }

    /// As [`failed`](Self::failed), when the shared state has taken note.
    #[inline(always)]
    fn next(
        &mut self,
        failure: &mut Classification,
        policy: &Policy,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
        constraints: SharedConstraints,
        now: Moment,
    ) -> Result<Moment, History> {
        self.attempt_ended_if_recorded(now);
        let own_schedule = schedule.is_some();
        self.record.has_own_schedule = own_schedule;
        self.record.failed = self.record.failed.saturating_add(1);
        let cause = self.last().map(|attempt| attempt.class);
        let has_targets = constraints.has_targets;
        let decision = if has_targets {
            self.decide_at_target(failure, policy, schedule, now)
        } else {
            let situation = self.situation(failure, policy, own_schedule, constraints, now);
            decide_on_retryable(policy, failure, &situation, schedule)
        };
        let (after, source) = match decision {
            Decision::Retry { after, source } => (after, source),
            // The budget defers, not this decision.
            Decision::Defer { ask_again_after } => (ask_again_after, DelaySource::Schedule),
            Decision::GiveUp { reason } => {
                self.charge(failure.class, policy.budget, now);
                if matches!(reason, GiveUp::Refused { .. }) {
                    self.route.refused();
                }
                let mut history = self.give_up(failure, reason, policy, now);
                if has_targets {
                    self.ends_at_target(&mut history);
                }
                return Err(history);
            }
        };
        if halt::may_stop_retries() {
            if let Some(history) = self.halted_after(failure, policy, now) {
                return Err(history);
            }
        }
        if has_targets && source == DelaySource::OtherTarget {
            return Ok(self.moves_on(failure, after, policy, now));
        }
        // A retry that is due at once asks the budget at once, unless it waits for the breaker.
        let asks = after.is_zero() && constraints.circuit_open.is_none() && scope::has_waits();
        let shared = self.route.budget();
        let retry = DueRetry {
            terms: retry_terms(policy, failure.class, own_schedule),
            // The deadline is looked at when the retry is sent, and one that pays in advance is
            // refunded if it never is.
            is_sent_when_released: shared.is_last_step
                && self.deadline.is_unset()
                && failure.class != Class::Timeout,
            waker,
        };
        let failed = FailureReport {
            class: failure.class,
            cause,
            now,
            budget: policy.budget,
            retry: asks.then_some(retry),
        };
        self.record.route.budget.failed(shared.state, &failed);
        self.retry(failure, after, source, policy, now);
        if has_targets {
            self.note_target();
        }
        let is_sent = self.record.route.budget.is_sent();
        if is_sent {
            self.route.sent();
            self.record.sent_at = now;
        } else if self.record.route.budget.is_queued() && !self.route.is_shadow() {
            self.deferred_since(policy, now);
        }
        Ok(due(after, now))
    }

    /// An attempt has failed, in a way that is not retried.
    #[inline(never)]
    pub(super) fn failed_finally(&mut self, failure: &Classification, policy: &Policy) -> History {
        let now = if self.is_timed() {
            self.now()
        } else {
            Moment::UNSET
        };
        self.attempt_ended_if_recorded(now);
        let constraints = self.route.failed(&mut self.record.route, failure, now);
        self.record.failed = self.record.failed.saturating_add(1);
        let state = self.route.budget().state;
        let budget = &mut self.record.route.budget;
        if budget.is_used() || state.is_degraded() {
            let is_first = self.record.attempts.last().is_none();
            budget.failed_finally(state, is_first, now);
        }
        let mut history = self.give_up_inline(failure, GiveUp::NotRetryable, policy, now);
        if constraints.has_targets {
            self.ends_at_target(&mut history);
        }
        history
    }

    /// The attempt has reached its timeout, or the deadline of the call. At its timeout, the
    /// failure of a run decides what follows, if there is one; for the shared state, the attempt
    /// has timed out.
    ///
    /// # Errors
    /// The rejection with the history of the call, if it ends with that.
    #[cold]
    pub(super) fn timed_out(
        &mut self,
        run: Option<&mut Classification>,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
    ) -> Result<(Moment, Rejection), Rejection> {
        let now = self.now();
        let policy = self.policy;
        if self.deadline.is_unset() || now < self.deadline {
            if let Some(failure) = run {
                return self.timed_out_with(failure, schedule, waker, now);
            }
            let rejection = Rejection::timeout(policy.timeout().unwrap_or_default());
            let policy = policy.effective();
            let mut failure = rejection.classification();
            let next = if is_retryable(&policy, &failure) {
                self.failed(&mut failure, &policy, schedule, waker)
            } else {
                Err(self.failed_finally(&failure, &policy))
            };
            return match next {
                Ok(next) => Ok((next, rejection)),
                Err(history) => Err(rejection.with_history(history)),
            };
        }
        let rejection = Rejection::deadline(self.elapsed(self.deadline));
        let policy = policy.effective();
        // For the shared state the attempt has timed out: a server that hangs must not be asked
        // again and again.
        let timeout = Classification::new(Class::Timeout);
        self.attempt_ended(now);
        let constraints = self.route.failed(&mut self.record.route, &timeout, now);
        self.record.failed = self.record.failed.saturating_add(1);
        self.charge(timeout.class, policy.budget, now);
        let failure = rejection.classification();
        let mut history = self.give_up(&failure, GiveUp::Deadline, &policy, now);
        if constraints.has_targets {
            self.ends_at_target(&mut history);
        }
        Err(rejection.with_history(history))
    }

    /// The attempt has timed out after a retryable failure of a run.
    #[inline(never)]
    fn timed_out_with(
        &mut self,
        failure: &mut Classification,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
        now: Moment,
    ) -> Result<(Moment, Rejection), Rejection> {
        let number = self.record.failed.saturating_add(1);
        let attempt = FailedAttempt::new(number, failure, self.elapsed(now));
        let rejection = Rejection::failed(attempt);
        let policy = self.policy.effective();
        let timeout = Classification::new(Class::Timeout);
        let constraints = self.route.failed(&mut self.record.route, &timeout, now);
        match self.next(failure, &policy, schedule, waker, constraints, now) {
            Ok(next) => Ok((next, rejection)),
            Err(history) => Err(rejection.with_history(history)),
        }
    }

    /// The next attempt is not admitted. Returns the history of the call.
    #[cold]
    pub(super) fn refused(&mut self, rejection: &Rejection, halted: Option<GiveUp>) -> History {
        let last = self.last().map(|attempt| attempt.class);
        let failed_with = last.unwrap_or_else(|| rejection.class());
        self.fails_with(failed_with);
        let now = self.now();
        let elapsed = self.elapsed(now);
        let reason = match rejection.class() {
            _ if halted.is_some() => halted.unwrap_or(GiveUp::ShutDown),
            Class::Deadline => GiveUp::NoTimeLeft {
                wait: Duration::ZERO,
            },
            class => GiveUp::Refused {
                class,
                wait: rejection.wait(),
            },
        };
        let failed = AttemptFailure {
            failure: Cow::Owned(rejection.classification()),
            attempt: self.record.failed.saturating_add(1),
            attempts: self.policy.effective().attempts_for(failed_with),
            elapsed,
            took: Duration::ZERO,
        };
        let end = self.failed_end(failed_with, now);
        // Before a subscriber may panic: a call ends once.
        self.record.ended = true;
        self.emit(EventKind::GivingUp {
            failed,
            reason,
            end,
        });
        self.end(elapsed, reason)
    }

    /// Tells the retry budget of a failure after which the call ends.
    pub(super) fn charge(&mut self, class: Class, budget: Budget, now: Moment) {
        let failed = FailureReport {
            class,
            cause: self.last().map(|attempt| attempt.class),
            now,
            budget,
            retry: None,
        };
        let state = self.route.budget().state;
        self.record.route.budget.failed(state, &failed);
    }
}
