//! The recovery of a degraded upstream: its traffic, failures, successes and deferred retries. No
//! clock, no lock. [`release`](super::release) decides by it.

use crate::{
    Class,
    budget::{
        Outlook, RetryTerms,
        in_flight::{InFlight, Sent},
        release::Release,
        terms::SHORTEST_SCALE,
        traffic::{ATTEMPT, Traffic},
    },
    clock::{Moment, nanos},
    failure::ReleasedBy,
};
use std::{collections::BTreeMap, num::NonZeroU64, task::Waker, time::Duration};

/// The credits of one success, in billionths of an attempt, as in [`Traffic`].
const CREDITS: u64 = 4 * ATTEMPT;
/// After this time without a failure, a recovered upstream is healthy. Also the length of the
/// windows.
const CALM: Duration = Duration::from_secs(3);
/// The late failure of an attempt sent this long before the recovery says nothing about the current
/// server.
const STALE: Duration = Duration::from_secs(1);
/// After this many consecutive successes, and at least the usual traffic of a second, a timeout is
/// a relapse: the backlog has overloaded a server with little spare capacity. Each relapse doubles
/// the price of a deferred retry, up to the highest.
const LEAST_SUCCESSES: f64 = 10.0;

/// A deferred retry.
pub(super) struct Waiting {
    pub(super) terms: RetryTerms,
    pub(super) waker: Waker,
}

/// The number of a place in the queue.
pub(super) type Ticket = NonZeroU64;

/// The state of an upstream from its first failure until its recovery.
#[derive(Default)]
pub(super) struct Recovery {
    pub(super) traffic: Traffic,
    /// In billionths.
    pub(super) credits: u64,
    pub(super) trials: u32,
    pub(super) last: Moment,
    last_failure: Moment,
    /// When the first failure came.
    began: Moment,
    /// In nanoseconds.
    longest_success: u64,
    /// Calls that have failed and not ended.
    unfinished: u64,
    pub(super) failures: u64,
    /// Successes since the last failure, and the time of the first of them.
    pub(super) successes: u32,
    pub(super) recovered_at: Moment,
    /// The number of timeouts after a recovery.
    pub(super) relapses: u32,
    in_flight: InFlight,
    last_ticket: u64,
    pub(super) queue: BTreeMap<Ticket, Waiting>,
    pub(super) released: BTreeMap<Ticket, Release>,
    /// The head of the queue that has set its timer or was woken to do so, with the time.
    pub(super) armed: Option<(Ticket, Moment)>,
}

impl Recovery {
    #[inline(always)]
    pub(super) fn sent(&mut self, is_first: bool, now: Moment) -> Sent {
        if is_first {
            self.traffic.first_sent(now);
        }
        self.in_flight.sent(now)
    }

    /// An attempt has ended. One without a number was sent before the upstream was degraded.
    #[inline(always)]
    pub(super) fn ended(&mut self, is_first: bool, sent: Option<Sent>, now: Moment) {
        match sent {
            Some(sent) => self.in_flight.ended(sent),
            None if is_first => self.traffic.earlier_ended(now),
            None => {}
        }
    }

    #[inline(always)]
    pub(super) fn failed(&mut self, class: Class, sent: Option<Sent>, now: Moment) {
        self.last_failure = now;
        self.last = now;
        if self.began.is_unset() {
            self.began = now;
        }
        // An unnumbered attempt was sent before that.
        let sent_at = sent.map_or(self.began, |(at, _)| at);
        if self.successes > 0 && sent_at.after(STALE) < self.recovered_at {
            return;
        }
        let is_timeout = matches!(class, Class::Timeout | Class::GatewayTimeout);
        if is_timeout
            && f64::from(self.successes) >= (self.traffic.usual(now) / 3.0).max(LEAST_SUCCESSES)
        {
            self.relapses = self.relapses.saturating_add(1);
        }
        self.successes = 0;
        self.credits = 0;
        self.failures = self.failures.wrapping_add(1);
    }

    /// An attempt has ended without information about the server.
    pub(super) fn neutral(&mut self, now: Moment) {
        self.last = now;
    }

    #[inline(always)]
    pub(super) fn succeeded(&mut self, sent: Option<Sent>, now: Moment) {
        if let Some((at, _)) = sent {
            self.longest_success = self.longest_success.max(now.nanos_since(at));
        }
        let most = self.traffic.usual_billionths(now).max(CREDITS);
        self.credits = self.credits.saturating_add(CREDITS).min(most);
        self.trials = 0;
        if self.successes == 0 {
            self.recovered_at = now;
        }
        self.successes = self.successes.saturating_add(1);
        self.last = now;
    }

    pub(super) fn call_failed(&mut self) {
        self.unfinished = self.unfinished.saturating_add(1);
    }

