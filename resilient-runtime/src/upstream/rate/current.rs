//! The limits that apply at a moment; expired restrictions are cleared.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Ordering},
    upstream::rate::{
        Rate,
        gcra::{Arrival, GcraParams, length, narrow, parts, repriced},
        learn::RateChange,
        local::{RateState, update},
        reported::{Bucket, ReportedLimit},
        throttle::{FULL, Throttle},
    },
};
use std::time::Duration;

/// The longest pause that a server's reset can impose.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(120);

/// A moment further ahead than this beyond its bound is from a clock that has gone back by more
/// than two threads' readings differ.
const AHEAD: Duration = Duration::from_secs(60);

/// The state behind the lock, which the fast path does not need.
pub(super) struct Limits {
    pub(super) configured: Option<Rate>,
    /// The processes among which it is divided.
    pub(super) replicas: u32,
    /// The latest limit reported by the server.
    pub(super) reported: Option<ReportedLimit>,
    /// Nothing is permitted before this moment.
    pub(super) blocked_until: u64,
    pub(super) throttle: Throttle,
    /// The share of the rate at which the levels are priced: a level is kept in units, so it is
    /// priced anew when the share changes.
    pub(super) share: u64,
    /// A debt beyond one burst, as a time.
    pub(super) owed: u64,
    /// Whether the configured limit has changed since the level was last read.
    pub(super) changed: bool,
    /// The state of reading a lowered limit again: see [`may_read`](Limits::may_read).
    pub(super) reading: u64,
    /// The rate as last reported, while the server restricts it. In a box, as few keys have one.
    pub(super) lowered: Option<Box<Rate>>,
    /// The end of the last restriction, until it is reported.
    pub(super) ended: Option<Box<RateChange>>,
}

/// The limits at a moment.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) params: GcraParams,
    /// The share of the rate.
    pub(super) share: u64,
    pub(super) now: u64,
    /// The earliest moment at which a unit is permitted.
    pub(super) start: u64,
}

impl Current {
    pub(super) fn arrival(&self, params: GcraParams, tat: u64, cost: u64, ahead: u64) -> Arrival {
        Arrival {
            now: self.now,
            tat,
            start: self.start,
            emission_interval: at_share(params.emission_interval, self.share),
            tolerance: params.tolerance,
            cost,
            ahead,
        }
    }

    /// The units left of a limit.
    pub(super) fn available(&self, params: GcraParams, tat: u64) -> i64 {
        let interval = at_share(params.emission_interval, self.share);
        params.available(tat, self.now, interval)
    }

    /// The latest valid theoretical arrival time: an empty bucket plus a debt of a whole burst.
    pub(super) fn deepest(&self) -> u64 {
        let burst = at_share(self.params.tolerance.saturating_mul(2), self.share);
        self.now.saturating_add(narrow(burst))
    }
}

/// A time at a share of the rate.
pub(super) fn at_share(parts: u64, share: u64) -> u128 {
    let whole = u128::from(parts).saturating_mul(u128::from(FULL));
    whole.div_ceil(u128::from(share.max(1)))
}

impl Limits {
    pub(super) const fn new(configured: Option<Rate>) -> Self {
        Self {
            configured,
            replicas: 1,
            reported: None,
            blocked_until: 0,
            throttle: Throttle::NONE,
            share: FULL,
            owed: 0,
            changed: false,
            reading: 0,
            lowered: None,
            ended: None,
        }
    }

    /// The rate in force, without the reduction after rejections.
    pub(super) fn rate(&self) -> Option<Rate> {
        self.bucket().map(|bucket| bucket.rate).or(self.configured)
    }

    pub(super) fn bucket(&self) -> Option<&Bucket> {
        self.reported.as_ref()?.bucket.as_ref()
    }

    pub(super) fn bucket_mut(&mut self) -> Option<&mut Bucket> {
        self.reported.as_mut()?.bucket.as_mut()
    }

