//! The parameters of the generic cell rate algorithm (GCRA) for a rate. Pure.

use crate::{
    clock::{Moment, nanos},
    upstream::rate::Rate,
};
use std::time::Duration;

/// The resolution, in parts of a nanosecond. The emission interval `period / amount` is seldom a
/// whole number of nanoseconds: in twelfths, 3 per second, 60 per second, 450,000 per minute and
/// 10⁹ per second are exact, and the clock lasts for 48 years. Other intervals are rounded up: the
/// rate is never exceeded, and each unit is late by less than a twelfth of a nanosecond.
const PARTS: u64 = 12;

/// The longest emission interval: three years.
const LONGEST_INTERVAL: u64 = 1 << 60;

/// The longest tolerance.
const LONGEST_TOLERANCE: u64 = 1 << 61;

/// The largest burst, so that the costs of a million queued callers can be added up.
const LARGEST_BURST: u64 = 1 << 43;

/// The longest time in which a debt is paid, if a burst takes less: a bound on numbers that make no
/// sense.
pub(crate) const LONGEST_DEBT: Duration = Duration::from_secs(3_600);

/// The counted unit, which determines the default burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Requests,
    Tokens,
}

/// Emission interval and tolerance, in parts of a nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GcraParams {
    /// The time between two units: at least 1, since 0 means no limit.
    pub(crate) emission_interval: u64,
    /// `burst × emission_interval`.
    pub(crate) tolerance: u64,
}

impl GcraParams {
    pub(crate) const OFF: Self = Self {
        emission_interval: 0,
        tolerance: 0,
    };

    /// Accepts any rate: an amount or a burst of zero counts as one.
    pub(crate) const fn of(rate: Rate, kind: Kind) -> Self {
        let amount = at_least_one(rate.amount);
        let emission_interval = emission_interval(amount, rate.period);
        let burst = match (rate.burst, kind) {
            (Some(burst), _) => burst,
            (None, Kind::Requests) => units_per_second(amount, rate.period),
            (None, Kind::Tokens) => amount,
        };
        let most = match LONGEST_TOLERANCE.checked_div(emission_interval) {
            Some(most) if most < LARGEST_BURST => most,
            _ => LARGEST_BURST,
        };
        let burst = at_least_one(if burst < most { burst } else { most });
        Self {
            emission_interval,
            tolerance: burst.saturating_mul(emission_interval),
        }
    }

    /// The burst: `tolerance / emission_interval`.
    pub(crate) const fn capacity(self) -> u64 {
        match self.tolerance.checked_div(self.emission_interval) {
            Some(capacity) => capacity,
            None => u64::MAX,
        }
    }
}

/// The equal part of a rate for each of so many processes: rounded down, but a burst of at least
/// one.
pub(crate) fn divided(rate: Rate, processes: u32, kind: Kind) -> Rate {
    if processes <= 1 {
        return rate;
    }
    let burst = GcraParams::of(rate, kind).capacity();
    Rate {
        period: rate.period.saturating_mul(processes),
        burst: burst.checked_div(processes.into()),
        ..rate
    }
}

/// `period / amount`, rounded up.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the comparison")]
const fn emission_interval(amount: u64, period: Duration) -> u64 {
    let parts = period.as_nanos().saturating_mul(PARTS as u128);
    let emission_interval = parts.div_ceil(amount as u128);
    if emission_interval == 0 {
        1
    } else if emission_interval < LONGEST_INTERVAL as u128 {
        emission_interval as u64
    } else {
        LONGEST_INTERVAL
    }
}

/// `amount × 1 s / period`, rounded down.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the comparison")]
const fn units_per_second(amount: u64, period: Duration) -> u64 {
    const SECOND: u128 = Duration::from_secs(1).as_nanos();

    let whole = (amount as u128).saturating_mul(SECOND);
    match whole.checked_div(period.as_nanos()) {
        Some(units) if units < u64::MAX as u128 => units as u64,
        _ => u64::MAX,
    }
}

const fn at_least_one(number: u64) -> u64 {
    if number == 0 { 1 } else { number }
}

