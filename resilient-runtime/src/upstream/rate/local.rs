//! The state of a rate limit in this process: GCRA on atomics, exact.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
    upstream::rate::{
        Rate,
        gcra::{Arrival, GcraParams, Kind, duration, parts},
    },
};
use std::time::Duration;

/// Why a cost is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The cost exceeds the burst.
    Never {
        /// The burst.
        capacity: u64,
    },
    /// Permitted after this time, if nothing else changes. Never zero.
    Wait(Duration),
    /// Another call in flight reads a lowered limit again, and may lift it.
    Reading,
}

/// A token bucket in the form of the generic cell rate algorithm ([ITU-T
/// I.371](https://www.itu.int/rec/T-REC-I.371), annex A). Its level is stored as the theoretical
/// arrival time (TAT), the moment at which the bucket is full again. So nothing has to be refilled,
/// and taking is one exchange of one word:
/// `tat' = max(tat, now) + cost × emission_interval`, permitted if `tat' - tolerance <= now`.
pub(crate) struct RateState {
    pub(super) kind: Kind,
    /// The time per unit; zero for no limit.
    pub(super) emission_interval: AtomicU64,
    /// The burst as a time. A reader may see this of one limit and the emission interval of
    /// another: the call then counts as if it had come before the change.
    pub(super) tolerance: AtomicU64,
    /// The theoretical arrival time.
    pub(super) tat: AtomicU64,
    /// Nothing is permitted before this moment.
    pub(super) blocked_until: AtomicU64,
    pub(super) throttle: AtomicU64,
    /// The cost of the queued calls.
    pub(super) queued: AtomicU64,
    /// The tokens taken and neither returned nor settled.
    pub(super) in_flight: AtomicU64,
    /// Whether the limit has changed since the level was last read.
    pub(super) changed: AtomicU64,
    /// The latest limit reported by the server.
    pub(super) server_limit: AtomicU64,
    /// The state of reading a lowered limit again: see [`may_read`](Self::may_read).
    pub(super) reading: AtomicU64,
    /// The configured rate. Its lock guards changes of emission interval and tolerance.
    pub(super) rate: Mutex<Option<Rate>>,
}

impl RateState {
    pub(crate) const fn new(rate: Option<Rate>, kind: Kind) -> Self {
        let params = match rate {
            Some(rate) => GcraParams::of(rate, kind),
            None => GcraParams::OFF,
        };
        Self {
            kind,
            emission_interval: AtomicU64::new(params.emission_interval),
            tolerance: AtomicU64::new(params.tolerance),
            tat: AtomicU64::new(0),
            blocked_until: AtomicU64::new(0),
            throttle: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            changed: AtomicU64::new(0),
            server_limit: AtomicU64::new(0),
            reading: AtomicU64::new(0),
            rate: Mutex::new(rate),
        }
    }

    /// Takes at once, or fails; always fails while others are queued.
    ///
    /// Everything is relaxed, because only one word has to be agreed on.
    #[inline]
    pub(crate) fn try_take(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        let emission_interval = self.emission_interval.load(Ordering::Relaxed);
        if emission_interval == 0 {
            return Ok(());
        }
        let special = self.blocked_until.load(Ordering::Relaxed)
            | self.throttle.load(Ordering::Relaxed)
            | self.queued.load(Ordering::Relaxed);
        let tolerance = self.tolerance.load(Ordering::Relaxed);
        let increment = match cost.checked_mul(emission_interval) {
            Some(increment) if special == 0 && increment <= tolerance => increment,
            _ => return self.take_queued(cost, now),
        };
        let now_parts = parts(now);
        let latest = now_parts.saturating_add(tolerance);
        let mut tat = self.tat.load(Ordering::Relaxed);
        loop {
            let next = tat.max(now_parts).saturating_add(increment);
            if next > latest {
                return self.take_queued(cost, now);
            }
            match self
                .tat
                .compare_exchange_weak(tat, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => break,
                Err(other) => tat = other,
            }
        }
        self.sent(cost);
        Ok(())
    }

    /// The cases that [`try_take`](Self::try_take) does not decide on its fast path.
    #[cold]
    fn take_queued(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(self.queued(), cost, now)
    }

