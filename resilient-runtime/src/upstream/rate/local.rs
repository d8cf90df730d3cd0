//! Stage upstream: takes what calls cost, says whether they may go now or how long they have to wait. Exact, and all in
//! atomics.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
    upstream::rate::{
        Rate,
        gcra::{GcraParams, Kind, duration, narrow, parts},
    },
};
use std::time::Duration;

/// Why something may not go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Not even a full bucket holds so much.
    Never {
        /// What a full bucket holds.
        capacity: u64,
    },
    /// It may go after this time, if nothing else changes. Never zero.
    Wait(Duration),
    /// Another call is out to read a limit that is too low for it, and may restore it.
    Reading,
}

/// A bucket that refills with time, as the generic cell rate algorithm has it
/// ([ITU-T I.371](https://www.itu.int/rec/T-REC-I.371), annex A): its level is kept as the moment at which it will be full
/// again, so there is nothing to refill, and taking is one exchange of one word.
pub(crate) struct RateState {
    pub(super) kind: Kind,
    /// What a unit costs; zero for no limit.
    pub(super) emission_interval: AtomicU64,
    /// What a full bucket holds. A reader may see this of one limit and the price of another: then a call pays by the
    /// old price or goes by the old burst, as if it had come before the change.
    pub(super) tolerance: AtomicU64,
    /// When the bucket is full again.
    pub(super) tat: AtomicU64,
    /// Until when nothing goes.
    pub(super) blocked_until: AtomicU64,
    pub(super) throttle: AtomicU64,
    /// What those in the line cost.
    pub(super) queued: AtomicU64,
    /// Of tokens, what was taken and has neither been given back nor settled.
    pub(super) in_flight: AtomicU64,
    /// Whether the limit has been changed since the level was last looked at.
    pub(super) changed: AtomicU64,
    /// The limit that the server told last.
    pub(super) server_limit: AtomicU64,
    /// The call that finds out whether the server's limit is still as low as told: see [`may_read`](Self::may_read).
    pub(super) reading: AtomicU64,
    /// What the configuration says, behind the lock under which price and window are changed.
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

