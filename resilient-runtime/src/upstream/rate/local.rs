//! The state of a rate limit in this process: GCRA on atomics, exact.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
    upstream::rate::{
        Rate,
        current::Limits,
        gcra::{GcraParams, Kind, duration, parts},
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
    /// The cost exceeds a limit that the server has lowered, which is read again by one call at a
    /// time.
    Reading {
        /// The time until the next call may; `None` while one does.
        next: Option<Duration>,
    },
}

/// A token bucket in the form of the generic cell rate algorithm ([ITU-T
/// I.371](https://www.itu.int/rec/T-REC-I.371), annex A). Its level is stored as the theoretical
/// arrival time (TAT), the moment at which the bucket is full again. So nothing has to be refilled,
/// and taking is one exchange of one word:
/// `tat' = max(tat, now) + cost × emission_interval`, permitted if `tat' - tolerance <= now`.
///
/// The time stands for units at a price. When the price changes, the level is priced anew.
pub(crate) struct RateState {
    pub(super) kind: Kind,
    /// The time per unit; zero for no limit.
    pub(super) emission_interval: AtomicU64,
    /// The burst as a time. A reader may see this of one limit and the emission interval of
    /// another: the call then counts as if it had come before the change.
    pub(super) tolerance: AtomicU64,
    /// The theoretical arrival time.
    pub(super) tat: AtomicU64,
    /// Whether there is more to look at than the level; see [`publish`](Self::publish).
    pub(super) special: AtomicU64,
    /// The cost of the queued calls.
    pub(super) queued: AtomicU64,
    /// The tokens taken and neither returned nor settled.
    pub(super) in_flight: AtomicU64,
    /// Its lock guards changes of emission interval and tolerance too.
    pub(super) limits: Mutex<Limits>,
}

/// A possible step of the theoretical arrival times.
struct Step {
    tat: u64,
    next: u64,
    /// That of the server's limit, if it is tighter.
    server: Option<u64>,
    /// Whether the call reads the server's limit again.
    reads: bool,
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
            special: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            limits: Mutex::new(Limits::new(rate)),
        }
    }

    /// Takes at once, or fails; always fails while others are queued.
    #[cfg(test)]
    pub(crate) fn try_take(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.try_take_or(cost, now, Self::take_queued)
    }

    /// Takes at once, with `slow` for the cases that the fast path does not decide.
    ///
    /// Everything is relaxed, because only one word has to be agreed on.
    #[inline]
    pub(super) fn try_take_or(
        &self,
        cost: u64,
        now: Moment,
        slow: impl Fn(&Self, u64, Moment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let emission_interval = self.emission_interval.load(Ordering::Relaxed);
        if emission_interval == 0 {
            return Ok(());
        }
        let special = self.special.load(Ordering::Relaxed) | self.queued.load(Ordering::Relaxed);
        let tolerance = self.tolerance.load(Ordering::Relaxed);
        let increment = match cost.checked_mul(emission_interval) {
            Some(increment) if special == 0 && increment <= tolerance => increment,
            _ => return slow(self, cost, now),
        };
        let now_parts = parts(now);
        let latest = now_parts.saturating_add(tolerance);
        let mut tat = self.tat.load(Ordering::Relaxed);
        loop {
            let next = tat.max(now_parts).saturating_add(increment);
            if next > latest {
                return slow(self, cost, now);
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

    /// The cases that [`try_take_or`](Self::try_take_or) does not decide on its fast path.
    #[cold]
    pub(super) fn take_queued(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(self.queued(), cost, now)
    }

    /// Takes for the head of the queue.
    pub(crate) fn take_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        self.take_behind(0, cost, now)
    }

    /// Takes if nothing is `ahead`, the cost of calls queued before this one.
    fn take_behind(&self, ahead: u64, cost: u64, now: Moment) -> Result<(), Refused> {
        let mut limits = lock(&self.limits);
        while let Some(step) = self.look(&mut limits, ahead, cost, now)? {
            if !self.replace(step.tat, step.next) {
                continue;
            }
            if let (Some(tat), Some(bucket)) = (step.server, limits.bucket_mut()) {
                bucket.tat = tat;
            }
            if step.reads {
                limits.reads(now);
                self.publish(&limits);
            }
            self.sent(cost);
            break;
        }
        Ok(())
    }

    /// The rejection of a call that comes now; `None` if it would be permitted.
    pub(crate) fn refusal(&self, cost: u64, now: Moment) -> Option<Refused> {
        let mut limits = lock(&self.limits);
        self.look(&mut limits, self.queued(), cost, now).err()
    }

    /// Whether the head of the queue would be permitted.
    pub(super) fn fits_first(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        let mut limits = lock(&self.limits);
        self.look(&mut limits, 0, cost, now).map(drop)
    }

    /// The step of taking; `None` if nothing changes.
    fn look(
        &self,
        limits: &mut Limits,
        ahead: u64,
        cost: u64,
        now: Moment,
    ) -> Result<Option<Step>, Refused> {
        let Some(current) = self.current(limits, now).filter(|_| cost > 0) else {
            return Ok(None);
        };
        let capacity = current.params.capacity();
        if cost > capacity {
            return Err(Refused::Never { capacity });
        }
        let tat = self.tat_at(limits, &current);
        let own = current.arrival(current.params, tat, cost, ahead).conform();
        let mut reads = false;
        let server = match limits.bucket() {
            Some(bucket) if cost > bucket.params.capacity() => {
                limits.may_read(now)?;
                reads = true;
                let emptied = current.start.saturating_add(bucket.params.tolerance);
                Ok(Some(bucket.tat.max(emptied)))
            }
            Some(bucket) => {
                let arrival = current.arrival(bucket.params, bucket.tat, cost, ahead);
                arrival.conform().map(Some)
            }
            None => Ok(None),
        };
        let wait = own.err().max(server.err());
        match (own, server, wait) {
            (Ok(next), Ok(server), _) => Ok(Some(Step {
                tat,
                next,
                server,
                reads,
            })),
            (_, _, wait) => Err(Refused::Wait(duration(wait.unwrap_or_default()))),
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

    /// The units left now; negative in debt, at most zero while the server blocks everything.
    pub(crate) fn level(&self, now: Moment) -> i64 {
        let mut limits = lock(&self.limits);
        let Some(current) = self.current(&mut limits, now) else {
            return i64::MAX;
        };
        let deepest = current.deepest().saturating_add(limits.owed);
        let tat = self.tat.load(Ordering::SeqCst).min(deepest);
        let mut level = current.available(current.params, tat);
        if let Some(bucket) = limits.bucket() {
            level = level.min(current.available(bucket.params, bucket.tat));
        }
        if current.start > current.now {
            level.min(0)
        } else {
            level
        }
    }

    /// The burst; `u64::MAX` without a limit.
    pub(crate) fn capacity(&self) -> u64 {
        let limits = lock(&self.limits);
        limits.capacity(self.params())
    }

    /// Emission interval and tolerance; with the lock held, of one and the same limit.
    pub(super) fn params(&self) -> GcraParams {
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

#[cfg(test)]
#[path = "bounds_test.rs"]
mod bounds_tests;
