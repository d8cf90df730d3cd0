//! Stage upstream: takes what a server says about its limits, moves the meter towards it.

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

/// A rate that the server's word has changed.
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

/// What the configuration says is the most, always: the server's word makes it less and takes that back. Who wants to
/// follow the server alone configures a high limit.
impl RateState {
    /// Changes the limit; none for no limit, which forgets everything. Otherwise what was taken stays taken, at most a whole burst of the new limit is owed,
    /// and what a server has said about the old limit is forgotten.
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

    /// A reading of the server.
    ///
    /// - `limit`: if it is less than what is configured, it is the amount of the period from now on; a higher one later
    ///   lifts it again, up to what is configured. It is read as one for the configured period, unless the reset shows
    ///   that the server counts longer.
    /// - `remaining`: the level goes down to it at once. Up to it only for tokens, whose costs are estimates, only if the
    ///   server says the very limit that applies, so that both count the same, and only to what is left of it after all
    ///   that is in flight. Requests are counted exactly, so their level never goes up.
    /// - nothing remaining and a `reset`: nothing goes until the reset, for [`LONGEST_HOLD`] at most.
    pub(crate) fn learn(&self, quota: &Quota, now: Moment) -> Option<RateChange> {
        if self.emission_interval.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut change = None;
        if let Some(limit) = quota.limit.filter(|limit| *limit > 0) {
            if self.server_limit.load(Ordering::SeqCst) != limit {
                change = self.hear(limit, quota);
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

    fn hear(&self, limit: u64, quota: &Quota) -> Option<RateChange> {
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
        let full_if = |units: u64| {
            let held = units.saturating_mul(emission_interval).min(tolerance);
            empty.saturating_sub(held)
        };
        let latest = self.free(remaining).map_or(u64::MAX, full_if);
        let earliest = full_if(remaining);
        // Not a word that is written for nothing: a level that suits is left alone.
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

    /// What of `remaining` nothing in flight may still need, if the server counts the same as we do.
    fn free(&self, remaining: u64) -> Option<u64> {
        if self.kind == Kind::Requests || self.server_limit.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let configured = lock(&self.rate);
        let server_limit = self.server_limit.load(Ordering::SeqCst);
        let same = configured.is_some_and(|rate| server_limit != 0 && server_limit <= rate.amount);
        let in_flight = self.in_flight.load(Ordering::SeqCst);
        remaining
            .checked_sub(in_flight)
            .filter(|free| same && *free > 0)
    }

    /// The server was asked for too much and does not say more. See [`Throttle`].
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

    /// The rate that applies now: the configured one, or less by the server's word.
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
