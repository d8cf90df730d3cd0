//! Stage call: the state of one call, and the step from a failed attempt to what follows it.

use crate::{
    AttemptContext, Class, Classification, FailedAttempt, History, Policy, Rejection, ambient,
    clock::Moment,
    context::IdempotencyKey,
    decide::{Decision, GiveUp, Situation, decide, is_retryable},
    event::{self, CallSpan, Failed},
    policy::Schedule,
    random,
    upstream::{self, Settle, Until},
    wait::Timer,
};
use std::{
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// The part of a call that does not depend on types. It is kept small, since every future of a resilient
/// function holds one.
pub(crate) struct State<'p> {
    pub(crate) policy: &'p Policy,
    /// When the call started; read when it is first needed, since most calls never do.
    start: Moment,
    /// When the call has to be over.
    pub(crate) deadline: Moment,
    /// How many attempts have failed.
    pub(crate) failed: u32,
    /// Whether the attempt that is being made was let through and has been sent.
    pub(crate) admitted: bool,
    ended: bool,
    /// What the call has failed with, once it has.
    pub(crate) failed_with: Option<Class>,
    /// What only failed and traced calls need. Dropped by hand: the compiler's own drop is a call even where
    /// there is nothing.
    record: ManuallyDrop<Option<Box<Record>>>,
}

#[derive(Default)]
struct Record {
    history: History,
    span: Option<CallSpan>,
}

impl Record {
    #[cold]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "made out of line, or every call site makes it"
    )]
    fn in_span(span: CallSpan) -> Box<Self> {
        Box::new(Self {
            span: Some(span),
            ..Self::default()
        })
    }
}

/// When a call that has to be over at some time starts, and when it has to be over.
#[inline(never)]
fn bounds(policy: &Policy, outer: Moment) -> (Moment, Moment) {
    let now = Moment::now();
    let own = policy
        .deadline
        .map_or(Moment::NEVER, |deadline| now.after(deadline));
    (now, own.earlier(outer))
}

/// When there is to be another attempt.
#[derive(Clone, Copy)]
pub(crate) enum NextAttempt {
    AtOnce,
    At(Moment),
}

impl<'p> State<'p> {
    #[inline]
    pub(crate) fn new(policy: &'p Policy, span: Option<CallSpan>) -> Self {
        let outer = ambient::deadline();
        let (start, deadline) = if policy.deadline.is_some() || !outer.is_never() {
            bounds(policy, outer)
        } else {
            (Moment::NEVER, Moment::NEVER)
        };
        let record = ManuallyDrop::new(span.map(Record::in_span));
        Self {
            policy,
            start,
            deadline,
            failed: 0,
            admitted: false,
            ended: false,
            failed_with: None,
            record,
        }
    }

    pub(crate) fn context(&self, key: IdempotencyKey) -> AttemptContext {
        AttemptContext {
            number: self.failed.saturating_add(1),
            attempts: self.policy.attempts.max(1),
            previous: self.last().map(|attempt| attempt.class),
            deadline: self.deadline,
            key,
        }
    }

    /// The attempt that failed last.
    fn last(&self) -> Option<&FailedAttempt> {
        self.record.as_ref()?.history.attempts.last()
    }

    /// To be held while a body is polled or dropped: its inner calls see this one, and its events are in
    /// this one's span.
    #[inline]
    pub(crate) fn enter(&self) -> (ambient::Scope, impl Sized + use<'_>) {
        (ambient::Scope::enter(self.deadline), self.enter_span())
    }

