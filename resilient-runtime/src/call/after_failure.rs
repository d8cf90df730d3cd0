//! A failed attempt, in steps: the shared state takes note of it, the decision is made, emitted and
//! recorded.

use super::state::Progress;
use crate::{
    Class, Classification, FailedAttempt, History, Policy, Rejection,
    clock::Moment,
    event::{self, AttemptFailure, EventKind},
    failure::{DelaySource, GiveUp},
    policy::{
        Schedule,
        decide::{Decision, Situation, decide_on_retryable, is_retryable},
    },
    random,
    route::{self, Route, SharedConstraints},
};
use std::time::Duration;

/// The next attempt.
#[derive(Clone, Copy)]
pub(crate) struct NextAttempt {
    /// When it is due; `None` if at once.
    pub(crate) at: Option<Moment>,
    /// Whether the retry budget may defer it.
    may_be_deferred: bool,
}

impl NextAttempt {
    /// Says whether it can be refused: then the last outcome is the result.
    pub(crate) const fn may_not_be_made<U: Route>(&self) -> bool {
        U::REFUSES || self.may_be_deferred
    }

    fn new(delay: Duration, policy: &Policy, now: Moment) -> Self {
        Self {
            at: (!delay.is_zero()).then(|| now.after(delay)),
            may_be_deferred: policy.budget.is_limited(),
        }
    }
}

