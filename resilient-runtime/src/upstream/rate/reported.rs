//! A limit that a server has reported: it has a resource, a period and an end. Plain data.

use crate::{
    Quota, Resource,
    clock::Moment,
    upstream::rate::{
        Rate,
        gcra::{GcraParams, Kind},
    },
};
use std::time::Duration;

/// A quota of a longer period that is reset within this time is taken for one of a minute.
const MINUTE: Duration = Duration::from_secs(60);

/// Without a later reset, it holds for a period of the limit within these bounds.
const LIFETIME: (Duration, Duration) = (Duration::from_secs(1), MINUTE);

/// One from further in the future than this is from a clock that has gone back since.
const AHEAD: Duration = Duration::from_secs(60);

/// The latest limit that a server has reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportedLimit {
    resource: Option<Resource>,
    pub(super) limit: u64,
    period: Duration,
    reset: Option<Duration>,
    reported_at: Moment,
    /// It no longer applies from here on.
    until: Moment,
    /// The limit, if it is tighter than the configured one.
    pub(super) bucket: Option<Bucket>,
}

/// The level of a limit that a server has lowered. The configured limit has a level of its own,
/// which always holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    pub(super) rate: Rate,
    pub(super) params: GcraParams,
    pub(super) tat: u64,
}

impl ReportedLimit {
    /// The limit that a quota reports. `None` if its period is longer than the configured one, so
    /// that the two cannot be compared.
    pub(super) fn new(
        quota: &Quota,
        before: Option<&Self>,
        configured: Rate,
        kind: Kind,
        now: Moment,
    ) -> Option<Self> {
        let limit = quota.limit.filter(|limit| *limit > 0)?;
        let reset = quota.reset.unwrap_or_default();
        if reset > configured.period {
            return None;
        }
        let same =
            before.filter(|before| before.resource == quota.resource && before.limit == limit);
        let mut period = configured.period;
        if period > MINUTE && quota.reset.is_some_and(|reset| reset <= MINUTE) {
            // The window may be about to end: a longer reset seen before still tells its length.
            period = same.map_or(MINUTE, |before| before.period.max(MINUTE));
        }
        let until = now.after(period.clamp(LIFETIME.0, LIFETIME.1).max(reset));
        let rate = Rate {
            amount: limit,
            period,
            burst: configured.burst.map(|burst| burst.min(limit)),
        };
        Some(Self {
            resource: quota.resource,
            limit,
            period,
            reset: quota.reset,
            reported_at: now,
            until: same.map_or(until, |before| before.until.max(until)),
            bucket: is_tighter(rate, configured).then(|| Bucket {
                rate,
                params: GcraParams::of(rate, kind),
                tat: 0,
            }),
        })
    }

    /// True until its end. A clock that has gone back ends it.
    pub(super) fn is_live(&self, now: Moment) -> bool {
        now < self.until && self.reported_at <= now.after(AHEAD)
    }

    /// How long it is at least before a call above the limit may read it again: until the reset,
    /// after which the server counts anew.
    pub(super) fn reading_interval(&self) -> Duration {
        let interval = self.reset.unwrap_or(self.period);
        interval.clamp(LIFETIME.0, LIFETIME.1)
    }

    /// Whether a reading is of another resource. A call does not say in advance which resource it
    /// uses, so the one with the largest limit applies: no call is held to the limit of another.
    pub(super) fn is_foreign(&self, quota: &Quota) -> bool {
        let limit = quota.limit.filter(|limit| *limit > 0);
        match (self.resource, quota.resource) {
            (Some(one), Some(other)) if one == other => false,
            (_, None) if limit.is_none() => false,
            _ if self.resource == quota.resource => limit.is_some_and(|limit| limit < self.limit),
            _ => limit.is_none_or(|limit| limit <= self.limit),
        }
    }
}

/// Whether a rate is lower than another.
fn is_tighter(rate: Rate, than: Rate) -> bool {
    let product = |amount: u64, period: Duration| {
        let amount = u128::from(amount);
        amount.saturating_mul(period.as_nanos())
    };
    product(rate.amount, than.period) < product(than.amount, rate.period)
}

#[cfg(test)]
#[path = "reported_test.rs"]
mod tests;
