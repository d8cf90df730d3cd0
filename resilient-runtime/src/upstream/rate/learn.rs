//! Adapts the rate state to the quotas that a server reports.

use crate::{
    Quota,
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        Rate,
        current::{Current, LONGEST_HOLD, Limits, at_share},
        gcra::{GcraParams, Kind, divided, length, narrow, parts, repriced},
        local::{RateState, update},
        reported::ReportedLimit,
        throttle::FULL,
    },
};

/// A change of the rate caused by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateChange {
    pub(crate) from: Rate,
    pub(crate) to: Rate,
}

impl RateChange {
    pub(super) fn new(from: Rate, to: Rate) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// The configured rate is always the upper bound: the server can lower it and lift that again. To
/// follow the server alone, configure a high limit.
impl RateState {
    /// Changes the limit; `None` removes it and clears all state. Otherwise, units taken remain
    /// taken, the debt is at most one burst of the new limit, and quotas learned for the old limit
    /// are cleared.
    pub(crate) fn set(&self, rate: Option<Rate>, now: Moment) {
        let mut limits = lock(&self.limits);
        let before = self.params();
        let (share, replicas) = (limits.share, limits.replicas);
        *limits = Limits {
            replicas,
            ..Limits::new(rate)
        };
        let params = rate.map_or(GcraParams::OFF, |rate| {
            GcraParams::of(divided(rate, replicas, self.kind), self.kind)
        });
        self.tolerance.store(params.tolerance, Ordering::SeqCst);
        self.emission_interval
            .store(params.emission_interval, Ordering::SeqCst);
        if rate.is_none() {
            self.tat.store(0, Ordering::SeqCst);
        } else {
            let now = parts(now);
            update(&self.tat, |tat| {
                let tat = repriced(tat, now, share, FULL);
                params.repriced(tat, now, before)
            });
        }
        limits.changed = true;
        self.publish(&limits);
    }

    /// Applies a quota reported by the server, unless it is one of another resource.
    ///
    /// - `limit`: a rate below the configured one applies beside it until its end: the reset, and
    ///   at least a period of the limit from the last confirmation, up to a minute. It is taken to
    ///   refer to the configured period, unless the reset shows a longer one, or that of a limit
    ///   for more than a minute is within a minute.
    /// - `remaining`: the level is lowered to it at once. It is raised only for tokens, whose costs
    ///   are estimates; only if the server reports the very limit that applies, so that both count
    ///   alike; and only to `remaining - in_flight`. Requests are counted exactly, so their level
    ///   is never raised.
    /// - a `remaining` of zero and a `reset`: everything is blocked until the reset, at most for
    ///   [`LONGEST_HOLD`].
    ///
    /// `cost` is that of the call whose response it is, which has been settled.
    pub(crate) fn learn(&self, quota: &Quota, cost: u64, now: Moment) -> Option<RateChange> {
        if self.emission_interval.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut limits = lock(&self.limits);
        let had_ended = limits.ended.is_some();
        let current = self.current(&mut limits, now)?;
        if limits
            .reported
            .is_some_and(|reported| reported.is_foreign(quota))
        {
            return None;
        }
        // A restriction that has just ended may be confirmed by this response: then it goes on.
        let ended = limits.ended.take_if(|_| !had_ended);
        let from = ended.map_or_else(|| limits.rate(), |ended| Some(ended.from))?;
        let reported = ReportedLimit::new(
            quota,
            limits.reported.as_ref(),
            limits.configured?,
            self.kind,
            now,
        );
        if let Some(reported) = reported {
            self.apply(&mut limits, &current, reported);
        }
        if quota.limit.is_some_and(|limit| limit > 0) {
            limits.was_read(cost, now);
        }
        if let Some(remaining) = quota.remaining {
            self.align(&mut limits, &current, remaining, reported);
        }
        if let Some(reset) = quota.wait().filter(|reset| !reset.is_zero()) {
            let until = parts(now).saturating_add(length(reset.min(LONGEST_HOLD)));
            limits.blocked_until = limits.blocked_until.max(until);
        }
        self.publish(&limits);
        let to = limits.rate()?;
        limits.changed_to(RateChange::new(from, to))
    }

