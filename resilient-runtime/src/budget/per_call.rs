//! The part of the retry budget that belongs to one call.

use crate::{
    Class,
    budget::{
        DueRetry, FailureReport, RetryAnswer, RetryTerms,
        in_flight::Sent,
        recovery::Ticket,
        settings::Budget,
        state::{Allowed, BudgetState, TransientFailure},
    },
    clock::Moment,
    failure::ReleasedBy,
};

/// A call's part of the retry budget. It is empty for a call of a healthy upstream that has not
/// failed.
///
/// A retry is paid for after it fails, at the price of the class that caused it: retries in flight
/// reserve nothing, so that slow responses do not starve the balance. Two exceptions: a retry after
/// a timeout pays in advance, because a server that hangs reports failures too late, and a deferred
/// retry pays finally when it is released.
#[derive(Debug, Default)]
pub(crate) struct CallBudget {
    stage: Stage,
    /// Whether the call has failed transiently: then it counts as unfinished.
    has_failed: bool,
}

/// Where the next attempt, or the one in flight, is.
#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// Nothing is held for it.
    #[default]
    Unused,
    /// A retry is deferred.
    Queued(Ticket),
    /// A retry is let go, and not sent yet.
    Released { by: ReleasedBy, payment: Payment },
    /// In flight.
    Sent {
        /// `None` if it was sent while the upstream was healthy.
        sent: Option<Sent>,
        payment: Payment,
    },
}

/// How a retry is paid for.
#[derive(Clone, Copy, Debug)]
enum Payment {
    /// When it fails.
    Later,
    /// In advance: a success refunds it.
    InAdvance(u32),
    /// For good, when it is released. Nothing for a first attempt, a trial or a credit.
    Final(u32),
}

impl Payment {
    /// The price that was paid.
    const fn paid(self) -> u32 {
        match self {
            Self::Later => 0,
            Self::InAdvance(price) | Self::Final(price) => price,
        }
    }
}

/// Nothing is paid for a first attempt, a trial, a credit, or after a wait for the breaker.
const FREE: Payment = Payment::Final(0);

impl CallBudget {
    /// Whether the call uses the budget.
    pub(crate) const fn is_used(&self) -> bool {
        self.has_failed || !matches!(self.stage, Stage::Unused)
    }

    /// Whether the attempt is in flight, as far as the budget knows it.
    pub(crate) const fn is_sent(&self) -> bool {
        matches!(self.stage, Stage::Sent { .. })
    }

