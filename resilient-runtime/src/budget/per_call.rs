//! The part of the retry budget that belongs to one call.

use crate::{
    Class,
    budget::{
        Answer, Failed, RetryTerms, in_flight::Sent, recovery::Ticket, settings::Budget,
        state::BudgetState,
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
pub(crate) struct CallBudget(Option<Box<Cold>>);

#[derive(Debug, Default)]
struct Cold {
    /// The attempt in flight, if it was sent while the upstream was degraded.
    sent: Option<Sent>,
    /// The transient failures so far: with any, the call counts as unfinished.
    failures: u32,
    /// The place in the queue, while the next attempt is deferred.
    ticket: Option<Ticket>,
    /// How the next attempt, or the one in flight, was released.
    grant: Option<Grant>,
    /// Whether the attempt is in flight.
    is_sent: bool,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    by: ReleasedBy,
    /// The price paid in advance.
    paid: u32,
    /// Whether a success refunds the price, and a failure pays it if it was not paid: true for a
    /// retry that was not deferred.
    refundable: bool,
}

impl CallBudget {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Whether the call uses the budget.
    pub(crate) const fn is_used(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(crate) fn sent(&mut self, state: &BudgetState) {
        if self.0.is_some() || state.is_degraded() {
            self.sent_degraded(state);
        }
    }

    #[cold]
    fn sent_degraded(&mut self, state: &BudgetState) {
        let cold = self.0.get_or_insert_default();
        if let Some(ticket) = cold.ticket.take() {
            state.leave(ticket);
        }
        cold.is_sent = true;
        cold.sent = state.sent(cold.failures == 0, Moment::now());
    }

    #[inline]
    pub(crate) fn succeeded(&mut self, state: &BudgetState, budget: impl FnOnce() -> Budget) {
        if self.0.is_some() || !state.is_healthy() {
            self.succeeded_degraded(state, budget());
        }
    }

    #[cold]
    fn succeeded_degraded(&mut self, state: &BudgetState, budget: Budget) {
        let cold = self.0.take();
        let is_first = cold.as_ref().is_none_or(|cold| cold.failures == 0);
        if let Some(grant) = cold.as_ref().and_then(|cold| cold.grant) {
            if grant.refundable {
                state.balance.refund(grant.paid);
            }
        }
        state.succeeded(budget, is_first, cold.as_ref().and_then(|cold| cold.sent));
        let failures = cold.map_or(0, |cold| cold.failures);
        if failures > 0 {
            state.call_ended();
        }
    }

    /// An attempt has failed: the retry after `cause`, or the first one. A final failure is
    /// refunded, because it is an answer of the server.
    pub(crate) fn failed(&mut self, state: &BudgetState, failed: &Failed<'_>) {
        let Failed {
            failure,
            cause,
            is_final,
            now,
            budget,
        } = *failed;
        let is_first = cause.is_none();
        if !budget.is_limited() {
            // Without a budget it neither pays nor waits, but it was in flight.
            if let Some(cold) = &mut self.0 {
                cold.is_sent = false;
                state.neutral(is_first, cold.sent.take(), now);
            }
            return;
        }
        if is_final && self.0.is_none() {
            if state.is_degraded() {
                state.neutral(is_first, None, now);
            }
            return;
        }
        let cold = self.0.get_or_insert_default();
        cold.is_sent = false;
        let sent = cold.sent.take();
        if let (Some(grant), Some(cause)) = (cold.grant.take(), cause) {
            if is_final {
                if grant.refundable {
                    state.balance.refund(grant.paid);
                }
            } else if grant.refundable && grant.paid == 0 {
                state.balance.withdraw(budget, cause, now);
            }
        }
        if is_final {
            state.neutral(is_first, sent, now);
        } else {
            state.failed(is_first, cold.failures == 0, failure.class, sent, now);
            cold.failures = cold.failures.saturating_add(1);
        }
    }

    /// Whether the next attempt may be sent.
    pub(crate) fn ask(
        &mut self,
        state: &BudgetState,
        terms: RetryTerms,
        now: Moment,
        cx: &Context<'_>,
    ) -> Answer {
        let cold = self.0.get_or_insert_default();
        if let Some(grant) = cold.grant {
            return Answer::Go(grant.by);
        }
        let ticket = match cold.ticket {
            Some(ticket) => ticket,
            None => match state.ask(terms, now, cx.waker()) {
                Ok((by, can_afford)) => {
                    let advance = can_afford && terms.class == Class::Timeout;
                    let paid = if advance {
                        state.balance.withdraw(terms.budget, terms.class, now)
                    } else {
                        0
                    };
                    cold.grant = Some(Grant {
                        by,
                        paid,
                        refundable: can_afford,
                    });
                    return Answer::Go(by);
                }
                Err(ticket) => {
                    cold.ticket = Some(ticket);
                    ticket
                }
            },
        };
        match state.look(ticket, terms, now, cx.waker()) {
            Ok(release) => {
                cold.ticket = None;
                cold.grant = Some(Grant {
                    by: release.by,
                    paid: release.paid,
                    refundable: false,
                });
                Answer::Go(release.by)
            }
            Err(outlook) => Answer::Wait(outlook),
        }
    }

    /// The next attempt stops waiting for the budget.
    pub(crate) fn leave_queue(&mut self, state: &BudgetState) {
        if let Some(ticket) = self.0.as_mut().and_then(|cold| cold.ticket.take()) {
            state.leave(ticket);
        }
    }

    /// The call ends without a further attempt, or is dropped: the price of an attempt that was not
    /// sent is refunded.
    #[inline]
    pub(crate) fn close(&mut self, state: &BudgetState) {
        if self.0.is_some() {
            self.close_degraded(state);
        }
    }

    #[cold]
    fn close_degraded(&mut self, state: &BudgetState) {
        let Some(cold) = self.0.take() else {
            return;
        };
        if let Some(ticket) = cold.ticket {
            state.leave(ticket);
        }
        match cold.grant {
            Some(grant) if !cold.is_sent => state.unsent(grant.by, grant.paid),
            _ => {}
        }
        if cold.sent.is_some() {
            state.dropped(cold.sent);
        }
        if cold.failures > 0 {
            state.call_ended();
        }
    }
}
