//! A rate limit with a FIFO wait queue.

use crate::{
    Quota,
    clock::Moment,
    sync::AtomicU64,
    upstream::rate::{
        Rate,
        gcra::Kind,
        learn::RateChange,
        local::{RateState, Refused},
    },
};
use tokio::sync::{Notify, Semaphore};

/// A shared limit of requests or tokens. Without a limit, a check costs one load.
///
/// Waiting calls form a queue, and only its head waits for the level: see
/// [`turn`](Self::turn). Nothing is taken in advance, so a cancelled call leaves no trace.
pub(crate) struct RateLimit {
    pub(super) state: RateState,
    /// The right to be the head of the queue. Tokio's semaphore is fair.
    pub(super) head: Semaphore,
    /// Notified whenever the wait of the head may have become shorter.
    pub(super) sooner: Notify,
    /// When the head of the queue has last looked.
    pub(super) looked: AtomicU64,
}

impl RateLimit {
    /// Unlimited if `rate` is `None`, until [`set`](Self::set).
    pub(crate) const fn new(rate: Option<Rate>, kind: Kind) -> Self {
        Self {
            state: RateState::new(rate, kind),
            head: Semaphore::const_new(1),
            sooner: Notify::const_new(),
            looked: AtomicU64::new(0),
        }
    }

    /// Takes at once, or fails; always fails while others are queued, and while the end of a
    /// restriction is not reported. See [`RateState::try_take`].
    #[inline]
    pub(crate) fn try_take(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.state
            .try_take_or(cost, now, RateState::take_queued_or_report)
    }

    /// See [`RateState::take_ended`].
    pub(crate) fn take_ended(&self) -> Option<RateChange> {
        self.state.take_ended()
    }

    /// Takes at once, ahead of the queue.
    pub(crate) fn take_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.state.take_first(cost, now)
    }

    /// The rejection of the first in the queue, if it came now; `None` if it is its turn.
    pub(crate) fn first_refusal(&self, cost: u64, now: Moment) -> Option<Refused> {
        self.state.fits_first(cost, now).err()
    }

    /// The rejection of an attempt behind the queue, if it came now; `None` if it would be let
    /// through.
    pub(crate) fn refusal(&self, cost: u64, now: Moment) -> Option<Refused> {
        self.state.refusal(cost, now)
    }

    /// Returns the cost of an attempt that was not sent. Everything taken is either returned or
    /// settled, exactly once.
    ///
    /// A full bucket absorbs nothing: the level never exceeds the burst. Because the bucket may
    /// have refilled meanwhile, a time `t` in which `n` units are returned may see
    /// `amount × t ÷ period + burst + n` taken, of which `n` were not used.
    pub(crate) fn give_back(&self, cost: u64) {
        let was_awaited = self.is_awaited();
        self.state.give_back(cost);
        // A call may have begun to wait meanwhile.
        self.notify(was_awaited || self.is_awaited());
    }

    /// Corrects the estimate of an admitted call. See [`RateState::settle`].
    pub(crate) fn settle(&self, estimated: u64, actual: u64, now: Moment) {
        self.state.settle(estimated, actual, now);
        let is_awaited = self.is_awaited();
        if self.state.is_being_read() {
            self.state.read_ended(estimated);
        }
        self.notify(is_awaited);
    }

    /// Applies a quota reported by the server. Call it after [`settle`](Self::settle) for the same
    /// call, whose estimate counts as in flight until then. See [`RateState::learn`].
    pub(crate) fn learn(&self, quota: &Quota, cost: u64, now: Moment) -> Option<RateChange> {
        let is_awaited = self.is_awaited();
        let change = self.state.learn(quota, cost, now);
        self.notify(is_awaited || self.is_awaited());
        change
    }

    /// Whether a quota is one of another resource than the limit that applies.
    pub(crate) fn is_foreign(&self, quota: &Quota, now: Moment) -> bool {
        self.state.is_foreign(quota, now)
    }

    /// Records a rejection of a call of this cost, without quotas.
    pub(crate) fn throttled(&self, cost: u64, now: Moment) -> Option<RateChange> {
        self.state.confirmed(cost, now);
        self.state.throttled(now)
    }

    /// The burst, if `cost` exceeds it; otherwise `None`.
    pub(crate) fn never(&self, cost: u64, now: Moment) -> Option<u64> {
        match self.state.refusal(cost, now) {
            Some(Refused::Never { capacity }) => Some(capacity),
            _ => None,
        }
    }

    /// Changes the limit; waiting calls follow the new one at once. See [`RateState::set`].
    pub(crate) fn set(&self, rate: Option<Rate>) {
        self.state.set(rate, Moment::now());
        self.sooner.notify_waiters();
    }

    pub(crate) fn level(&self, now: Moment) -> i64 {
        self.state.level(now)
    }

    pub(crate) fn capacity(&self) -> u64 {
        self.state.capacity()
    }

    pub(crate) fn effective(&self, now: Moment) -> Option<Rate> {
        self.state.effective(now)
    }

    /// Whether any call waits: in the queue, or for a limit that is being read again.
    #[inline]
    fn is_awaited(&self) -> bool {
        self.state.queued() > 0 || self.state.is_being_read()
    }

    #[inline]
    fn notify(&self, is_awaited: bool) {
        if is_awaited {
            self.sooner.notify_waiters();
        }
    }
}

#[cfg(test)]
#[path = "limit_test.rs"]
mod tests;