    #[inline]
    fn enter_span(&self) -> impl Sized + use<'_> {
        self.record
            .as_ref()
            .and_then(|record| record.span.as_ref())
            .map(CallSpan::enter)
    }

    /// Ready when the attempt, which has something to wait for, has taken too long. Its time is set when it
    /// first has to wait.
    #[inline(never)]
    pub(crate) fn poll_bound(
        &mut self,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if !timer.is_set() {
            let at = self.attempt_ends();
            if at.is_never() {
                return Poll::Pending;
            }
            timer.as_mut().set(at);
        }
        timer.poll(cx)
    }

    /// When the attempt that has just had to wait for something is to be cut, if ever.
    fn attempt_ends(&mut self) -> Moment {
        if self.policy.timeout.is_none() && self.deadline.is_never() {
            return Moment::NEVER;
        }
        let now = self.now();
        let timeout = self
            .policy
            .timeout
            .map_or(Moment::NEVER, |timeout| now.after(timeout));
        timeout.earlier(self.deadline)
    }

    /// The time, at the latest from which on the call has been running.
    fn now(&mut self) -> Moment {
        let now = Moment::now();
        if self.start.is_never() {
            self.start = now;
        }
        now
    }

    /// The first attempt, or the next one, has to wait to be let through.
    #[cold]
    pub(crate) fn queued(&mut self) {
        if self.start.is_never() {
            self.now();
        }
    }

    #[inline]
    pub(crate) fn succeeded(&mut self) {
        self.ended = true;
        ambient::ended(None);
        if self.failed > 0 || event::wants_success() {
            self.tell_success();
        }
    }

    #[cold]
    fn tell_success(&self) {
        let _entered = self.enter_span();
        let elapsed = self.elapsed(Moment::now());
        match self.failed {
            0 => event::succeeded(elapsed),
            failed => event::recovered(failed.saturating_add(1), elapsed),
        }
    }

    #[cold]
    fn tell_cancelled(&self) {
        let _entered = self.enter_span();
        event::cancelled(self.failed.saturating_add(1), self.elapsed(Moment::now()));
    }

    fn elapsed(&self, now: Moment) -> Duration {
        if self.start.is_never() {
            Duration::ZERO
        } else {
            now.since(self.start)
        }
    }

    #[cold]
    pub(crate) fn falls_back(&self) {
        if let Some(class) = self.failed_with {
            let _entered = self.enter_span();
            event::falling_back(class, self.failed);
        }
    }

    /// An attempt failed. `inside` is what an inner call failed with in spite of its own retries. The record
    /// of the call, if it ends with that.
    #[cold]
    pub(crate) fn failed(
        &mut self,
        failure: &Classification,
        inside: Option<Class>,
        schedule: Option<&mut dyn Schedule>,
        route: &mut dyn Settle,
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
            attempt: self.failed,
            remaining: (!self.deadline.is_never()).then(|| self.deadline.since(now)),
            previous_delay: self.last().and_then(|attempt| attempt.delay),
            retried_inside: inside == Some(failure.class),
            random: match self.policy.seed {
                Some(seed) => random::seeded(seed, self.failed),
                None => random::random(self.failed),
            },
            budget_spent: standing.budget_spent,
            circuit_open: standing.circuit_open,
        };
        let mut backoff = self.policy.backoff;
        let schedule = schedule.unwrap_or(&mut backoff);
        let decision = decide(self.policy, failure, &situation, schedule);

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
            return match self.failed(&rejection.classification(), None, schedule, route) {
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
        self.ended = true;
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
        let mut history = std::mem::take(self.history());
        history.elapsed = elapsed;
        history.gave_up = Some(reason);
        history
    }

    fn history(&mut self) -> &mut History {
        &mut self.record.get_or_insert_default().history
    }

    fn end(&mut self, last: FailedAttempt, reason: Option<GiveUp>) -> History {
        self.ended = true;
        self.failed_with = Some(last.class);
        let elapsed = last.elapsed;
        let mut history = std::mem::take(self.history());
        history.push(last);
        history.elapsed = elapsed;
        history.gave_up = reason;
        history
    }
}

impl Drop for State<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.ended && event::wants_success() {
            self.tell_cancelled();
        }
        // Out of line, since most calls have none.
        if let Some(record) = self.record.take() {
            close(record);
        }
    }
}

#[cold]
#[inline(never)]
fn close(record: Box<Record>) {
    drop(record);
}