impl Progress<'_> {
    /// An attempt has failed. `is_retryable`: by class and policy. `retried_inside`: whether an
    /// inner call has used up its retries on this failure.
    ///
    /// # Errors
    /// The history of the call, if it ends with that.
    #[cold]
    pub(super) fn failed(
        &mut self,
        failure: &Classification,
        is_retryable: bool,
        policy: &Policy,
        retried_inside: bool,
        schedule: Option<&mut dyn Schedule>,
    ) -> Result<NextAttempt, History> {
        let now = if is_retryable || self.is_timed() {
            self.now()
        } else {
            Moment::UNSET
        };
        let shared = self.count_failure(failure, !is_retryable, policy, now);
        if !is_retryable {
            return Err(self.give_up(failure, GiveUp::NotRetryable, policy, now));
        }
        let situation = Situation {
            retried_inside,
            ..self.situation(policy, shared, now)
        };
        let mut backoff = policy.backoff;
        let schedule = schedule.unwrap_or(&mut backoff);
        match decide_on_retryable(policy, failure, &situation, schedule) {
            Decision::Retry { after, source } => {
                Ok(self.retry(failure, after, source, policy, now))
            }
            // Not before the retry is due: see `defer`.
            Decision::Defer {
                ask_again_after: after,
            } => Ok(self.retry(failure, after, DelaySource::Schedule, policy, now)),
            Decision::GiveUp { reason } => Err(self.give_up(failure, reason, policy, now)),
        }
    }

    /// The attempt has reached its timeout, or the deadline of the call.
    ///
    /// # Errors
    /// The rejection with the history of the call, if it ends with that.
    #[cold]
    pub(super) fn timed_out(
        &mut self,
        schedule: Option<&mut dyn Schedule>,
    ) -> Result<(NextAttempt, Rejection), Rejection> {
        let now = self.now();
        let policy = self.policy;
        if self.deadline.is_unset() || now < self.deadline {
            let rejection = Rejection::timeout(policy.timeout().unwrap_or_default());
            let policy = policy.effective();
            let failure = rejection.classification();
            let is_retryable = is_retryable(&policy, &failure);
            return match self.failed(&failure, is_retryable, &policy, false, schedule) {
                Ok(next) => Ok((next, rejection)),
                Err(history) => Err(rejection.with_history(history)),
            };
        }
        let rejection = Rejection::deadline(self.elapsed(self.deadline));
        let policy = policy.effective();
        // For the shared state the attempt has timed out: a server that hangs must not be asked
        // again and again.
        let timeout = Classification::new(Class::Timeout);
        self.count_failure(&timeout, false, &policy, now);
        let failure = rejection.classification();
        let history = self.give_up(&failure, GiveUp::Deadline, &policy, now);
        Err(rejection.with_history(history))
    }

    /// The next attempt is not admitted. Returns the history of the call.
    #[cold]
    pub(super) fn refused(&mut self, rejection: &Rejection) -> History {
        let last = self.last().map(|attempt| attempt.class);
        self.route
            .set_failed_with(last.unwrap_or_else(|| rejection.class()));
        let now = self.now();
        let elapsed = self.elapsed(now);
        let reason = match rejection.class() {
            Class::Deadline => GiveUp::NoTimeLeft {
                wait: Duration::ZERO,
            },
            class => GiveUp::Refused {
                class,
                wait: rejection.wait(),
            },
        };
        let failed = AttemptFailure {
            failure: &rejection.classification(),
            attempt: self.record.failed.saturating_add(1),
            attempts: self.policy.effective().attempts.max(1),
            elapsed,
        };
        self.emit(EventKind::GivingUp { failed, reason });
        self.end(elapsed, reason)
    }

    /// Counts the failure, in the call and in the state that it shares with others.
    fn count_failure(
        &mut self,
        failure: &Classification,
        is_final: bool,
        policy: &Policy,
        now: Moment,
    ) -> SharedConstraints {
        let failed = route::FailureReport {
            failure,
            cause: self.last().map(|attempt| attempt.class),
            is_final,
            now,
            budget: policy.budget,
        };
        let shared = self.route.failed(&mut self.record.route, failed);
        self.record.failed = self.record.failed.saturating_add(1);
        shared
    }

    /// The facts of the call that a decision rests on.
    fn situation(&self, policy: &Policy, shared: SharedConstraints, now: Moment) -> Situation {
        let attempt = self.record.failed;
        Situation {
            remaining: (!self.deadline.is_unset()).then(|| self.deadline.since(now)),
            previous_delay: self.last().and_then(|attempt| attempt.delay),
            random: match policy.seed {
                Some(seed) => random::seeded(seed, attempt),
                None => random::random(),
            },
            circuit_open: shared.circuit_open,
            ..Situation::after(attempt)
        }
    }

    /// Another attempt follows: emits and records that.
    fn retry(
        &mut self,
        failure: &Classification,
        delay: Duration,
        source: DelaySource,
        policy: &Policy,
        now: Moment,
    ) -> NextAttempt {
        let elapsed = self.elapsed(now);
        self.emit_failure(failure, elapsed, policy, |failed| EventKind::Retrying {
            failed,
            delay,
            source,
        });
        self.record.attempts.push(FailedAttempt {
            delay: Some(delay),
            source: Some(source),
            ..FailedAttempt::new(self.record.failed, failure, elapsed)
        });
        NextAttempt::new(delay, policy, now)
    }

    /// The call ends with this failure: emits and records that. Returns its history.
    fn give_up(
        &mut self,
        failure: &Classification,
        reason: GiveUp,
        policy: &Policy,
        now: Moment,
    ) -> History {
        let elapsed = self.elapsed(now);
        self.emit_failure(failure, elapsed, policy, |failed| EventKind::GivingUp {
            failed,
            reason,
        });
        let number = self.record.failed;
        self.route.set_failed_with(failure.class);
        self.record.ended = true;
        History {
            attempts: std::mem::take(&mut self.record.attempts)
                .with_last(FailedAttempt::new(number, failure, elapsed)),
            elapsed,
            gave_up: Some(reason),
        }
    }

    /// Emits the failure, and the decision about it.
    fn emit_failure(
        &self,
        failure: &Classification,
        elapsed: Duration,
        policy: &Policy,
        decision: impl for<'a> FnOnce(AttemptFailure<'a>) -> EventKind<'a>,
    ) {
        if !event::is_recording() {
            return;
        }
        let failed = AttemptFailure {
            failure,
            attempt: self.record.failed,
            attempts: policy.attempts_for(failure.class),
            elapsed,
        };
        self.emit(EventKind::AttemptFailed(failed));
        self.emit(decision(failed));
    }

    /// Ends the call. Returns its history.
    pub(super) fn end(&mut self, elapsed: Duration, reason: GiveUp) -> History {
        self.record.ended = true;
        History {
            attempts: std::mem::take(&mut self.record.attempts).into_vec(),
            elapsed,
            gave_up: Some(reason),
        }
    }
}