/// An arrival at a rate limit. All times are in parts, all amounts in units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) now: u64,
    /// The theoretical arrival time (TAT): the limit is unused if it is not after `now`.
    pub(crate) tat: u64,
    /// Nothing is admitted before this time, which is `now` or later.
    pub(crate) start: u64,
    /// The emission interval at the rate in force, which may be a share of the configured one.
    pub(crate) emission_interval: u128,
    pub(crate) tolerance: u64,
    pub(crate) cost: u64,
    /// The cost of the queue ahead, which is not taken yet.
    pub(crate) ahead: u64,
}

impl Arrival {
    /// The TAT after this arrival, `max(tat, start) + cost × emission interval`, if it conforms.
    ///
    /// # Errors
    /// The wait until it would conform, if the queue moves meanwhile.
    pub(crate) fn conform(self) -> Result<u64, u64> {
        let tolerance = u128::from(self.tolerance);
        let increment = u128::from(self.cost).saturating_mul(self.emission_interval);
        // At a reduced rate, a large cost may exceed the tolerance: a full bucket is enough.
        let need = increment.min(tolerance);
        let before = u128::from(self.ahead).saturating_mul(self.emission_interval);
        let base = u128::from(self.tat.max(self.start));
        let fits = base.saturating_add(before).saturating_add(need);
        let at = narrow(fits.saturating_sub(tolerance)).max(self.start);
        let wait = at.saturating_sub(self.now);
        if wait > 0 || self.ahead > 0 {
            return Err(wait);
        }
        Ok(narrow(base.saturating_add(increment)))
    }
}

impl GcraParams {
    /// The TAT after `units` were used beyond the estimate: at most one burst is owed, or
    /// [`LONGEST_DEBT`] if that is more.
    pub(crate) fn owing(self, tat: u64, now: u64, units: u64, price: u64) -> u64 {
        let debt = self.tolerance.max(length(LONGEST_DEBT));
        let deepest = now.saturating_add(self.tolerance).saturating_add(debt);
        let owed = tat.max(now).saturating_add(units.saturating_mul(price));
        tat.max(owed.min(deepest))
    }

    /// The TAT that stands for as many units at another price, but for no more than an empty bucket
    /// and a debt of a whole burst.
    pub(crate) fn repriced(self, tat: u64, now: u64, before: Self) -> u64 {
        let tat = repriced(tat, now, self.emission_interval, before.emission_interval);
        tat.min(now.saturating_add(self.tolerance.saturating_mul(2)))
    }

    /// The units available now, `(tolerance - (tat - now)) ÷ emission interval`, rounded down;
    /// negative if units are owed.
    pub(crate) fn available(self, tat: u64, now: u64, emission_interval: u128) -> i64 {
        let missing = i128::from(tat.saturating_sub(now));
        let left = i128::from(self.tolerance).saturating_sub(missing);
        let emission_interval = i128::try_from(emission_interval).unwrap_or(i128::MAX);
        let units = left.checked_div_euclid(emission_interval).unwrap_or(0);
        i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
    }
}

/// The TAT that stands for as many units at a price of `1 / to` instead of `1 / from`.
pub(crate) fn repriced(tat: u64, now: u64, from: u64, to: u64) -> u64 {
    let missing = u128::from(tat.saturating_sub(now)).saturating_mul(u128::from(from));
    match narrow(missing.div_ceil(u128::from(to.max(1)))) {
        0 => tat,
        missing => now.saturating_add(missing),
    }
}

/// A moment in parts.
#[inline]
pub(crate) const fn parts(moment: Moment) -> u64 {
    moment.0.saturating_mul(PARTS)
}

/// A duration in parts.
pub(crate) const fn length(duration: Duration) -> u64 {
    nanos(duration).saturating_mul(PARTS)
}

/// This many parts as a duration, rounded up and never zero: a wait is in the future.
pub(crate) const fn duration(parts: u64) -> Duration {
    Duration::from_nanos(at_least_one(parts.div_ceil(PARTS)))
}

/// Saturates at the largest word.
pub(crate) fn narrow(parts: u128) -> u64 {
    u64::try_from(parts).unwrap_or(u64::MAX)
}