    pub(super) fn call_ended(&mut self) {
        self.unfinished = self.unfinished.saturating_sub(1);
    }

    /// Whether the upstream has recovered, apart from its balance.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        // A clock that has gone back does not prolong it for ever.
        let calm = now.nanos_since(self.last_failure) >= nanos(CALM) || self.last_failure > now;
        self.unfinished == 0 && self.queue.is_empty() && self.released.is_empty() && calm
    }

    pub(super) fn has_no_waiters(&self) -> bool {
        self.queue.is_empty()
    }

    /// A retry is let go, at once or from the queue.
    #[inline(always)]
    pub(super) fn record_release(&mut self, by: ReleasedBy, now: Moment) {
        if by == ReleasedBy::Trial {
            self.trials = self.trials.saturating_add(1);
        }
        self.traffic.retry_sent(now);
        self.last = now;
    }

    /// Whether an unpaid retry is sent because its call is alone. Attempts that fail at once are
    /// never in flight for long, so if other calls have failed too, or the schedule has hardly any
    /// waits, some time must have passed.
    pub(super) fn is_alone(&self, scale: Duration, now: Moment) -> bool {
        let is_idle =
            self.queue.is_empty() && self.released.is_empty() && self.in_flight.is_empty();
        let is_only = self.unfinished <= 1 && scale > SHORTEST_SCALE;
        is_idle && (is_only || now.since(self.last) >= SHORTEST_SCALE || self.last > now)
    }

    pub(super) fn enqueue(&mut self, terms: RetryTerms, waker: Waker) -> Ticket {
        self.last_ticket = self.last_ticket.wrapping_add(1);
        let ticket = NonZeroU64::new(self.last_ticket).unwrap_or(NonZeroU64::MIN);
        self.queue.insert(ticket, Waiting { terms, waker });
        ticket
    }

    /// The release of a ticket, if any. Otherwise it continues to wait, with this waker, which is
    /// exchanged for the old one: a waker's destructor may run any code, and the lock is held.
    pub(super) fn look(&mut self, ticket: Ticket, waker: &mut Waker) -> Option<Release> {
        match self.queue.get_mut(&ticket) {
            Some(waiting) => {
                std::mem::swap(&mut waiting.waker, waker);
                None
            }
            None => self.released.get(&ticket).copied(),
        }
    }

    /// Revokes an invalid release: the retry waits again, at its old place.
    pub(super) fn revoke(&mut self, ticket: Ticket, terms: RetryTerms, waker: Waker) {
        if let Some(release) = self.released.remove(&ticket) {
            self.undo(release.by, Some(release.failures));
        }
        self.queue.insert(ticket, Waiting { terms, waker });
    }

    /// A released retry is about to be sent.
    pub(super) fn depart(&mut self, ticket: Ticket) {
        self.released.remove(&ticket);
    }

    /// Removes a deferred or released retry. Returns its place, to be dropped without the lock, and
    /// its release, if it was not used.
    pub(super) fn cancel(&mut self, ticket: Ticket) -> (Option<Waiting>, Option<Release>) {
        let waiting = self.queue.remove(&ticket);
        let release = self.released.remove(&ticket);
        if let Some(release) = release {
            self.undo(release.by, Some(release.failures));
        }
        (waiting, release)
    }

    /// Reverts an unused release, except its price. `failures` is their number when it was
    /// released, if that is known: a later failure has cancelled all credits.
    pub(super) fn undo(&mut self, by: ReleasedBy, failures: Option<u64>) {
        self.traffic.retry_unsent();
        match by {
            ReleasedBy::Credit if failures == Some(self.failures) => {
                self.credits = self.credits.saturating_add(ATTEMPT);
            }
            ReleasedBy::Balance | ReleasedBy::Credit => {}
            ReleasedBy::Trial => self.trials = self.trials.saturating_sub(1),
        }
    }

    /// The outlook of a call that waits and asks again at `at`.
    pub(super) fn outlook(&self, at: Moment, now: Moment) -> Outlook {
        let oldest = self.in_flight.oldest().unwrap_or(now);
        Outlook {
            at,
            slowest: Duration::from_nanos(self.longest_success).max(now.since(oldest)),
            is_well: self.successes > 0,
        }
    }

    pub(super) fn waiting(&self) -> u64 {
        self.queue.len() as u64
    }

    /// The wakers of all deferred retries.
    pub(super) fn wakers(&self) -> Vec<(Ticket, Waker)> {
        let waiting = self.queue.iter();
        waiting
            .map(|(ticket, waiting)| (*ticket, waiting.waker.clone()))
            .collect()
    }
}

#[cfg(test)]
#[path = "recovery_test.rs"]
mod tests;
