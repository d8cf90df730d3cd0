//! A rate limit with a FIFO wait queue.

use crate::{
    Quota,
    clock::Moment,
    random,
    sync::{AtomicU64, Ordering},
    timer,
    upstream::rate::{
        Rate,
        gcra::Kind,
        learn::RateChange,
        local::{RateState, Refused},
        place::Place,
    },
};
use std::{pin::pin, time::Duration};
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, timeout_at},
};

/// The longest sleep of the queue's head: its wait may shrink without a notification, as a
/// throttled rate recovers.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A head of the queue that has not looked for so long is not polled. Then the others do not wait
/// for it.
const STALLED: Duration = Duration::from_secs(2);

/// A shared limit of requests or tokens. Without a limit, a check costs one load.
///
/// Waiting calls form a queue, and only its head waits for the level. Nothing is taken in advance,
/// so a cancelled call leaves no trace.
pub(crate) struct RateLimit {
    state: RateState,
    /// The right to be the head of the queue. Tokio's semaphore is fair.
    head: Semaphore,
    /// Notified whenever the wait of the head may have become shorter.
    sooner: Notify,
    /// When the head of the queue has last looked.
    looked: AtomicU64,
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

    /// Takes in FIFO order. Fails as soon as it is known that the wait would exceed `latest`, if
    /// given. Cancel safe: a dropped future has taken nothing.
    pub(crate) async fn take(&self, cost: u64, latest: Option<Instant>) -> Result<(), Refused> {
        self.take_with(cost, latest, |_| Ok(())).await
    }

    /// Takes in FIFO order, and at the same moment from another limit by `other`.
    pub(crate) async fn take_with(
        &self,
        cost: u64,
        latest: Option<Instant>,
        other: impl Fn(Moment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        loop {
            // Registered before the check, so that no change is missed.
            let sooner = self.sooner.notified();
            let now = Instant::now();
            let moment = Moment::of(now);
            let taken = self.state.try_take(cost, moment);
            match taken.and_then(|()| self.also(cost, other(moment))) {
                Err(Refused::Wait(wait)) if !outlasts(now, wait, latest) => {
                    match self.take_in_turn(cost, latest, &other).await {
                        // The limit was lowered meanwhile.
                        Err(Refused::Reading { .. }) => {}
                        ended => return ended,
                    }
                }
                Err(Refused::Reading { next })
                    if !is_over(now, latest)
                        && !outlasts(now, next.unwrap_or_default(), latest) =>
                {
                    // Not queued, or cheaper calls would wait behind it.
                    let _ = timeout_at(timer::earlier(now, LONGEST_SLEEP, latest), sooner).await;
                }
                ended => return ended,
            }
        }
    }

    /// Takes as the head of the queue, or as if it were, when the head is not polled.
    async fn take_in_turn(
        &self,
        cost: u64,
        latest: Option<Instant>,
        other: impl Fn(Moment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let place = Place::new(&self.state, cost);
        let mut turn = pin!(self.head.acquire());
        let mut sleep = STALLED;
        loop {
            let look = timer::earlier(Instant::now(), sleep, latest);
            if let Ok(_turn) = timeout_at(look, turn.as_mut()).await {
                return self.take_at_head(cost, latest, other).await;
            }
            let now = Instant::now();
            let moment = Moment::of(now);
            if is_over(now, latest) {
                // Timed out in the queue: reports the wait of a call that comes now.
                drop(place);
                let refused = self.state.refusal(cost, moment);
                return Err(refused.unwrap_or(Refused::Wait(Duration::from_nanos(1))));
            }
            sleep = STALLED;
            if self.is_head_stalled(moment) {
                match self.take_both(cost, moment, &other) {
                    // All others look too: spread, they use every unit when it is there.
                    Err(Refused::Wait(_)) => sleep = random::part_of(LONGEST_SLEEP),
                    ended => return ended,
                }
            }
        }
    }

    /// Sleeps until the cost fits, checking again after each sleep and each change.
    async fn take_at_head(
        &self,
        cost: u64,
        latest: Option<Instant>,
        other: impl Fn(Moment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        loop {
            // Registered before the check, so that no change is missed.
            let sooner = self.sooner.notified();
            let now = Instant::now();
            let moment = Moment::of(now);
            self.looked.store(moment.0, Ordering::Relaxed);
            let wait = match self.take_both(cost, moment, &other) {
                Err(Refused::Wait(wait)) => wait,
                ended => return ended,
            };
            if outlasts(now, wait, latest) {
                return Err(Refused::Wait(wait));
            }
            let _ = timeout_at(timer::after(now, wait.min(LONGEST_SLEEP)), sooner).await;
        }
    }

    /// Takes at once, ahead of the queue.
    pub(crate) fn take_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.state.take_first(cost, now)
    }

    /// Takes at once, ahead of the queue, from this limit and from the other one, or from none.
    fn take_both(
        &self,
        cost: u64,
        now: Moment,
        other: impl Fn(Moment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        self.state.take_first(cost, now)?;
        self.also(cost, other(now))
    }

    /// The other limit may refuse: then this one keeps nothing.
    fn also(&self, cost: u64, other: Result<(), Refused>) -> Result<(), Refused> {
        other.map_err(|refused| {
            self.state.give_back(cost);
            match refused {
                Refused::Wait(wait) => Refused::Wait(wait),
                Refused::Reading { .. } | Refused::Never { .. } => Refused::Wait(LONGEST_SLEEP),
            }
        })
    }

    /// Whether the head of the queue has not looked for so long that it cannot have been polled: it
    /// may be a branch of a `select!`, or one of several futures whose task does something else.
    fn is_head_stalled(&self, now: Moment) -> bool {
        let looked = Moment(self.looked.load(Ordering::Relaxed));
        now.since(looked) >= STALLED || now.is_behind(looked)
    }

    /// Returns the cost of an attempt that was not sent. Everything taken is either returned or
    /// settled, exactly once.
    ///
    /// A full bucket absorbs nothing: the level never exceeds the burst. Because the bucket may
    /// have refilled meanwhile, a time `t` in which `n` units are returned may see
    /// `amount × t ÷ period + burst + n` taken, of which `n` were not used.
    pub(crate) fn give_back(&self, cost: u64) {
        let is_awaited = self.is_awaited();
        self.state.give_back(cost);
        self.notify(is_awaited);
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
        self.notify(is_awaited);
        change
    }

    /// Whether a quota is one of another resource than the limit that applies.
    pub(crate) fn is_foreign(&self, quota: &Quota, now: Moment) -> bool {
        self.state.is_foreign(quota, now)
    }

    /// Records a rejection by the server without quotas.
    pub(crate) fn throttled(&self, now: Moment) -> Option<RateChange> {
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
        let is_awaited = self.is_awaited();
        self.state.set(rate, Moment::now());
        self.notify(is_awaited);
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

fn is_over(now: Instant, latest: Option<Instant>) -> bool {
    latest.is_some_and(|latest| now >= latest)
}

fn outlasts(now: Instant, wait: Duration, latest: Option<Instant>) -> bool {
    latest.is_some_and(|latest| timer::after(now, wait) > latest)
}

#[cfg(test)]
#[path = "limit_test.rs"]
mod tests;