    /// At once or not at all, and not while others are in the line.
    ///
    /// All is relaxed, since the one word is all there is to agree on.
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
        let charge = match cost.checked_mul(emission_interval) {
            Some(charge) if special == 0 && charge <= tolerance => charge,
            _ => return self.take_newcomer(cost, now),
        };
        let now_parts = parts(now);
        let latest = now_parts.saturating_add(tolerance);
        let mut tat = self.tat.load(Ordering::Relaxed);
        loop {
            let next = tat.max(now_parts).saturating_add(charge);
            if next > latest {
                return self.take_newcomer(cost, now);
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

    /// What [`try_take`](Self::try_take) cannot say with little arithmetic.
    #[cold]
    fn take_newcomer(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(self.queued(), cost, now)
    }

    /// For the first in the line.
    pub(crate) fn take_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(0, cost, now)
    }

    /// Takes if nothing is `ahead`; what is ahead has not been taken yet.
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

    /// The wait of a call that came now; none, if it need not wait.
    pub(crate) fn refusal(&self, cost: u64, now: Moment) -> Option<Refused> {
        self.look(self.queued(), cost, now).err()
    }

    /// The level as it is and as it is to be, as moments; nothing, if it need not change.
    fn look(&self, ahead: u64, cost: u64, now: Moment) -> Result<Option<(u64, u64)>, Refused> {
        let Some(mut current) = self.current(now).filter(|_| cost > 0) else {
            return Ok(None);
        };
        if cost > current.params.capacity() {
            // Not by two halves of a change.
            current.params = self.params();
            let capacity = current.params.capacity();
            if cost > capacity {
                self.may_read(cost, capacity, now)?;
            }
        }
        let tolerance = u128::from(current.params.tolerance);
        let charge = u128::from(cost).saturating_mul(current.emission_interval);
        // At a share of the rate a large cost is worth more than the window: a full bucket is enough.
        let need = charge.min(tolerance);
        let before = u128::from(ahead).saturating_mul(current.emission_interval);
        let tat = self.tat_at(&current);
        let base = u128::from(tat.max(current.start));
        let fits = base.saturating_add(before).saturating_add(need);
        let at = narrow(fits.saturating_sub(tolerance)).max(current.start);
        let wait = at.saturating_sub(parts(now));
        if wait > 0 || ahead > 0 {
            return Err(Refused::Wait(duration(wait)));
        }
        Ok(Some((tat, narrow(base.saturating_add(charge)))))
    }

    /// Changes the level, if it is still what it was.
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

    fn landed(&self, cost: u64) {
        if self.kind == Kind::Tokens {
            update(&self.in_flight, |sum| sum.saturating_sub(cost));
        }
    }

    /// Puts back what was taken and not used: at the whole rate's price, which may be less than was paid for it at a
    /// share of the rate, never more.
    pub(crate) fn give_back(&self, cost: u64) {
        self.landed(cost);
        if self.is_being_read() && cost > self.capacity() {
            self.reading.store(0, Ordering::SeqCst);
        }
        self.refund(cost);
    }

    /// Corrects an estimate: what was too much comes back, what was too little is owed. At most a whole burst is owed.
    pub(crate) fn settle(&self, estimated: u64, actual: u64, now: Moment) {
        self.landed(estimated);
        let debt = actual.saturating_sub(estimated);
        if debt == 0 {
            self.refund(estimated.saturating_sub(actual));
            return;
        }
        let emission_interval = self.emission_interval.load(Ordering::SeqCst);
        let tolerance = self.tolerance.load(Ordering::SeqCst);
        let deepest = parts(now).saturating_add(tolerance.saturating_mul(2));
        update(&self.tat, |tat| {
            let owed = tat
                .max(parts(now))
                .saturating_add(debt.saturating_mul(emission_interval));
            tat.max(owed.min(deepest))
        });
    }

    fn refund(&self, units: u64) {
        let emission_interval = self.emission_interval.load(Ordering::SeqCst);
        let parts = units.saturating_mul(emission_interval);
        update(&self.tat, |tat| tat.saturating_sub(parts));
    }

    /// What is left now. Less than nothing is owed; while the server holds everything back, nothing is left.
    pub(crate) fn level(&self, now: Moment) -> i64 {
        let Some(current) = self.current(now) else {
            return i64::MAX;
        };
        let tat = self.tat.load(Ordering::SeqCst).min(current.deepest);
        let missing = i128::from(tat.saturating_sub(parts(now)));
        let left = i128::from(current.params.tolerance).saturating_sub(missing);
        let emission_interval = i128::try_from(current.emission_interval).unwrap_or(i128::MAX);
        let level = left.checked_div_euclid(emission_interval).unwrap_or(0);
        let level = i64::try_from(level).unwrap_or(if level < 0 { i64::MIN } else { i64::MAX });
        if current.start > parts(now) {
            level.min(0)
        } else {
            level
        }
    }

    /// What a full bucket holds; without a limit, everything.
    pub(crate) fn capacity(&self) -> u64 {
        self.params().capacity()
    }

    /// Price and window of one and the same limit.
    fn params(&self) -> GcraParams {
        let _unchanged = lock(&self.rate);
        GcraParams {
            emission_interval: self.emission_interval.load(Ordering::SeqCst),
            tolerance: self.tolerance.load(Ordering::SeqCst),
        }
    }

    /// What those in the line cost.
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Ordering::SeqCst)
    }

    pub(crate) fn join_line(&self, cost: u64) {
        self.queued.fetch_add(cost, Ordering::SeqCst);
    }

    pub(crate) fn leave_line(&self, cost: u64) {
        self.queued.fetch_sub(cost, Ordering::SeqCst);
    }
}

/// Changes a word by what it is.
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
