//! A limit that is shared with other processes: what it is, what is taken of it, and the equal part
//! of it while the others cannot be asked.

use crate::{
    clock::Moment,
    sharing::Pace,
    sync::{Ordering, lock},
    upstream::rate::{
        RateLimit,
        gcra::{GcraParams, divided, parts},
        local::{RateState, update},
    },
};
use std::time::Duration;

impl RateLimit {
    /// Whether there is a limit.
    pub(crate) fn is_limited(&self) -> bool {
        self.state.emission_interval.load(Ordering::Relaxed) != 0
    }

    /// The whole limit, as configured.
    pub(crate) fn pace(&self) -> Option<Pace> {
        let configured = lock(&self.state.limits).configured?;
        let params = GcraParams::of(configured, self.state.kind);
        Some(Pace {
            amount: configured.amount.max(1),
            period: configured.period.max(Duration::from_micros(1)),
            burst: params.capacity(),
        })
    }

    /// The units that were taken and have not come back yet; negative for none.
    pub(crate) fn taken(&self, now: Moment) -> i64 {
        let limits = lock(&self.state.limits);
        if limits.configured.is_none() {
            return 0;
        }
        let params = self.state.params();
        let tat = self.state.tat.load(Ordering::SeqCst);
        let price = params.emission_interval.into();
        let left = params.available(tat, parts(now), price);
        let capacity = i64::try_from(params.capacity()).unwrap_or(i64::MAX);
        capacity.saturating_sub(left).max(0)
    }

    /// Leaves the part of one of so many replicas; that of one is the whole. Units taken remain
    /// taken.
    pub(crate) fn divide(&self, replicas: u32, now: Moment) {
        self.state.divide(replicas, now);
        self.sooner.notify_waiters();
    }
}

impl RateState {
    fn divide(&self, replicas: u32, now: Moment) {
        let mut limits = lock(&self.limits);
        let Some(configured) = limits.configured.filter(|_| limits.replicas != replicas) else {
            return;
        };
        limits.replicas = replicas;
        let before = self.params();
        let params = GcraParams::of(divided(configured, replicas, self.kind), self.kind);
        let now = parts(now);
        self.tolerance.store(params.tolerance, Ordering::SeqCst);
        self.emission_interval
            .store(params.emission_interval, Ordering::SeqCst);
        update(&self.tat, |tat| params.repriced(tat, now, before));
        limits.changed = true;
        self.publish(&limits);
    }
}