    /// Whether the next attempt has asked.
    pub(crate) const fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Queued(_) | Stage::Released { .. })
    }

    /// Whether a retry is deferred.
    pub(crate) const fn is_queued(&self) -> bool {
        matches!(self.stage, Stage::Queued(_))
    }

    /// An attempt is sent.
    #[inline(always)]
    pub(crate) fn sent(&mut self, state: &BudgetState, is_first: bool, now: Moment) {
        if let Stage::Queued(ticket) = self.stage {
            state.leave(ticket, now);
        }
        let sent = state.sent(is_first, now);
        self.stage = match self.stage {
            Stage::Released { payment, .. } => Stage::Sent { sent, payment },
            _ if sent.is_none() => Stage::Unused,
            _ => Stage::Sent {
                sent,
                payment: FREE,
            },
        };
    }

    /// The attempt in flight has ended.
    #[inline(always)]
    fn end_attempt(&mut self) -> (Option<Sent>, Payment) {
        let stage = std::mem::take(&mut self.stage);
        if let Stage::Sent { sent, payment } = stage {
            (sent, payment)
        } else {
            (None, FREE)
        }
    }

    /// An attempt has succeeded.
    // Compiled once, and not in each crate for each kind of route.
    #[inline(never)]
    pub(crate) fn succeeded(&mut self, state: &BudgetState, budget: Budget, now: Moment) {
        let (sent, payment) = self.end_attempt();
        if let Payment::InAdvance(price) = payment {
            state.balance.refund(price);
        }
        let ends = std::mem::take(&mut self.has_failed);
        state.succeeded(budget, ends, sent, now);
    }

    /// An attempt has failed, and is not retried: a retry is refunded, because that is an answer of
    /// the server.
    pub(crate) fn failed_finally(&mut self, state: &BudgetState, is_first: bool, now: Moment) {
        let (sent, payment) = self.end_attempt();
        if let Payment::InAdvance(price) = payment {
            state.balance.refund(price);
        }
        if state.is_degraded() {
            state.neutral(is_first, sent, now);
        }
    }

    /// An attempt has failed: the retry after `cause`, or the first one. A retry that is due at
    /// once is let go or queued.
    #[inline(always)]
    pub(crate) fn failed(&mut self, state: &BudgetState, failed: &FailureReport<'_>) {
        let FailureReport {
            class,
            cause,
            now,
            budget,
            retry,
        } = *failed;
        if !budget.is_limited() {
            // Without a budget it neither pays nor waits, but it was in flight.
            self.failed_finally(state, cause.is_none(), now);
            return;
        }
        let (sent, payment) = self.end_attempt();
        if let (Payment::Later, Some(cause)) = (payment, cause) {
            state.balance.withdraw(budget, cause, now);
        }
        let failure = TransientFailure {
            is_first: cause.is_none(),
            is_new: !std::mem::replace(&mut self.has_failed, true),
            class,
            sent,
        };
        state.failed(&failure, retry, now, |answer, terms| {
            self.stage = Self::answered(state, &answer, terms, now);
        });
    }

    /// Whether the next attempt may be sent. If it then counts as sent,
    /// [`is_sent`](Self::is_sent) says so.
    pub(crate) fn ask(
        &mut self,
        state: &BudgetState,
        retry: DueRetry<'_>,
        now: Moment,
    ) -> RetryAnswer {
        let DueRetry { terms, waker, .. } = retry;
        let ticket = match self.stage {
            Stage::Queued(ticket) => ticket,
            Stage::Released { by, .. } => return RetryAnswer::Go(by),
            Stage::Unused | Stage::Sent { .. } => {
                let answer = state.ask(retry, now);
                self.stage = Self::answered(state, &answer, terms, now);
                match answer {
                    Ok(allowed) => return RetryAnswer::Go(allowed.by),
                    Err(ticket) => ticket,
                }
            }
        };
        match state.look(ticket, terms, now, waker) {
            Ok(release) => {
                self.stage = Stage::Released {
                    by: release.by,
                    payment: Payment::Final(release.paid),
                };
                RetryAnswer::Go(release.by)
            }
            Err(outlook) => RetryAnswer::Wait(outlook),
        }
    }

    /// The stage of a retry that has asked.
    #[inline(always)]
    fn answered(
        state: &BudgetState,
        answer: &Result<Allowed, Ticket>,
        terms: RetryTerms,
        now: Moment,
    ) -> Stage {
        let Allowed { by, sent } = match *answer {
            Ok(allowed) => allowed,
            Err(ticket) => return Stage::Queued(ticket),
        };
        let payment = match by {
            ReleasedBy::Trial | ReleasedBy::Credit => FREE,
            ReleasedBy::Balance if terms.class == Class::Timeout => {
                Payment::InAdvance(state.balance.withdraw(terms.budget, terms.class, now))
            }
            ReleasedBy::Balance => Payment::Later,
        };
        if sent.is_some() {
            Stage::Sent { sent, payment }
        } else {
            Stage::Released { by, payment }
        }
    }

    /// The next attempt stops waiting for the budget.
    #[inline]
    pub(crate) fn leave_queue(&mut self, state: &BudgetState, now: Moment) {
        if let Stage::Queued(ticket) = self.stage {
            self.stage = Stage::Unused;
            state.leave(ticket, now);
        }
    }

    /// The call ends without a further attempt, or is dropped: the price of an attempt that was not
    /// sent is refunded.
    #[inline]
    pub(crate) fn close(&mut self, state: &BudgetState) {
        if self.is_used() {
            self.close_used(state);
        }
    }

    #[cold]
    fn close_used(&mut self, state: &BudgetState) {
        let Self { stage, has_failed } = std::mem::take(self);
        let now = Moment::now();
        match stage {
            Stage::Unused => {}
            Stage::Queued(ticket) => state.leave(ticket, now),
            Stage::Released { by, payment } => state.unsent(by, payment.paid(), now),
            Stage::Sent { sent, .. } => state.dropped(sent, now),
        }
        if has_failed {
            state.call_ended(now);
        }
    }
}
