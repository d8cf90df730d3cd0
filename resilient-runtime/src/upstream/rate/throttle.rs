//! Stage upstream: takes the moments at which a server said "slow down", gives the share of the rate that is used. Pure.

use crate::clock::Moment;

/// The whole rate.
pub(crate) const FULL: u64 = 1 << BITS;

/// The least share, a sixteenth.
const LEAST: u64 = FULL >> 4;

/// What a cut leaves, in tenths: less than half would be too much, since the rate was right a moment ago.
const CUT: u64 = 7;

/// Refusals within so many milliseconds are answers to the same burst and count once.
const ONCE: u64 = 1_000;

/// The milliseconds from the least share back to the whole.
const RECOVERY: u64 = 60_000;

/// A moment that lies so many milliseconds ahead is that of a clock that has gone back since.
const AHEAD: u64 = 60_000;

const BITS: u32 = 16;

/// What is left of a rate: multiplicative decrease, additive recovery with time, as a TCP sender does it. In one word: the
/// milliseconds of the last cut above the share that it left; zero while the rate is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttle(pub(crate) u64);

impl Throttle {
    pub(crate) const NONE: Self = Self(0);

    /// The share of the rate now: from [`LEAST`] to [`FULL`].
    pub(crate) fn share(self, now: Moment) -> u64 {
        if self == Self::NONE || self.cut_at() > millis(now).saturating_add(AHEAD) {
            return FULL;
        }
        let since = millis(now).saturating_sub(self.cut_at()).min(RECOVERY);
        let gained = since.saturating_mul(FULL.saturating_sub(LEAST));
        let gained = gained.checked_div(RECOVERY).unwrap_or(FULL);
        let left = self.0 & FULL.saturating_sub(1);
        left.saturating_add(gained).clamp(LEAST, FULL)
    }

    /// After another refusal; none, if it belongs to the burst that has been counted.
    pub(crate) fn cut(self, now: Moment) -> Option<Self> {
        let share = self.share(now);
        if self != Self::NONE && share != FULL && millis(now).saturating_sub(self.cut_at()) < ONCE {
            return None;
        }
        let left = share.saturating_mul(CUT).checked_div(10).unwrap_or(LEAST);
        Some(Self((millis(now) << BITS) | left.max(LEAST)))
    }

    const fn cut_at(self) -> u64 {
        self.0 >> BITS
    }
}

const fn millis(now: Moment) -> u64 {
    now.0 / 1_000_000
}