    /// The burst of the tighter limit.
    pub(super) fn capacity(&self, params: GcraParams) -> u64 {
        let capacity = params.capacity();
        self.bucket()
            .map_or(capacity, |bucket| capacity.min(bucket.params.capacity()))
    }

    /// The price of a unit.
    pub(super) fn price(&self, params: GcraParams) -> u64 {
        narrow(at_share(params.emission_interval, self.share))
    }

    fn expire(&mut self, now: Moment) {
        let now_parts = parts(now);
        let furthest = now_parts
            .saturating_add(length(LONGEST_HOLD))
            .saturating_add(length(AHEAD));
        if self.blocked_until <= now_parts || self.blocked_until > furthest {
            self.blocked_until = 0;
        }
        if self.reported.is_some_and(|reported| !reported.is_live(now)) {
            self.reported = None;
            self.reading = 0;
        }
        if self.throttle.share(now) == FULL {
            self.throttle = Throttle::NONE;
        }
        self.expired();
    }
}

impl RateState {
    /// The current limits, `None` if unlimited. Expired restrictions are cleared, so that the next
    /// call takes the fast path again.
    pub(super) fn current(&self, limits: &mut Limits, now: Moment) -> Option<Current> {
        limits.configured?;
        limits.expire(now);
        let share = limits.throttle.share(now);
        if share != limits.share {
            self.reprice(limits, now, share);
        }
        self.publish(limits);
        let now = parts(now);
        let furthest = now.saturating_add(length(LONGEST_HOLD));
        Some(Current {
            params: self.params(),
            share,
            now,
            start: now.max(limits.blocked_until.min(furthest)),
        })
    }

    /// Keeps the units of every level at the price of another share.
    fn reprice(&self, limits: &mut Limits, now: Moment, share: u64) {
        let before = limits.share;
        let scaled = |tat| repriced(tat, parts(now), before, share);
        update(&self.tat, scaled);
        limits.owed = repriced(limits.owed, 0, before, share);
        if let Some(bucket) = limits.bucket_mut() {
            bucket.tat = scaled(bucket.tat);
        }
        limits.share = share;
    }

    /// The theoretical arrival time. A value that is impossible, because the clock has gone back or
    /// the limit has changed, is replaced by the latest valid one.
    pub(super) fn tat_at(&self, limits: &mut Limits, current: &Current) -> u64 {
        let tat = self.tat.load(Ordering::SeqCst);
        let deepest = current.deepest();
        if tat <= deepest {
            limits.owed = 0;
            return tat;
        }
        let deepest = deepest.saturating_add(limits.owed);
        if tat <= deepest {
            return tat;
        }
        let changed = limits.changed;
        limits.changed = false;
        if (changed || tat > deepest.saturating_add(length(AHEAD))) && self.replace(tat, deepest) {
            return deepest;
        }
        tat
    }

    /// Tells the fast path whether anything but the level restricts calls.
    pub(super) fn publish(&self, limits: &Limits) {
        let is_special = limits.blocked_until != 0
            || limits.throttle != Throttle::NONE
            || limits.share != FULL
            || limits.bucket().is_some();
        let special = if is_special { SPECIAL } else { 0 } | (limits.reading & IN_FLIGHT);
        let ended = if limits.ended.is_some() { ENDED } else { 0 };
        store(&self.special, special | ended);
    }
}

/// Set while anything but the level restricts calls.
const SPECIAL: u64 = 1;

/// This bit is set until the end of a restriction is reported.
pub(super) const ENDED: u64 = 2;

/// This bit is set while a call reads a lowered limit again.
pub(super) const IN_FLIGHT: u64 = 1 << 63;

/// Avoids a write to a word that others read.
fn store(word: &AtomicU64, value: u64) {
    if word.load(Ordering::SeqCst) != value {
        word.store(value, Ordering::SeqCst);
    }
}
