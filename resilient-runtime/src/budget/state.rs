//! The retry budget that the callers of one upstream, key or function share.

use crate::{
    Class,
    budget::{
        DueRetry, Outlook, RetryTerms,
        balance::Balance,
        in_flight::Sent,
        recovery::{Recovery, Ticket},
        release::Release,
        settings::Budget,
    },
    clock::Moment,
    failure::ReleasedBy,
    sync::{Mutex, MutexGuard, lock},
};
use std::{fmt, task::Waker, time::Duration};

/// The balance, and the recovery of a degraded upstream. While it is healthy, a success reads one
/// word.
pub(crate) struct BudgetState {
    pub(crate) balance: Balance,
    recovery: Mutex<Option<Box<Recovery>>>,
}

/// A failure that a retry can heal.
pub(super) struct TransientFailure {
    /// True for the first attempt of its call.
    pub(super) is_first: bool,
    /// True for the first such failure of its call.
    pub(super) is_new: bool,
    pub(super) class: Class,
    /// The attempt, if it was sent while the upstream was degraded.
    pub(super) sent: Option<Sent>,
}

/// A retry that is due and not deferred.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    pub(super) by: ReleasedBy,
    /// The attempt in flight, if it counts as sent.
    pub(super) sent: Option<Sent>,
}

/// Wakes calls without the lock, because a waker may run any code.
#[inline(never)]
fn wake(wakers: Vec<(Ticket, Waker)>) {
    for (_, waker) in wakers {
        waker.wake();
    }
}

impl BudgetState {
    pub(crate) const fn new(balance: Balance) -> Self {
        Self {
            balance,
            recovery: Mutex::new(None),
        }
    }

    /// Whether the balance is full and the upstream is not degraded.
    #[inline]
    pub(crate) fn is_healthy(&self) -> bool {
        self.balance.is_healthy()
    }

    #[inline]
    pub(crate) fn is_degraded(&self) -> bool {
        self.balance.is_degraded()
    }

