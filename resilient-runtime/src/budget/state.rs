//! Stage budget: the retry budget that the callers of one upstream, key or function share.

use crate::{
    Class,
    budget::{
        Outlook,
        balance::Balance,
        recovery::{Recovery, Release, RetryTerms, Sent, Ticket},
        settings::Budget,
    },
    clock::Moment,
    failure::ReleasedBy,
    sync::{Mutex, MutexGuard, lock},
};
use std::{fmt, task::Waker, time::Duration};

/// The balance, and what is known while the upstream is degraded. While it is healthy, a success reads one word.
pub(crate) struct BudgetState {
    pub(crate) balance: Balance,
    recovery: Mutex<Option<Box<Recovery>>>,
}

/// Calls are woken after the lock is gone: a waker may do anything.
fn wake(wakers: Vec<(Ticket, Waker)>) {
    for (_, waker) in wakers {
        waker.wake();
    }
}

impl BudgetState {
    pub(crate) const fn new() -> Self {
        Self {
            balance: Balance::new(),
            recovery: Mutex::new(None),
        }
    }

    /// Whether there is nothing to earn and nothing to recover from.
    #[inline]
    pub(crate) fn is_healthy(&self) -> bool {
        self.balance.is_healthy()
    }

    #[inline]
    pub(crate) fn is_degraded(&self) -> bool {
        self.balance.is_degraded()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Recovery>>> {
        lock(&self.recovery)
    }

    /// The state of a degraded upstream, which it is from now on.
    fn degraded<'s>(&self, state: &'s mut Option<Box<Recovery>>) -> &'s mut Recovery {
        state.get_or_insert_with(|| {
            self.balance.set_degraded(true);
            Box::default()
        })
    }

    /// Changes the state of a degraded upstream, and releases who can go.
    fn change<T>(&self, now: Moment, change: impl FnOnce(&mut Recovery) -> T) -> Option<T> {
        let mut state = self.lock();
        let recovery = state.as_mut()?;
        let changed = change(recovery);
        let wakers = recovery.release(&self.balance, now);
        if recovery.is_over(now) && self.balance.is_full(now) {
            *state = None;
            self.balance.set_degraded(false);
        }
        drop(state);
        wake(wakers);
        Some(changed)
    }

    /// An attempt is sent. Its number, if the upstream is degraded.
    #[cold]
    pub(super) fn sent(&self, is_first: bool, now: Moment) -> Option<Sent> {
        let mut state = self.lock();
        let recovery = state.as_mut()?;
        Some(recovery.sent(is_first, now))
    }

    #[cold]
    pub(super) fn succeeded(&self, budget: Budget, is_first: bool, sent: Option<Sent>) {
        self.balance.deposit(budget);
        if !self.is_degraded() {
            return;
        }
        let now = Moment::now();
        self.change(now, |recovery| {
            recovery.ended(is_first, sent, now);
            recovery.succeeded(sent, now);
        });
    }

    /// An attempt has failed in a way that a retry could heal. `is_new`: the call had not failed before.
    pub(super) fn failed(
        &self,
        is_first: bool,
        is_new: bool,
        class: Class,
        sent: Option<Sent>,
        now: Moment,
    ) {
        let mut state = self.lock();
        let recovery = self.degraded(&mut state);
        recovery.ended(is_first, sent, now);
        recovery.failed(class, sent, now);
        if is_new {
            recovery.call_failed();
        }
        let wakers = recovery.release(&self.balance, now);
        drop(state);
        wake(wakers);
    }

    /// An attempt has ended in a way that says nothing of the server.
    pub(super) fn neutral(&self, is_first: bool, sent: Option<Sent>, now: Moment) {
        self.change(now, |recovery| {
            recovery.ended(is_first, sent, now);
            recovery.neutral(now);
        });
    }

    /// A call that had failed has ended.
    pub(super) fn call_ended(&self) {
        self.change(Moment::now(), Recovery::call_ended);
    }

    /// A retry that is due: it goes, or it gets a place in the queue.
    pub(super) fn ask(
        &self,
        terms: RetryTerms,
        now: Moment,
        waker: &Waker,
    ) -> Result<(ReleasedBy, bool), Ticket> {
        let mut state = self.lock();
        let recovery = self.degraded(&mut state);
        // Nobody gets past the queue.
        let can_afford =
            recovery.nobody_waits() && self.balance.can_afford(terms.budget, terms.class, now);
        let is_alone = recovery.is_alone(terms.scale, now);
        if can_afford || is_alone {
            let by = if can_afford {
                ReleasedBy::Balance
            } else {
                ReleasedBy::Trial
            };
            recovery.go(by, now);
            return Ok((by, can_afford));
        }
        Err(recovery.join(terms, waker.clone()))
    }

    /// The release of a place in the queue, or when to look again.
    pub(super) fn look(
        &self,
        ticket: Ticket,
        terms: RetryTerms,
        now: Moment,
        waker: &Waker,
    ) -> Result<Release, Outlook> {
        let mut state = self.lock();
        let Some(recovery) = state.as_mut() else {
            // There is a state as long as somebody waits.
            return Err(Outlook {
                at: now.after(Duration::from_secs(1)),
                slowest: Duration::ZERO,
                is_well: true,
            });
        };
        let mut wakers = recovery.release(&self.balance, now);
        let mut release = recovery.look(ticket, waker);
        if let Some(old) = release.filter(|release| !recovery.holds(release, now)) {
            recovery.take_back(ticket, terms, waker.clone());
            self.balance.refund(old.paid);
            wakers.extend(recovery.release(&self.balance, now));
            release = recovery.look(ticket, waker);
        }
        let answer = match release.map(|release| (release, release.starts_in(terms.scale, now))) {
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
        // Others of the same task have the same waker, and may have looked already.
        wakers.retain(|(other, _)| *other != ticket);
        wake(wakers);
        answer
    }

    /// A call leaves the queue without a retry.
    pub(super) fn leave(&self, ticket: Ticket) {
        let now = Moment::now();
        self.change(now, |recovery| {
            if let Some(release) = recovery.leave(ticket) {
                self.balance.refund(release.paid);
            }
        });
    }

    /// A retry that was let go is not sent.
    pub(super) fn unsent(&self, by: ReleasedBy, paid: u32) {
        self.balance.refund(paid);
        self.change(Moment::now(), |recovery| recovery.undo(by));
    }

    /// An attempt was dropped in flight.
    pub(super) fn dropped(&self, sent: Option<Sent>) {
        let now = Moment::now();
        self.change(now, |recovery| recovery.ended(false, sent, now));
    }

    /// Pays for a further run of an attempt: only from the balance, and only if no retry waits. The price, if it is paid.
    pub(crate) fn pay_hedge(&self, budget: Budget, class: Class, now: Moment) -> Option<u32> {
        let state = self.lock();
        let is_free = state.as_ref().is_none_or(|state| state.nobody_waits());
        (is_free && self.balance.can_afford(budget, class, now))
            .then(|| self.balance.withdraw(budget, class, now))
    }

    /// How many retries wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.lock()
            .as_ref()
            .map_or(0, |recovery| recovery.waiting())
    }

    /// Everybody who waits looks again: something else has changed for them.
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