    /// Takes for the head of the queue.
    pub(crate) fn take_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(0, cost, now)
    }

    /// Takes if nothing is `ahead`, the cost of calls queued before this one.
    fn take_behind(&self, ahead: u64, cost: u64, now: Moment) -> Result<(), Refused> {
        while let Some((tat, next)) = self.look(ahead, cost, now)? {
            if self.replace(tat, next) {
                self.sent(cost);
                self.reads(cost, now);
                break;
            }
        }
        Ok(())
    }

    /// The rejection of a call that comes now; `None` if it would be permitted.
    pub(crate) fn refusal(&self, cost: u64, now: Moment) -> Option<Refused> {
        self.look(self.queued(), cost, now).err()
    }

    /// The theoretical arrival time before and after taking; `None` if it does not change.
    fn look(&self, ahead: u64, cost: u64, now: Moment) -> Result<Option<(u64, u64)>, Refused> {
        let Some(mut current) = self.current(now).filter(|_| cost > 0) else {
            return Ok(None);
        };
        if cost > current.params.capacity() {
            // Reads both values of one limit, not halves of two.
            current.params = self.params();
            let capacity = current.params.capacity();
            if cost > capacity {
                self.may_read(cost, capacity, now)?;
            }
        }
        let tat = self.tat_at(&current);
        let arrival = Arrival {
            now: parts(now),
            tat,
            start: current.start,
            emission_interval: current.emission_interval,
            tolerance: current.params.tolerance,
            cost,
            ahead,
        };
        match arrival.conform() {
            Ok(next) => Ok(Some((tat, next))),
            Err(wait) => Err(Refused::Wait(duration(wait))),
        }
    }

    /// Replaces the theoretical arrival time, if it is still `tat`.
    pub(super) fn replace(&self, tat: u64, next: u64) -> bool {
        let result = self
            .tat
            .compare_exchange(tat, next, Ordering::SeqCst, Ordering::SeqCst);
        result.is_ok()
    }

    #[inline]
    fn sent(&self, cost: u64) {
        if self.kind == Kind::Tokens {
            self.in_flight.fetch_add(cost, Ordering::Relaxed);
        }
    }

    fn settled(&self, cost: u64) {
        if self.kind == Kind::Tokens {
            update(&self.in_flight, |sum| sum.saturating_sub(cost));
        }
    }

    /// Returns unused units, priced at the full rate: never more than was paid for them at a
    /// reduced rate.
    pub(crate) fn give_back(&self, cost: u64) {
        self.settled(cost);
        if self.is_being_read() && cost > self.capacity() {
            self.reading.store(0, Ordering::SeqCst);
        }
        self.refund(cost);
    }

    /// Corrects an estimate: an excess is returned, a shortfall becomes debt, at most one burst.
    pub(crate) fn settle(&self, estimated: u64, actual: u64, now: Moment) {
        self.settled(estimated);
        let debt = actual.saturating_sub(estimated);
        if debt == 0 {
            self.refund(estimated.saturating_sub(actual));
            return;
        }
        let params = GcraParams {
            emission_interval: self.emission_interval.load(Ordering::SeqCst),
            tolerance: self.tolerance.load(Ordering::SeqCst),
        };
        update(&self.tat, |tat| params.owing(tat, parts(now), debt));
    }

    fn refund(&self, units: u64) {
        let emission_interval = self.emission_interval.load(Ordering::SeqCst);
        let parts = units.saturating_mul(emission_interval);
        update(&self.tat, |tat| tat.saturating_sub(parts));
    }

    /// The units left now; negative in debt, at most zero while the server blocks everything.
    pub(crate) fn level(&self, now: Moment) -> i64 {
        let Some(current) = self.current(now) else {
            return i64::MAX;
        };
        let tat = self.tat.load(Ordering::SeqCst).min(current.deepest);
        let interval = current.emission_interval;
        let level = current.params.available(tat, parts(now), interval);
        if current.start > parts(now) {
            level.min(0)
        } else {
            level
        }
    }

    /// The burst; `u64::MAX` without a limit.
    pub(crate) fn capacity(&self) -> u64 {
        self.params().capacity()
    }

    /// Emission interval and tolerance of one and the same limit.
    fn params(&self) -> GcraParams {
        let _unchanged = lock(&self.rate);
        GcraParams {
            emission_interval: self.emission_interval.load(Ordering::SeqCst),
            tolerance: self.tolerance.load(Ordering::SeqCst),
        }
    }

    /// The cost of the queued calls.
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Ordering::SeqCst)
    }

    pub(crate) fn enqueue(&self, cost: u64) {
        self.queued.fetch_add(cost, Ordering::SeqCst);
    }

    pub(crate) fn dequeue(&self, cost: u64) {
        self.queued.fetch_sub(cost, Ordering::SeqCst);
    }
}

/// Replaces a word by a function of its value.
pub(super) fn update(word: &AtomicU64, change: impl Fn(u64) -> u64) {
    let mut seen = word.load(Ordering::SeqCst);
    while let Err(other) =
        word.compare_exchange(seen, change(seen), Ordering::SeqCst, Ordering::SeqCst)
    {
        seen = other;
    }
}

#[cfg(test)]
#[path = "local_test.rs"]
mod tests;

#[cfg(test)]
#[path = "walk_test.rs"]
mod walk_tests;
