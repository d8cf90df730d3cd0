//! A retry that is due asks the retry budget; one that is due at once has asked with its failure
//! (see `after_failure`). While the budget cannot pay, it waits, without permit and connection.

use super::{
    patience::{MOST_STEPS, longest, took},
    state::Progress,
};
use crate::{
    Class, History, Policy, ambient,
    budget::{DueRetry, Outlook, RetryAnswer, RetryTerms},
    clock::Moment,
    event::{self, AttemptFailure, EventKind},
    failure::{DelaySource, GiveUp, ReleasedBy, RetriedAttempt},
    item,
    policy::decide::{Decision, Deferral, decide_deferred},
    scope,
    timer::Timer,
};
use std::{
    borrow::Cow,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

/// A call waits for at least this long, however short its schedule is: until the traffic that
/// failed with it is no longer in the budget's windows of three seconds, and has made room for the
/// retries.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(4);
/// While the server is well, and lets them go one after another, for at least this long.
const PATIENCE_WHILE_WELL: Duration = Duration::from_secs(15);
/// An attempt without a timeout counts for at most this long.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(5 * 60);

impl Progress<'_> {
    /// Ready when the retry budget lets the next attempt go. A call that waits holds its last
    /// failure, and neither a permit nor a connection.
    ///
    /// # Errors
    /// The history of the call, if its patience or its time is over first.
    #[cold]
    pub(super) fn poll_retry(
        &mut self,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Moment, History>> {
        let mut now = self.now();
        let Some((class, source)) = self.last().map(|last| (last.class, last.source())) else {
            return Poll::Ready(Ok(now));
        };
        if source == DelaySource::OtherTarget {
            // The account of the next target has nothing to do with this failure.
            return Poll::Ready(Ok(now));
        }
        self.route.prepare_retry(&mut self.record.route, now);
        let policy = self.policy.effective();
        if !policy.budget.is_limited() || !scope::has_waits() {
            return Poll::Ready(Ok(now));
        }
        let own_schedule = self.record.has_own_schedule;
        let terms = retry_terms(&policy, class, own_schedule);
        loop {
            let shared = self.route.budget();
            let budget = &mut self.record.route.budget;
            if self.route.circuit_open(now).is_some() {
                // Admission refuses it and says so, or it waits there for the breaker.
                budget.leave_queue(shared.state, now);
                self.deferral_ends(now);
                timer.as_mut().unset();
                return Poll::Ready(Ok(now));
            }
            let retry = DueRetry {
                terms,
                // The deadline is looked at once more before it is sent.
                is_sent_when_released: shared.is_last_step && self.deadline.is_unset(),
                waker: cx.waker(),
            };
            let outlook = match budget.ask(shared.state, retry, now) {
                RetryAnswer::Go(by) => {
                    timer.as_mut().unset();
                    self.released(by, &policy, now);
                    return Poll::Ready(Ok(now));
                }
                RetryAnswer::Wait(_) if self.route.is_shadow() => {
                    budget.leave_queue(shared.state, now);
                    self.route.not_enforced();
                    return Poll::Ready(Ok(now));
                }
                RetryAnswer::Wait(_) if self.moves_instead_of_waiting(now) => {
                    timer.as_mut().unset();
                    return Poll::Ready(Ok(now));
                }
                RetryAnswer::Wait(outlook) => outlook,
            };
            let since = self.deferred_since(&policy, now);
            let deferral = Deferral {
                now,
                since,
                asks_again: outlook.at,
                patience_ends: self.patience_ends(&policy, &outlook, terms, own_schedule, since),
                // A wait in an attempt of another call ends with that attempt, or its failure would
                // be lost.
                deadline: self.deadline.earlier(ambient::attempt_end()),
            };
            let wait = match decide_deferred(&deferral) {
                Decision::Defer { ask_again_after } => ask_again_after,
                Decision::Retry { after, .. } => after,
                Decision::GiveUp { reason } => {
                    return Poll::Ready(Err(self.gave_up_waiting(reason, &policy, now)));
                }
            };
            timer.as_mut().set(now.after(wait));
            ready!(item::waits_for_budget(timer.as_mut().poll(cx)));
            now = Moment::now();
        }
    }

    /// When the wait for the budget began. At its beginning it is reported.
    #[cold]
    pub(super) fn deferred_since(&mut self, policy: &Policy, now: Moment) -> Moment {
        let since = self.record.deferred_since;
        if !since.is_unset() {
            return since;
        }
        self.record.deferred_since = now;
        self.route.deferred();
        #[expect(
            clippy::redundant_closure,
            reason = "the constructor is of one lifetime"
        )]
        self.emit_last(policy, now, |failed| EventKind::Deferring(failed));
        now
    }

    fn released(&mut self, by: ReleasedBy, policy: &Policy, now: Moment) {
        let Some(waited) = self.deferral_ends(now) else {
            return;
        };
        if let Some(last) = self.record.attempts.last_mut() {
            last.released_by = Some(by);
        }
        self.emit_last(policy, now, |failed| EventKind::Released {
            failed,
            waited,
            by,
        });
    }

    /// The retry waits no longer for the budget, if it did: records how long it has waited.
    pub(super) fn deferral_ends(&mut self, now: Moment) -> Option<Duration> {
        let since = std::mem::take(&mut self.record.deferred_since);
        if since.is_unset() {
            return None;
        }
        let waited = now.since(since);
        if let Some(last) = self.record.attempts.last_mut() {
            last.set_deferred(waited);
        }
        Some(waited)
    }

    fn gave_up_waiting(&mut self, reason: GiveUp, policy: &Policy, now: Moment) -> History {
        self.route.suppressed();
        self.gave_up_with_last(reason, policy, now)
    }

    /// The call ends with its last failure, while it waits for its next attempt.
    #[cold]
    pub(super) fn gave_up_with_last(
        &mut self,
        reason: GiveUp,
        policy: &Policy,
        now: Moment,
    ) -> History {
        self.deferral_ends(now);
        let elapsed = self.elapsed(now);
        if let Some(last) = self.record.attempts.last_mut() {
            last.cut_delay(elapsed);
        }
        let class = self.last().map(|last| last.class);
        if let Some(class) = class {
            self.fails_with(class);
        }
        let end = self.failed_end(class.unwrap_or(Class::Unknown), now);
        self.record.ended = true;
        self.emit_last(policy, now, |failed| EventKind::GivingUp {
            failed,
            reason,
            end,
        });
        self.end(elapsed, reason)
    }

    /// Emits an event about the last failure.
    fn emit_last(
        &self,
        policy: &Policy,
        now: Moment,
        kind: impl for<'a> FnOnce(AttemptFailure<'a>) -> EventKind<'a>,
    ) {
        let Some(last) = self.last().filter(|_| event::is_recording()) else {
            return;
        };
        let failure = last.classification();
        let failed = AttemptFailure {
            failure: Cow::Borrowed(&failure),
            attempt: self.record.failed,
            attempts: policy.attempts_for(failure.class),
            elapsed: self.elapsed(now),
            took: took(&self.record.attempts),
        };
        self.emit(kind(failed));
    }

    /// When the call gives up waiting: when its attempts would have been over at the longest.
    fn patience_ends(
        &self,
        policy: &Policy,
        outlook: &Outlook,
        terms: RetryTerms,
        own_schedule: bool,
        since: Moment,
    ) -> Moment {
        let attempts = &self.record.attempts;
        let (Some(first), Some(last)) = (attempts.first(), attempts.last()) else {
            return since;
        };
        let slow = Self::longest_attempt(policy, outlook.slowest.max(took(attempts)));
        let own = own_schedule.then(|| last.delay());
        let all = policy.attempts_for(last.class);
        let failed_at = |attempt: &RetriedAttempt| self.record.start.after(attempt.elapsed());
        let shortest = if outlook.is_well {
            PATIENCE_WHILE_WELL
        } else {
            SHORTEST_PATIENCE
        };
        let patience = longest(policy, 1, all, terms, own, slow);
        let end = failed_at(first).after(patience.max(shortest));
        if self.record.failed > MOST_STEPS {
            // It has had as many as its patience is counted by.
            return end;
        }
        // After a late failure, or a wait that the server named, there is time for one more
        // attempt.
        let due = failed_at(last).after(last.delay());
        // A wait for the circuit breaker does not count.
        let due = due.max(since);
        let next = longest(
            policy,
            self.record.failed,
            self.record.failed.saturating_add(1),
            terms,
            own,
            slow,
        );
        end.max(due.after(next))
    }

    /// The longest that an attempt of this call can take, where others have taken so long. One of
    /// another call that hangs for good would otherwise delay all others for as long.
    fn longest_attempt(policy: &Policy, others: Duration) -> Duration {
        others.min(policy.timeout.unwrap_or(LONGEST_ATTEMPT))
    }
}

/// The terms of a retry after a failure of `class`.
pub(super) fn retry_terms(policy: &Policy, class: Class, own_schedule: bool) -> RetryTerms {
    let initial = (!own_schedule).then_some(policy.backoff.initial);
    RetryTerms::new(policy.budget, class, initial)
}
