//! The retry budget that the callers of one upstream, key or function share.

use crate::{
    Class,
    budget::{
        Outlook, RetryTerms,
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

/// A retry that is due and not deferred.
pub(super) struct Allowed {
    pub(super) by: ReleasedBy,
    pub(super) can_afford: bool,
    /// The attempt in flight, if it counts as sent.
    pub(super) sent: Option<Sent>,
}

/// Wakes calls without the lock, because a waker may run any code.
#[inline]
fn wake(wakers: Vec<(Ticket, Waker)>) {
    if !wakers.is_empty() {
        wake_some(wakers);
    }
}

#[inline(never)]
fn wake_some(wakers: Vec<(Ticket, Waker)>) {
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

    /// Whether the balance is full and the upstream is not degraded.
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

    /// The recovery state; it marks the upstream as degraded.
    fn degraded<'s>(&self, state: &'s mut Option<Box<Recovery>>) -> &'s mut Recovery {
        state.get_or_insert_with(|| {
            self.balance.set_degraded(true);
            Box::default()
        })
    }

    /// Changes the recovery state, if any, and releases the retries that can be sent.
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

    /// Records an attempt. Returns its number, if the upstream is degraded.
    #[cold]
    pub(super) fn sent(&self, is_first: bool, now: Moment) -> Option<Sent> {
        if !self.is_degraded() {
            return None;
        }
        let mut state = self.lock();
        let recovery = state.as_mut()?;
        Some(recovery.sent(is_first, now))
    }

    #[cold]
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
        self.change(now, |recovery| {
            recovery.ended(!call_had_failed, sent, now);
            recovery.succeeded(sent, now);
            if call_had_failed {
                recovery.call_ended();
            }
        });
    }

    /// Records a transient failure. `is_new`: the first failure of its call.
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

    /// Lets a retry go that is due, or queues it. It counts as sent if nothing else holds it up.
    pub(super) fn ask(
        &self,
        terms: RetryTerms,
        is_sent_at_once: bool,
        now: Moment,
        waker: &Waker,
    ) -> Result<Allowed, Ticket> {
        let mut state = self.lock();
        let recovery = self.degraded(&mut state);
        // Newcomers do not overtake the queue.
        let can_afford =
            recovery.has_no_waiters() && self.balance.can_afford(terms.budget, terms.class, now);
        let is_alone = recovery.is_alone(terms.scale, now);
        if can_afford || is_alone {
            let by = if can_afford {
                ReleasedBy::Balance
            } else {
                ReleasedBy::Trial
            };
            recovery.record_release(by, now);
            return Ok(Allowed {
                by,
                can_afford,
                sent: is_sent_at_once.then(|| recovery.sent(false, now)),
            });
        }
        Err(recovery.enqueue(terms, waker.clone()))
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
        let mut wakers = recovery.release(&self.balance, now);
        let mut release = recovery.look(ticket, &mut own);
        if let Some(old) = release.filter(|release| !recovery.is_valid(release, now)) {
            recovery.revoke(ticket, terms, waker.clone());
            self.balance.refund(old.paid);
            wakers.extend(recovery.release(&self.balance, now));
            release = recovery.look(ticket, &mut own);
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
        // Other retries of the same task have the same waker, and may have looked already.
        wakers.retain(|(other, _)| *other != ticket);
        wake(wakers);
        answer
    }

    /// Removes a deferred retry from the queue.
    pub(super) fn leave(&self, ticket: Ticket, now: Moment) {
        let place = self.change(now, |recovery| {
            let (place, release) = recovery.cancel(ticket);
            if let Some(release) = release {
                self.balance.refund(release.paid);
            }
            place
        });
        drop(place);
    }

    /// A released retry is not sent.
    pub(super) fn unsent(&self, by: ReleasedBy, paid: u32, now: Moment) {
        self.balance.refund(paid);
        self.change(now, |recovery| recovery.undo(by));
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