    /// Whether a quota is one of another resource than the limit that applies.
    pub(crate) fn is_foreign(&self, quota: &Quota, now: Moment) -> bool {
        let reported = lock(&self.limits).reported;
        reported.is_some_and(|reported| reported.is_live(now) && reported.is_foreign(quota))
    }

    /// Replaces the server's limit. Units taken remain taken.
    fn apply(&self, limits: &mut Limits, current: &Current, mut reported: ReportedLimit) {
        if let Some(bucket) = &mut reported.bucket {
            bucket.tat = match limits.bucket() {
                Some(before) if before.params == bucket.params => before.tat,
                Some(before) => bucket
                    .params
                    .repriced(before.tat, current.now, before.params),
                None => {
                    let tat = self.tat_at(limits, current);
                    let empty = current.now.saturating_add(bucket.params.tolerance);
                    bucket
                        .params
                        .repriced(tat, current.now, current.params)
                        .min(empty)
                }
            };
        }
        limits.reported = Some(reported);
        if limits.bucket().is_none() {
            limits.reading = 0;
        }
    }

    fn align(
        &self,
        limits: &mut Limits,
        current: &Current,
        left: u64,
        reported: Option<ReportedLimit>,
    ) {
        let tat_for = |params: GcraParams, units: u64| {
            let price = narrow(at_share(params.emission_interval, current.share));
            let held = units.saturating_mul(price).min(params.tolerance);
            let empty = current.now.saturating_add(params.tolerance);
            empty.saturating_sub(held)
        };
        let free = left
            .checked_sub(self.in_flight.load(Ordering::SeqCst))
            .filter(|free| self.kind == Kind::Tokens && *free > 0);
        let configured = limits.configured.map_or(0, |rate| rate.amount);
        // The units beyond the server's limit are free too.
        let free_of_all = reported
            .filter(|reported| reported.limit <= configured)
            .and_then(|reported| {
                Some(free?.saturating_add(configured.saturating_sub(reported.limit)))
            });
        let is_of_server = reported.is_some_and(|reported| reported.bucket.is_some());
        let bounded = |tat: u64, params, left: Option<u64>, free: Option<u64>| {
            let earliest = left.map_or(0, |left| tat_for(params, left));
            let tat = if earliest > current.now {
                tat.max(earliest)
            } else {
                tat
            };
            free.map_or(tat, |free| tat.min(tat_for(params, free)))
        };
        if let Some(bucket) = limits.bucket_mut() {
            let free = free.filter(|_| is_of_server);
            bucket.tat = bounded(bucket.tat, bucket.params, Some(left), free);
        }
        let left = Some(left).filter(|_| !is_of_server);
        let own = |tat| bounded(tat, current.params, left, free_of_all);
        // Avoids a write if the level is within bounds.
        let tat = self.tat.load(Ordering::SeqCst);
        if own(tat) != tat {
            update(&self.tat, own);
        }
    }

    /// Lowers the rate after a rejection without quotas. See
    /// [`Throttle`](super::throttle::Throttle).
    pub(crate) fn throttled(&self, now: Moment) -> Option<RateChange> {
        let from = self.effective(now)?;
        {
            let mut limits = lock(&self.limits);
            if let Some(cut) = limits.throttle.cut(now) {
                limits.throttle = cut;
            }
            // Prices the level anew.
            self.current(&mut limits, now)?;
        }
        let change = RateChange::new(from, self.effective(now)?);
        lock(&self.limits).changed_to(change)
    }

    /// The current rate: the configured one, or less if the server has lowered it.
    pub(crate) fn effective(&self, now: Moment) -> Option<Rate> {
        let mut limits = lock(&self.limits);
        let share = self.current(&mut limits, now)?.share;
        let rate = limits.rate()?;
        let amount = u128::from(rate.amount).saturating_mul(u128::from(share));
        let amount = amount.checked_div(u128::from(FULL));
        let amount = amount.and_then(|amount| u64::try_from(amount).ok());
        Some(Rate {
            amount: amount.unwrap_or(rate.amount).max(1),
            ..rate
        })
    }
}

#[cfg(test)]
#[path = "learn_test.rs"]
mod tests;
