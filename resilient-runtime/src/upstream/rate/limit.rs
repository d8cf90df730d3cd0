//! Stage upstream: takes what a call costs, gives it leave to go now or in its turn.

use crate::{
    Quota,
    clock::Moment,
    timer as wait,
    upstream::rate::{
        Rate,
        gcra::Kind,
        learn::RateChange,
        local::{RateState, Refused},
    },
};
use std::time::Duration;
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, timeout_at},
};

/// The longest sleep of the first in the line: its wait may have become shorter without anybody's word, by the recovery
/// of a throttled rate.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A limit of requests or of tokens that calls share. Without a limit, asking costs a load.
///
/// Who has to wait stands in a line, and only its first waits for the level to be high enough: nothing is taken ahead of
/// its time, so whoever leaves the line leaves no trace.
pub(crate) struct RateLimit {
    meter: RateState,
    /// The head of the line. Tokio's semaphore is fair.
    head: Semaphore,
    /// Told whenever the first in the line may have to wait less.
    sooner: Notify,
}

impl RateLimit {
    /// Without a rate, no limit until one is set.
    pub(crate) const fn new(rate: Option<Rate>, kind: Kind) -> Self {
        Self {
            meter: RateState::new(rate, kind),
            head: Semaphore::const_new(1),
            sooner: Notify::const_new(),
        }
    }

    /// At once or not at all, and not while others are in the line. See [`RateState::try_take`].
    #[inline]
    pub(crate) fn try_take(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.meter.try_take(cost, now)
    }

    /// First come, first served; refused at once, and whenever it turns out later, if the wait would last longer than until
    /// `latest`, if there is one. Cancel safe: a future that is dropped has taken nothing.
    pub(crate) async fn take(&self, cost: u64, latest: Option<Instant>) -> Result<(), Refused> {
        let (now, wait) = loop {
            // Before the look, so that no change is missed.
            let sooner = self.sooner.notified();
            let now = Instant::now();
            match self.meter.try_take(cost, Moment::of(now)) {
                Err(Refused::Wait(wait)) => break (now, wait),
                Err(Refused::Reading) if !outlasts(now, Duration::ZERO, latest) => {
                    // Not in the line, where cheaper calls would wait behind it.
                    let look = wait::after(now, LONGEST_SLEEP);
                    let look = latest.map_or(look, |latest| latest.min(look));
                    let _ = timeout_at(look, sooner).await;
                }
                other => return other,
            }
        };
        if outlasts(now, wait, latest) {
            return Err(Refused::Wait(wait));
        }
        let place = Place::new(&self.meter, cost);
        let turn = match latest {
            Some(latest) => timeout_at(latest, self.head.acquire()).await,
            None => Ok(self.head.acquire().await),
        };
        match turn {
            Ok(_turn) => self.take_first(cost, latest).await,
            Err(_) => {
                // Its time was over before its turn: what it hears is the wait of one that came now.
                drop(place);
                let refused = self.meter.refusal(cost, Moment::now());
                Err(refused.unwrap_or(Refused::Wait(Duration::from_nanos(1))))
            }
        }
    }

    /// Sleeps until it fits, looking again after each sleep and each change.
    async fn take_first(&self, cost: u64, latest: Option<Instant>) -> Result<(), Refused> {
        loop {
            // Before the look, so that no change is missed.
            let sooner = self.sooner.notified();
            let now = Instant::now();
            let wait = match self.meter.take_first(cost, Moment::of(now)) {
                Err(Refused::Wait(wait)) => wait,
                other => return other,
            };
            if outlasts(now, wait, latest) {
                return Err(Refused::Wait(wait));
            }
            let _ = timeout_at(wait::after(now, wait.min(LONGEST_SLEEP)), sooner).await;
        }
    }

    /// Puts back what was taken for an attempt that was not sent. Everything taken is either given back or settled, once.
    ///
    /// A full bucket takes nothing back: the level never exceeds the burst. But how much came back meanwhile by time alone
    /// is not known, so a time `t` in which `n` is given back may see `amount × t ÷ period + burst + n` taken (of which
    /// `n` was not used).
    pub(crate) fn give_back(&self, cost: u64) {
        let is_awaited = self.is_awaited();
        self.meter.give_back(cost);
        self.tell(is_awaited);
    }

    /// Corrects the estimate with which a call was let through. See [`RateState::settle`].
    pub(crate) fn settle(&self, estimated: u64, actual: u64, now: Moment) {
        self.meter.settle(estimated, actual, now);
        if self.is_awaited() {
            self.settled(estimated, now);
        }
    }

    /// A reading of the server; after [`settle`](Self::settle) for the same call, whose estimate counts as in flight until
    /// then. See [`RateState::learn`].
    pub(crate) fn learn(&self, quota: &Quota, now: Moment) -> Option<RateChange> {
        let is_awaited = self.is_awaited();
        let change = self.meter.learn(quota, now);
        self.tell(is_awaited);
        change
    }

    /// A refusal of the server without readings.
    pub(crate) fn throttled(&self, now: Moment) -> Option<RateChange> {
        self.meter.throttled(now)
    }

    /// The capacity of a bucket that never holds so much; `None` if it does.
    pub(crate) fn never(&self, cost: u64, now: Moment) -> Option<u64> {
        match self.meter.refusal(cost, now) {
            Some(Refused::Never { capacity }) => Some(capacity),
            _ => None,
        }
    }

    /// Changes the limit; who waits for the old one goes by the new one at once. See [`RateState::set`].
    pub(crate) fn set(&self, rate: Option<Rate>) {
        let is_awaited = self.is_awaited();
        self.meter.set(rate);
        self.tell(is_awaited);
    }

    pub(crate) fn level(&self, now: Moment) -> i64 {
        self.meter.level(now)
    }

    pub(crate) fn capacity(&self) -> u64 {
        self.meter.capacity()
    }

    pub(crate) fn effective(&self, now: Moment) -> Option<Rate> {
        self.meter.effective(now)
    }

    #[cold]
    fn settled(&self, estimated: u64, now: Moment) {
        if estimated > self.meter.capacity() {
            self.meter.read_again(now);
        }
        self.tell(true);
    }

    /// Whether anybody waits: in the line, or for a limit that is being read again.
    #[inline]
    fn is_awaited(&self) -> bool {
        self.meter.queued() > 0 || self.meter.is_being_read()
    }

    #[inline]
    fn tell(&self, is_awaited: bool) {
        if is_awaited {
            self.sooner.notify_waiters();
        }
    }
}

fn outlasts(now: Instant, wait: Duration, latest: Option<Instant>) -> bool {
    latest.is_some_and(|latest| wait::after(now, wait) > latest)
}

/// A place in the line, counted while it is held.
struct Place<'a> {
    meter: &'a RateState,
    cost: u64,
}

impl<'a> Place<'a> {
    fn new(meter: &'a RateState, cost: u64) -> Self {
        meter.join_line(cost);
        Self { meter, cost }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.meter.leave_line(self.cost);
    }
}

#[cfg(test)]
#[path = "limit_test.rs"]
mod tests;
