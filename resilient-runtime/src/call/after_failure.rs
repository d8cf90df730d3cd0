//! Stage call: takes how an attempt has ended, gives what follows: another one, when it is time, or the call's end.

use crate::{
    Class, Classification, FailedAttempt, History, Rejection, ambient,
    call::state::State,
    clock::Moment,
    event::{self, Failed},
    failure::GiveUp,
    policy::{
        Schedule,
        decide::{Decision, Situation, decide, is_retryable},
    },
    random,
    route::{self, RetryAccounting},
};
use std::time::Duration;

/// When there is to be another attempt.
#[derive(Clone, Copy)]
pub(crate) enum NextAttempt {
    AtOnce,
    At(Moment),
}

impl State<'_> {
    /// An attempt failed. `inside` is what an inner call failed with in spite of its own retries.
    ///
    /// # Errors
    /// The record of the call, if it ends with that.
    #[cold]
    pub(crate) fn failed(
        &mut self,
        failure: &Classification,
        inside: Option<Class>,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn RetryAccounting,
    ) -> Result<NextAttempt, History> {
        let now = self.now();
        let constraints = route.failed(route::Failed {
            failure,
            cause: self.last().map(|attempt| attempt.class),
            is_final: !is_retryable(self.policy, failure),
            now,
            budget: self.policy.budget,
        });
        self.admitted = false;
        self.failed = self.failed.saturating_add(1);
        let situation = Situation {
            retried_inside: inside == Some(failure.class),
            circuit_open: constraints.circuit_open,
            ..self.situation(now)
        };
        let decision = self.decide(failure, &situation, schedule);

        let elapsed = self.elapsed(now);
        let entered = self.enter_span();
        let failed = Failed {
            failure,
            attempt: self.failed,
            attempts: self.policy.attempts_for(failure.class),
            elapsed,
        };
        event::failed(&failed);
        match decision {
            Decision::Retry { after, source } => event::retrying(&failed, after, source),
            Decision::GiveUp { reason } => event::giving_up(&failed, reason),
        }
        drop(entered);

        let mut attempt = FailedAttempt::new(self.failed, failure, elapsed);
        match decision {
            Decision::Retry { after, source } => {
                attempt.delay = Some(after);
                attempt.source = Some(source);
                self.history().push(attempt);
                Ok(match after {
                    Duration::ZERO => NextAttempt::AtOnce,
                    after => NextAttempt::At(now.after(after)),
                })
            }
            Decision::GiveUp { reason } => {
                let retried = self.failed > 1 || reason == GiveUp::RetriedInside;
                ambient::ended((retried && reason.used_up()).then_some(failure.class));
                Err(self.end(attempt, Some(reason)))
            }
        }
    }

    /// Where the call stands, as far as it knows by itself.
    fn situation(&self, now: Moment) -> Situation {
        let attempt = self.failed;
        Situation {
            remaining: (!self.deadline.is_unset()).then(|| self.deadline.since(now)),
            previous_delay: self.last().and_then(|attempt| attempt.delay),
            random: match self.policy.seed {
                Some(seed) => random::seeded(seed, attempt),
                None => random::random(attempt),
            },
            ..Situation::after(attempt)
        }
    }

    /// What to do, by the call's own schedule or the policy's.
    fn decide(
        &self,
        failure: &Classification,
        situation: &Situation,
        schedule: Option<&mut dyn Schedule>,
    ) -> Decision {
        let mut backoff = self.policy.backoff;
        let schedule = schedule.unwrap_or(&mut backoff);
        decide(self.policy, failure, situation, schedule)
    }

    /// The time of an attempt is over. When there is to be another, beside the rejection; else the rejection alone.
    #[cold]
    pub(crate) fn timed_out(
        &mut self,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn RetryAccounting,
    ) -> Result<(NextAttempt, Rejection), Rejection> {
        let now = self.now();
        if self.deadline.is_unset() || now < self.deadline {
            let rejection = Rejection::timeout(self.policy.timeout.unwrap_or_default());
            return match self.failed(&rejection.classification(), None, schedule, route) {
                Ok(next) => Ok((next, rejection)),
                Err(history) => Err(rejection.with_history(history)),
            };
        }
        let rejection = Rejection::deadline(self.elapsed(self.deadline));
        let failure = rejection.classification();
        // For those it shares with, the attempt has timed out: whoever hangs is not to be asked again and again.
        route.failed(route::Failed {
            failure: &Classification::new(Class::Timeout),
            cause: self.last().map(|attempt| attempt.class),
            is_final: false,
            now,
            budget: self.policy.budget,
        });
        self.failed = self.failed.saturating_add(1);
        let elapsed = self.elapsed(now);
        let entered = self.enter_span();
        let attempts = self.policy.attempts_for(failure.class);
        event::cut(&Failed {
            failure: &failure,
            attempt: self.failed,
            attempts,
            elapsed,
        });
        drop(entered);
        ambient::ended(None);
        let attempt = FailedAttempt::new(self.failed, &failure, elapsed);
        Err(rejection.with_history(self.end(attempt, None)))
    }

    /// The next attempt is not let through. The record of the call.
    #[cold]
    pub(crate) fn refused(&mut self, rejection: &Rejection) -> History {
        let last = self.last().map(|attempt| attempt.class);
        self.failed_with = Some(last.unwrap_or_else(|| rejection.class()));
        let now = self.now();
        let elapsed = self.elapsed(now);
        let reason = GiveUp::Refused {
            class: rejection.class(),
            wait: rejection.wait(),
        };
        let entered = self.enter_span();
        event::giving_up(
            &Failed {
                failure: &rejection.classification(),
                attempt: self.failed.saturating_add(1),
                attempts: self.policy.attempts.max(1),
                elapsed,
            },
            reason,
        );
        drop(entered);
        ambient::ended(last.filter(|_| self.failed > 1));
        self.close(elapsed, Some(reason))
    }

    fn end(&mut self, last: FailedAttempt, reason: Option<GiveUp>) -> History {
        let elapsed = last.elapsed;
        self.failed_with = Some(last.class);
        self.history().push(last);
        self.close(elapsed, reason)
    }

    /// The call has ended.
    pub(super) fn close(&mut self, elapsed: Duration, reason: Option<GiveUp>) -> History {
        self.ended = true;
        let mut history = std::mem::take(self.history());
        history.elapsed = elapsed;
        history.gave_up = reason;
        history
    }
}
