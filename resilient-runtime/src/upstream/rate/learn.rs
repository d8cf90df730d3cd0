//! Adapts the rate state to the quotas that a server reports.

use crate::{
    Quota,
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        Rate,
        current::LONGEST_HOLD,
        gcra::{GcraParams, Kind, length, parts},
        local::{RateState, update},
        throttle::{FULL, Throttle},
    },
};

/// A change of the rate caused by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateChange {
    pub(crate) from: Rate,
    pub(crate) to: Rate,
}

impl RateChange {
    fn new(from: Rate, to: Rate) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// The configured rate is always the upper bound: the server can lower it and lift that again. To
/// follow the server alone, configure a high limit.
impl RateState {
    /// Changes the limit; `None` removes it and clears all state. Otherwise, units taken remain
    /// taken, the debt is at most one burst of the new limit, and quotas learned for the old limit
    /// are cleared.
    pub(crate) fn set(&self, rate: Option<Rate>) {
        let mut configured = lock(&self.rate);
        *configured = rate;
        self.server_limit.store(0, Ordering::SeqCst);
        if rate.is_none() {
            self.blocked_until.store(0, Ordering::SeqCst);
            self.throttle.store(0, Ordering::SeqCst);
            self.tat.store(0, Ordering::SeqCst);
        }
        self.apply(rate);
        self.changed.store(1, Ordering::SeqCst);
    }

    fn apply(&self, rate: Option<Rate>) {
        let params = rate.map_or(GcraParams::OFF, |rate| GcraParams::of(rate, self.kind));
        self.tolerance.store(params.tolerance, Ordering::SeqCst);
        self.emission_interval
            .store(params.emission_interval, Ordering::SeqCst);
    }

    /// Applies a quota reported by the server.
    ///
    /// - `limit`: a limit below the configured amount replaces it; a higher one later lifts it
    ///   again, up to the configured amount. It is taken to refer to the configured period, unless
    ///   the reset shows a longer one.
    /// - `remaining`: the level is lowered to it at once. It is raised only for tokens, whose costs
    ///   are estimates; only if the server reports the very limit that applies, so that both count
    ///   alike; and only to `remaining - in_flight`. Requests are counted exactly, so their level
    ///   is never raised.
    /// - no `remaining` and a `reset`: everything is blocked until the reset, at most for
    ///   [`LONGEST_HOLD`].
    pub(crate) fn learn(&self, quota: &Quota, now: Moment) -> Option<RateChange> {
        if self.emission_interval.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut change = None;
        if let Some(limit) = quota.limit.filter(|limit| *limit > 0) {
            if self.server_limit.load(Ordering::SeqCst) != limit {
                change = self.lower_limit(limit, quota);
            }
            self.read_again(now);
        }
        if let Some(remaining) = quota.remaining {
            self.align(remaining, now);
        }
        if let Some(reset) = quota.wait().filter(|reset| !reset.is_zero()) {
            let until = parts(now).saturating_add(length(reset.min(LONGEST_HOLD)));
            update(&self.blocked_until, |blocked_until| {
                blocked_until.max(until)
            });
        }
        change
    }

    fn lower_limit(&self, limit: u64, quota: &Quota) -> Option<RateChange> {
        let configured = lock(&self.rate);
        let rate = (*configured)?;
        if quota.reset.is_some_and(|reset| reset > rate.period) {
            return None;
        }
        let before = self.server_limit.swap(limit, Ordering::SeqCst);
        let to = at_most(rate, limit);
        self.apply(Some(to));
        let from = match before {
            0 => rate,
            server_limit => at_most(rate, server_limit),
        };
        RateChange::new(from, to)
    }

    fn align(&self, remaining: u64, now: Moment) {
        let emission_interval = self.emission_interval.load(Ordering::SeqCst);
        let tolerance = self.tolerance.load(Ordering::SeqCst);
        let empty = parts(now).saturating_add(tolerance);
        let tat_for = |units: u64| {
            let held = units.saturating_mul(emission_interval).min(tolerance);
            empty.saturating_sub(held)
        };
        let latest = self.unreserved(remaining).map_or(u64::MAX, tat_for);
        let earliest = tat_for(remaining);
        // Avoids a write if the level is within bounds.
        let tat = self.tat.load(Ordering::SeqCst);
        let bounded = |tat: u64| {
            if earliest > parts(now) {
                tat.max(earliest).min(latest)
            } else {
                tat.min(latest)
            }
        };
        if bounded(tat) != tat {
            update(&self.tat, bounded);
        }
    }

    /// `remaining - in_flight`, if the server counts like this process.
    fn unreserved(&self, remaining: u64) -> Option<u64> {
        if self.kind == Kind::Requests || self.server_limit.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let configured = lock(&self.rate);
        let server_limit = self.server_limit.load(Ordering::SeqCst);
        let is_same_limit =
            configured.is_some_and(|rate| server_limit != 0 && server_limit <= rate.amount);
        let in_flight = self.in_flight.load(Ordering::SeqCst);
        remaining
            .checked_sub(in_flight)
            .filter(|free| is_same_limit && *free > 0)
    }

    /// Lowers the rate after a rejection without quotas. See [`Throttle`].
    pub(crate) fn throttled(&self, now: Moment) -> Option<RateChange> {
        if self.emission_interval.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let from = self.effective(now)?;
        update(&self.throttle, |word| {
            Throttle(word).cut(now).map_or(word, |cut| cut.0)
        });
        RateChange::new(from, self.effective(now)?)
    }

    /// The current rate: the configured one, or less if the server has lowered it.
    pub(crate) fn effective(&self, now: Moment) -> Option<Rate> {
        let configured = lock(&self.rate);
        let rate = (*configured)?;
        let rate = match self.server_limit.load(Ordering::SeqCst) {
            0 => rate,
            server_limit => at_most(rate, server_limit),
        };
        let share = Throttle(self.throttle.load(Ordering::SeqCst)).share(now);
        let amount = u128::from(rate.amount).saturating_mul(u128::from(share));
        let amount = amount.checked_div(u128::from(FULL));
        let amount = amount.and_then(|amount| u64::try_from(amount).ok());
        Some(Rate {
            amount: amount.unwrap_or(rate.amount).max(1),
            ..rate
        })
    }
}

fn at_most(rate: Rate, limit: u64) -> Rate {
    let amount = rate.amount.min(limit);
    Rate {
        amount,
        burst: rate.burst.map(|burst| burst.min(amount)),
        ..rate
    }
}

#[cfg(test)]
#[path = "learn_test.rs"]
mod tests;
