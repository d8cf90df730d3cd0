//! The part of the retry budget that belongs to one call.

use crate::{
    Class,
    budget::{
        FailureReport, RetryAnswer, RetryTerms, in_flight::Sent, recovery::Ticket,
        settings::Budget, state::BudgetState,
    },
    clock::Moment,
    failure::ReleasedBy,
};
use std::task::Context;

/// A call's part of the retry budget. It is empty for a call of a healthy upstream that has not
/// failed.
///
/// A retry is paid after it fails, at the price of the class that caused it: retries in flight
/// reserve nothing, so that slow responses do not starve the balance. Two exceptions: a retry after
/// a timeout pays in advance, because a server that hangs reports failures too late, and a deferred
/// retry pays finally when it is released.
#[derive(Debug, Default)]
pub(crate) struct CallBudget {
    place: Place,
    /// How the next attempt, or the one in flight, was released.
    grant: Option<Grant>,
    /// Whether the call has failed transiently: then it counts as unfinished.
    has_failed: bool,
}

/// Where the current attempt is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In flight, and sent while the upstream was degraded.
    Sent(Sent),
    /// In the queue, if it is deferred.
    Unsent(Option<Ticket>),
}

impl Default for Place {
    fn default() -> Self {
        Self::Unsent(None)
    }
}

impl Place {
    const fn sent(self) -> Option<Sent> {
        match self {
            Self::Sent(sent) => Some(sent),
            Self::Unsent(_) => None,
        }
    }

    const fn ticket(self) -> Option<Ticket> {
        match self {
            Self::Sent(_) => None,
            Self::Unsent(ticket) => ticket,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    by: ReleasedBy,
    /// The price paid in advance.
    paid: u32,
    /// Whether a success refunds the price, and a failure pays it if it was not paid: true for a
    /// retry that was not deferred.
    refundable: bool,
    /// Whether the attempt is in flight.
    is_sent: bool,
}

impl CallBudget {
    /// Whether the call uses the budget.
    pub(crate) const fn is_used(&self) -> bool {
        self.has_failed || self.grant.is_some() || !matches!(self.place, Place::Unsent(None))
    }

    /// Whether the attempt was sent while the upstream was degraded.
    pub(crate) const fn is_sent(&self) -> bool {
        matches!(self.place, Place::Sent(_))
    }

    /// An attempt is sent.
    pub(crate) fn sent(&mut self, state: &BudgetState, is_first: bool, now: Moment) {
        self.leave_queue(state, now);
        if let Some(grant) = &mut self.grant {
            grant.is_sent = true;
        }
        let sent = state.sent(is_first, now);
        self.place = sent.map_or(Place::Unsent(None), Place::Sent);
    }

    /// An attempt has succeeded.
    pub(crate) fn succeeded(&mut self, state: &BudgetState, budget: Budget, now: Moment) {
        if let Some(grant) = self.grant.take().filter(|grant| grant.refundable) {
            state.balance.refund(grant.paid);
        }
        let ends = std::mem::take(&mut self.has_failed);
        state.succeeded(budget, ends, self.take_sent(), now);
    }

    /// An attempt has failed: the retry after `cause`, or the first one. A final failure is
    /// refunded, because it is an answer of the server.
    #[inline]
    pub(crate) fn failed(&mut self, state: &BudgetState, failed: &FailureReport<'_>) {
        let is_unknown = failed.is_final && !self.is_used();
        if !is_unknown || state.is_degraded() {
            self.count_failure(state, failed);
        }
    }

    fn count_failure(&mut self, state: &BudgetState, failed: &FailureReport<'_>) {
        let FailureReport {
            failure,
            cause,
            is_final,
            now,
            budget,
        } = *failed;
        let is_first = cause.is_none();
        let (sent, grant) = (self.take_sent(), self.grant.take());
        if !budget.is_limited() {
            // Without a budget it neither pays nor waits, but it was in flight.
            if state.is_degraded() {
                state.neutral(is_first, sent, now);
            }
            return;
        }
        if let (Some(grant), Some(cause)) = (grant.filter(|grant| grant.refundable), cause) {
            if is_final {
                state.balance.refund(grant.paid);
            } else if grant.paid == 0 {
                state.balance.withdraw(budget, cause, now);
            }
        }
        if is_final {
            if state.is_degraded() {
                state.neutral(is_first, sent, now);
            }
        } else {
            state.failed(is_first, !self.has_failed, failure.class, sent, now);
            self.has_failed = true;
        }
    }

    /// Whether the next attempt may be sent. With `is_sent_at_once`, it may count as sent: then
    /// [`is_sent`](Self::is_sent) says so.
    pub(crate) fn ask(
        &mut self,
        state: &BudgetState,
        terms: RetryTerms,
        is_sent_at_once: bool,
        now: Moment,
        cx: &Context<'_>,
    ) -> RetryAnswer {
        if let Some(grant) = self.grant {
            return RetryAnswer::Go(grant.by);
        }
        let ticket = match self.place.ticket() {
            Some(ticket) => ticket,
            None => match state.ask(terms, is_sent_at_once, now, cx.waker()) {
                Ok(allowed) => {
                    let in_advance = allowed.can_afford && terms.class == Class::Timeout;
                    let paid = if in_advance {
                        state.balance.withdraw(terms.budget, terms.class, now)
                    } else {
                        0
                    };
                    self.grant = Some(Grant {
                        by: allowed.by,
                        paid,
                        refundable: allowed.can_afford,
                        is_sent: allowed.sent.is_some(),
                    });
                    self.place = allowed.sent.map_or(Place::Unsent(None), Place::Sent);
                    return RetryAnswer::Go(allowed.by);
                }
                Err(ticket) => {
                    self.place = Place::Unsent(Some(ticket));
                    ticket
                }
            },
        };
        match state.look(ticket, terms, now, cx.waker()) {
            Ok(release) => {
                self.place = Place::Unsent(None);
                self.grant = Some(Grant {
                    by: release.by,
                    paid: release.paid,
                    refundable: false,
                    is_sent: false,
                });
                RetryAnswer::Go(release.by)
            }
            Err(outlook) => RetryAnswer::Wait(outlook),
        }
    }

    /// The next attempt stops waiting for the budget.
    pub(crate) fn leave_queue(&mut self, state: &BudgetState, now: Moment) {
        if let Some(ticket) = self.place.ticket() {
            self.place = Place::Unsent(None);
            state.leave(ticket, now);
        }
    }

    fn take_sent(&mut self) -> Option<Sent> {
        std::mem::take(&mut self.place).sent()
    }

    /// The call ends without a further attempt, or is dropped: the price of an attempt that was not
    /// sent is refunded.
    pub(crate) fn close(&mut self, state: &BudgetState) {
        if !self.is_used() {
            return;
        }
        let Self {
            place,
            grant,
            has_failed,
        } = std::mem::take(self);
        let unsent = grant.filter(|grant| !grant.is_sent);
        let (sent, ticket) = (place.sent(), place.ticket());
        let now = Moment::now();
        if let Some(ticket) = ticket {
            state.leave(ticket, now);
        }
        if let Some(grant) = unsent {
            state.unsent(grant.by, grant.paid, now);
        }
        if sent.is_some() {
            state.dropped(sent, now);
        }
        if has_failed {
            state.call_ended(now);
        }
    }
}
