//! Stage call: takes how an attempt has ended, gives what follows: another one, when it is time, or the call's end.

use super::State;
use crate::{
    Class, Classification, FailedAttempt, History, Rejection, ambient,
    clock::Moment,
    decide::{Decision, GiveUp, Situation, decide, is_retryable},
    event::{self, Failed},
    policy::Schedule,
    random,
    upstream::{self, Settle, Until},
};
use std::time::Duration;

/// The least that an attempt is put off. The budget fills no sooner, and a schedule of no waits would ask for it without
/// end.
const SHORTEST_DELAY: Duration = Duration::from_millis(100);

/// When there is to be another attempt.
#[derive(Clone, Copy)]
pub(crate) enum NextAttempt {
    AtOnce,
    At(Moment),
}

impl State<'_> {
    /// An attempt failed. `inside` is what an inner call failed with in spite of its own retries; `keeps` says
    /// whether the result is kept over the wait, so that the next attempt can be put off and given up after all.
    ///
    /// # Errors
    /// The record of the call, if it ends with that.
    #[cold]
    pub(crate) fn failed(
        &mut self,
        failure: &Classification,
        inside: Option<Class>,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn Settle,
        keeps: bool,
    ) -> Result<NextAttempt, History> {
        let now = self.now();
        let standing = route.failed(upstream::Failed {
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
            budget_spent: standing.budget_spent && !(keeps && failure.class.can_be_put_off()),
            circuit_open: standing.circuit_open,
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
                route.retrying(failure.class, self.policy.budget, Until(now));
                Ok(match after {
                    Duration::ZERO => NextAttempt::AtOnce,
                    after => NextAttempt::At(now.after(after)),
                })
            }
            Decision::GiveUp { reason } => {
                if reason == GiveUp::BudgetSpent {
                    route.suppressed();
                }
                let retried = self.failed > 1 || reason == GiveUp::RetriedInside;
                ambient::ended((retried && reason.used_up()).then_some(failure.class));
                Err(self.end(attempt, Some(reason)))
            }
        }
    }

    /// Where the call stands, as far as it knows by itself.
    fn situation(&self, now: Moment) -> Situation {
        let put_off = self.record.as_ref().map_or(0, |record| record.put_off);
        let attempt = self.failed.saturating_add(put_off);
        Situation {
            remaining: (!self.deadline.is_never()).then(|| self.deadline.since(now)),
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

    /// Whether the attempt that it is time for has to be put off: the last one was told to come back later, and
    /// the budget cannot pay for that yet.
    #[cold]
    pub(crate) fn must_put_off(&self, route: &dyn Settle) -> bool {
        self.last().is_some_and(|last| {
            last.class.can_be_put_off()
                && !route.affords(last.class, self.policy.budget, Until(Moment::now()))
        })
    }

    /// The attempt that it is time for is put off: it counts as made and failed. When it is time for the next.
    ///
    /// # Errors
    /// The record of the call, if there is to be none.
    #[cold]
    pub(crate) fn put_off(
        &mut self,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn Settle,
    ) -> Result<Moment, History> {
        let now = self.now();
        let elapsed = self.elapsed(now);
        let record = self.record.get_or_insert_default();
        record.put_off = record.put_off.saturating_add(1);
        let last = record.history.attempts.last();
        let failure = Classification {
            status: last.and_then(|last| last.status),
            message: last.and_then(|last| last.message.clone()),
            ..Classification::new(last.map_or(Class::Unknown, |last| last.class))
        };
        let decision = self.decide(&failure, &self.situation(now), schedule);
        let failed = Failed {
            failure: &failure,
            attempt: self.failed,
            attempts: self.policy.attempts_for(failure.class),
            elapsed,
        };
        let entered = self.enter_span();
        let after = match decision {
            Decision::Retry { after, .. } => Some(after.max(SHORTEST_DELAY)),
            Decision::GiveUp { .. } => None,
        };
        let is_in_time = |at: &Moment| self.deadline.is_never() || *at < self.deadline;
        if let Some(after) = after.filter(|after| is_in_time(&now.after(*after))) {
            event::putting_off(&failed, after);
            drop(entered);
            route.put_off();
            if let Some(last) = self.history().attempts.last_mut() {
                last.delay = Some(last.delay.unwrap_or_default().saturating_add(after));
            }
            return Ok(now.after(after));
        }
        // Whatever ends it: with a balance, the attempt would be made now.
        let reason = GiveUp::BudgetSpent;
        event::giving_up(&failed, reason);
        drop(entered);
        route.suppressed();
        ambient::ended((self.failed > 1).then_some(failure.class));
        self.failed_with = Some(failure.class);
        Err(self.close(elapsed, Some(reason)))
    }

    /// The time of an attempt is over. When there is to be another, beside the rejection; else the rejection alone.
    #[cold]
    pub(crate) fn timed_out(
        &mut self,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn Settle,
    ) -> Result<(NextAttempt, Rejection), Rejection> {
        let now = self.now();
        if self.deadline.is_never() || now < self.deadline {
            let rejection = Rejection::timeout(self.policy.timeout.unwrap_or_default());
            return match self.failed(&rejection.classification(), None, schedule, route, false) {
                Ok(next) => Ok((next, rejection)),
                Err(history) => Err(rejection.with_history(history)),
            };
        }
        let rejection = Rejection::deadline(self.elapsed(self.deadline));
        let failure = rejection.classification();
        // For those it shares with, the attempt has timed out: whoever hangs is not to be asked again and again.
        route.failed(upstream::Failed {
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
    fn close(&mut self, elapsed: Duration, reason: Option<GiveUp>) -> History {
        self.ended = true;
        let mut history = std::mem::take(self.history());
        history.elapsed = elapsed;
        history.gave_up = reason;
        history
    }
}
