//! The limit that applies at a moment; expired restrictions are cleared.

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

/// The longest pause that a server's reset can impose.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(120);

/// A moment further ahead than this beyond its bound is from a clock that has gone back by more
/// than two threads' readings differ.
const AHEAD: Duration = Duration::from_secs(60);

/// The limit that applies at a moment.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) params: GcraParams,
    /// The emission interval at the current share of the rate.
    pub(super) emission_interval: u128,
    /// The earliest moment at which a unit is permitted.
    pub(super) start: u64,
    /// The latest valid theoretical arrival time: an empty bucket plus a debt of a whole burst.
    pub(super) deepest: u64,
}

impl RateState {
    /// The current limit, `None` if unlimited. Expired restrictions are cleared, so that the next
    /// call takes the fast path again.
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
            let _ = clear(&self.blocked_until, blocked_until);
            blocked_until = 0;
        }
        let throttle = Throttle(self.throttle.load(Ordering::SeqCst));
        let share = throttle.share(now);
        if throttle != Throttle::NONE && share == FULL {
            let _ = clear(&self.throttle, throttle.0);
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

    /// The theoretical arrival time. A value that is impossible, because the clock has gone back or
    /// the limit has changed, is replaced by the latest valid one.
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

fn clear(word: &AtomicU64, seen: u64) -> Result<u64, u64> {
    word.compare_exchange(seen, 0, Ordering::SeqCst, Ordering::SeqCst)
}
