//! Stage upstream: takes a meter and a moment, gives what applies then, and forgets what is over.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Ordering},
    upstream::rate::{
        gcra::{GcraParams, length, narrow, parts},
        local::RateState,
        throttle::{FULL, Throttle},
    },
};
use std::time::Duration;

/// The longest time for which a server's word holds everything back.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(120);

/// What lies further ahead than it can is on a clock that has gone back by more than two threads' readings differ.
const AHEAD: Duration = Duration::from_secs(60);

/// What applies at a moment.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) params: GcraParams,
    /// What a unit costs at the share of the rate that is used.
    pub(super) emission_interval: u128,
    /// From when on something may go.
    pub(super) start: u64,
    /// The latest moment at which the bucket may be full: empty, and a whole burst owed.
    pub(super) deepest: u64,
}

impl RateState {
    /// What applies now; nothing, if there is no limit. What is over is forgotten, so that the next call is quick again.
    pub(super) fn current(&self, now: Moment) -> Option<Current> {
        let params = GcraParams {
            emission_interval: self.emission_interval.load(Ordering::SeqCst),
            tolerance: self.tolerance.load(Ordering::SeqCst),
        };
        if params.emission_interval == 0 {
            return None;
        }
        let now_parts = parts(now);
        let mut blocked_until = self.blocked_until.load(Ordering::SeqCst);
        let furthest = now_parts.saturating_add(length(LONGEST_HOLD));
        if blocked_until != 0
            && (blocked_until <= now_parts
                || blocked_until > furthest.saturating_add(length(AHEAD)))
        {
            let _ = forget(&self.blocked_until, blocked_until);
            blocked_until = 0;
        }
        let throttle = Throttle(self.throttle.load(Ordering::SeqCst));
        let share = throttle.share(now);
        if throttle != Throttle::NONE && share == FULL {
            let _ = forget(&self.throttle, throttle.0);
        }
        let scaled = |parts: u64| {
            let whole = u128::from(parts).saturating_mul(u128::from(FULL));
            whole.div_ceil(u128::from(share.max(1)))
        };
        let deepest = narrow(scaled(params.tolerance.saturating_mul(2)));
        Some(Current {
            params,
            emission_interval: scaled(params.emission_interval),
            start: now_parts.max(blocked_until.min(furthest)),
            deepest: now_parts.saturating_add(deepest),
        })
    }

    /// When the bucket is full again. What cannot be, since the clock has gone back or the limit has become another one,
    /// becomes the deepest level that can.
    pub(super) fn tat_at(&self, current: &Current) -> u64 {
        let tat = self.tat.load(Ordering::SeqCst);
        let deepest = current.deepest;
        if tat <= deepest {
            return tat;
        }
        let changed = self.changed.load(Ordering::SeqCst) != 0;
        self.changed.store(0, Ordering::SeqCst);
        if (changed || tat > deepest.saturating_add(length(AHEAD))) && self.replace(tat, deepest) {
            return deepest;
        }
        tat
    }
}

fn forget(word: &AtomicU64, seen: u64) -> Result<u64, u64> {
    word.compare_exchange(seen, 0, Ordering::SeqCst, Ordering::SeqCst)
}