    #[inline(always)]
    fn lock(&self) -> MutexGuard<'_, Option<Box<Recovery>>> {
        lock(&self.recovery)
    }

    /// The recovery state; it marks the upstream as degraded.
    fn degraded<'s>(&self, state: &'s mut Option<Box<Recovery>>) -> &'s mut Recovery {
        state.get_or_insert_with(|| {
            self.balance.set_degraded(true);
            Box::default()
        })
    }

    /// Changes the recovery state, if any.
    pub(super) fn change(&self, now: Moment, change: impl FnOnce(&mut Recovery)) {
        let mut state = self.lock();
        if let Some(recovery) = state.as_mut() {
            change(recovery);
            self.settle(state, now);
        }
    }

    /// After a change: releases the retries that can be sent, and ends a recovery that is over.
    #[inline(always)]
    fn settle(&self, mut state: MutexGuard<'_, Option<Box<Recovery>>>, now: Moment) {
        let Some(recovery) = state.as_mut() else {
            return;
        };
        let wakers = recovery.release(&self.balance, now);
        if recovery.is_over(now) && self.balance.is_full(now) {
            *state = None;
            self.balance.set_degraded(false);
        }
        drop(state);
        if let Some(wakers) = wakers {
            wake(wakers);
        }
    }

    /// Records an attempt. Returns its number, if the upstream is degraded.
    #[inline(always)]
    pub(super) fn sent(&self, is_first: bool, now: Moment) -> Option<Sent> {
        if !self.is_degraded() {
            return None;
        }
        let mut state = self.lock();
        let recovery = state.as_mut()?;
        Some(recovery.sent(is_first, now))
    }

    #[inline(always)]
    pub(super) fn succeeded(
        &self,
        budget: Budget,
        call_had_failed: bool,
        sent: Option<Sent>,
        now: Moment,
    ) {
        self.balance.deposit(budget);
        if !self.is_degraded() {
            return;
        }
        let mut state = self.lock();
        let Some(recovery) = state.as_mut() else {
            return;
        };
        recovery.ended(!call_had_failed, sent, now);
        recovery.succeeded(sent, now);
        if call_had_failed {
            recovery.call_ended();
        }
        self.settle(state, now);
    }

    /// Records a transient failure. Lets the retry go or queues it, if it is due at once, and calls
    /// `keep` with the answer before others are woken.
    #[inline(always)]
    pub(super) fn failed(
        &self,
        failure: &TransientFailure,
        retry: Option<DueRetry<'_>>,
        now: Moment,
        keep: impl FnOnce(Result<Allowed, Ticket>, RetryTerms),
    ) {
        let mut state = self.lock();
        let recovery = self.degraded(&mut state);
        recovery.ended(failure.is_first, failure.sent, now);
        recovery.failed(failure.class, failure.sent, now);
        if failure.is_new {
            recovery.call_failed();
        }
        let wakers = recovery.release(&self.balance, now);
        if let Some(retry) = retry {
            keep(recovery.let_go(&self.balance, retry, now), retry.terms);
        }
        drop(state);
        if let Some(wakers) = wakers {
            wake(wakers);
        }
    }

    /// Records the end of an attempt without information about the server.
    pub(super) fn neutral(&self, is_first: bool, sent: Option<Sent>, now: Moment) {
        // The upstream looked healthy a moment ago, when nobody needed the time.
        let now = if now.is_unset() { Moment::now() } else { now };
        self.change(now, |recovery| {
            recovery.ended(is_first, sent, now);
            recovery.neutral(now);
        });
    }

    /// A call that had failed has ended.
    pub(super) fn call_ended(&self, now: Moment) {
        self.change(now, Recovery::call_ended);
    }

    /// Lets a retry go that is due, or queues it.
    pub(super) fn ask(&self, retry: DueRetry<'_>, now: Moment) -> Result<Allowed, Ticket> {
        let mut state = self.lock();
        let recovery = self.degraded(&mut state);
        recovery.let_go(&self.balance, retry, now)
    }

    /// Returns the release of a place in the queue, or when to look again.
    pub(super) fn look(
        &self,
        ticket: Ticket,
        terms: RetryTerms,
        now: Moment,
        waker: &Waker,
    ) -> Result<Release, Outlook> {
        // Declared before the lock, so that it is dropped after it.
        let mut own = waker.clone();
        let mut state = self.lock();
        let Some(recovery) = state.as_mut() else {
            // The state exists while any retry waits.
            return Err(Outlook {
                at: now.after(Duration::from_secs(1)),
                slowest: Duration::ZERO,
                is_well: true,
            });
        };
        let mut wakers = recovery.release(&self.balance, now).unwrap_or_default();
        let mut release = recovery.look(ticket, &mut own);
        if let Some(old) = release.filter(|release| !recovery.is_valid(release, now)) {
            recovery.revoke(ticket, terms, waker.clone());
            self.balance.refund(old.paid);
            wakers.extend(recovery.release(&self.balance, now).unwrap_or_default());
            release = recovery.look(ticket, &mut own);
        }
        let answer = match release.map(|release| (release, release.starts_in(terms.scale(), now))) {
            Some((release, Duration::ZERO)) => {
                recovery.depart(ticket);
                Ok(release)
            }
            Some((_, wait)) => Err(recovery.outlook(now.after(wait), now)),
            None => {
                let at = recovery.arm(ticket, now);
                Err(recovery.outlook(at, now))
            }
        };
        drop(state);
        // Other retries of the same task have the same waker, and may have looked already.
        wakers.retain(|(other, _)| *other != ticket);
        wake(wakers);
        answer
    }

    /// Removes a deferred retry from the queue.
    #[cold]
    pub(super) fn leave(&self, ticket: Ticket, now: Moment) {
        let mut state = self.lock();
        let Some(recovery) = state.as_mut() else {
            return;
        };
        let (place, release) = recovery.cancel(ticket);
        if let Some(release) = release {
            self.balance.refund(release.paid);
        }
        self.settle(state, now);
        // Not before the lock is released: its waker may run any code.
        drop(place);
    }

    /// A released retry is not sent.
    pub(super) fn unsent(&self, by: ReleasedBy, paid: u32, now: Moment) {
        self.balance.refund(paid);
        self.change(now, |recovery| recovery.undo(by, None));
    }

    /// An attempt was dropped in flight.
    pub(super) fn dropped(&self, sent: Option<Sent>, now: Moment) {
        self.change(now, |recovery| recovery.ended(false, sent, now));
    }

    /// Pays for a hedged run: only from the balance, and only if no retry is deferred. Returns the
    /// price, if paid.
    pub(crate) fn pay_hedge(&self, budget: Budget, class: Class, now: Moment) -> Option<u32> {
        let state = self.lock();
        let is_free = state.as_ref().is_none_or(|state| state.has_no_waiters());
        (is_free && self.balance.can_afford(budget, class, now))
            .then(|| self.balance.withdraw(budget, class, now))
    }

    /// The number of deferred retries.
    pub(crate) fn waiting(&self) -> u64 {
        self.lock()
            .as_ref()
            .map_or(0, |recovery| recovery.waiting())
    }

    /// Wakes all deferred retries to look again, after another change.
    pub(crate) fn wake_all(&self) {
        if self.is_degraded() {
            let wakers = self.lock().as_ref().map(|recovery| recovery.wakers());
            wake(wakers.unwrap_or_default());
        }
    }
}

impl fmt::Debug for BudgetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetState").finish_non_exhaustive()
    }
}
