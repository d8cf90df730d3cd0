//! Stage upstream: takes a rate, gives the numbers that a meter counts with. Pure.

use crate::{
    clock::{Moment, nanos},
    upstream::rate::Rate,
};
use std::time::Duration;

/// Parts of a nanosecond in which a meter counts. What a rate lets through in a period seldom divides it: with a twelfth,
/// 3 a second, 60 a second and 450,000 a minute come out exactly, 10⁹ a second too, and the clock lasts for 48 years. A
/// price that still does not come out is rounded up: never too much goes through, and a unit is late by less than a
/// twelfth of a nanosecond.
const PARTS: u64 = 12;

/// The highest price of a unit: three years. What is slower is that slow.
const DEAREST: u64 = 1 << 60;

/// The longest time that a burst may be worth.
const WIDEST: u64 = 1 << 61;

/// The largest burst, so that the costs of a million callers in a line can be added up.
const LARGEST: u64 = 1 << 43;

/// What is counted, which decides how large a burst is unless the configuration says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Requests,
    Tokens,
}

/// What a unit costs and what a full meter holds, in parts of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GcraParams {
    /// What one unit costs: at least 1, since 0 stands for no limit.
    pub(crate) emission_interval: u64,
    /// What a full meter holds: a multiple of the price.
    pub(crate) tolerance: u64,
}

impl GcraParams {
    pub(crate) const OFF: Self = Self {
        emission_interval: 0,
        tolerance: 0,
    };

    /// Total: a rate of zero counts as one, a burst of zero as one.
    pub(crate) const fn of(rate: Rate, kind: Kind) -> Self {
        let amount = at_least_one(rate.amount);
        let emission_interval = emission_interval(amount, rate.period);
        let burst = match (rate.burst, kind) {
            (Some(burst), _) => burst,
            (None, Kind::Requests) => a_second(amount, rate.period),
            (None, Kind::Tokens) => amount,
        };
        let most = match WIDEST.checked_div(emission_interval) {
            Some(most) if most < LARGEST => most,
            _ => LARGEST,
        };
        let burst = at_least_one(if burst < most { burst } else { most });
        Self {
            emission_interval,
            tolerance: burst.saturating_mul(emission_interval),
        }
    }

    /// The units that a full meter holds.
    pub(crate) const fn capacity(self) -> u64 {
        match self.tolerance.checked_div(self.emission_interval) {
            Some(capacity) => capacity,
            None => u64::MAX,
        }
    }
}

/// The time in which one of `amount` comes back, rounded up.
#[expect(clippy::cast_possible_truncation, reason = "compared before")]
const fn emission_interval(amount: u64, period: Duration) -> u64 {
    let parts = period.as_nanos().saturating_mul(PARTS as u128);
    let emission_interval = parts.div_ceil(amount as u128);
    if emission_interval == 0 {
        1
    } else if emission_interval < DEAREST as u128 {
        emission_interval as u64
    } else {
        DEAREST
    }
}

/// What of `amount` comes back in a second, rounded down.
#[expect(clippy::cast_possible_truncation, reason = "compared before")]
const fn a_second(amount: u64, period: Duration) -> u64 {
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

/// A moment in parts.
#[inline]
pub(crate) const fn parts(moment: Moment) -> u64 {
    moment.0.saturating_mul(PARTS)
}

/// A duration in parts.
pub(crate) const fn length(duration: Duration) -> u64 {
    nanos(duration).saturating_mul(PARTS)
}

/// As long as so many parts, rounded up, and never nothing: what has to be waited for is in the future.
pub(crate) const fn duration(parts: u64) -> Duration {
    Duration::from_nanos(at_least_one(parts.div_ceil(PARTS)))
}

/// In a word; what is more is the most.
pub(crate) fn narrow(parts: u128) -> u64 {
    u64::try_from(parts).unwrap_or(u64::MAX)
}
