//! The reduction of a rate after rejections without quotas (AIMD). Pure.

use crate::clock::Moment;

/// The whole rate.
pub(crate) const FULL: u64 = 1 << BITS;

/// The least share, a sixteenth.
const LEAST: u64 = FULL >> 4;

/// The tenths left by a cut: half or less would be too little, because the rate was right a moment
/// ago.
const CUT: u64 = 7;

/// Rejections within this many milliseconds answer the same burst and count once.
const ONCE: u64 = 1_000;

/// The milliseconds from the least share back to the whole.
const RECOVERY: u64 = 60_000;

/// A cut this many milliseconds in the future is from a clock that has gone back since.
const AHEAD: u64 = 60_000;

const BITS: u32 = 16;

/// The share of a rate in use: multiplicative decrease, additive recovery with time, like a TCP
/// sender. One word: the milliseconds of the last cut above the share that it left; zero for the
/// full rate.
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

    /// The state after another rejection; `None` if that belongs to a burst already counted.
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
