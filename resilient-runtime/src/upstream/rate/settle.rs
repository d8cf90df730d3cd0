//! Settlement after an attempt: unused units are returned, and a shortfall becomes debt.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        gcra::Kind,
        local::{RateState, update},
    },
};

impl RateState {
    /// Returns unused units.
    pub(crate) fn give_back(&self, cost: u64) {
        self.settled(cost);
        if self.is_being_read() {
            self.read_ended(cost);
        }
        self.refund(cost);
    }

    /// Corrects an estimate: an excess is returned, and a shortfall becomes debt. All of it has to
    /// be paid, so that an estimate that is too low by any factor does not raise the rate; only
    /// numbers that no attempt can have used are cut off, at
    /// [`LONGEST_DEBT`](super::gcra::LONGEST_DEBT).
    pub(crate) fn settle(&self, estimated: u64, actual: u64, now: Moment) {
        self.settled(estimated);
        let debt = actual.saturating_sub(estimated);
        if debt == 0 {
            self.refund(estimated.saturating_sub(actual));
        } else {
            self.owe(debt, now);
        }
    }

    fn settled(&self, cost: u64) {
        if self.kind == Kind::Tokens {
            update(&self.in_flight, |sum| sum.saturating_sub(cost));
        }
    }

    fn refund(&self, units: u64) {
        if self.special.load(Ordering::SeqCst) != 0 {
            self.refund_all(units);
            return;
        }
        let emission_interval = self.emission_interval.load(Ordering::SeqCst);
        let parts = units.saturating_mul(emission_interval);
        update(&self.tat, |tat| tat.saturating_sub(parts));
    }

    /// Returns units at the price of the moment, also to the server's limit.
    #[cold]
    fn refund_all(&self, units: u64) {
        let mut limits = lock(&self.limits);
        let parts = units.saturating_mul(limits.price(self.params()));
        update(&self.tat, |tat| tat.saturating_sub(parts));
        let price = limits.bucket().map(|bucket| limits.price(bucket.params));
        if let (Some(price), Some(bucket)) = (price, limits.bucket_mut()) {
            bucket.tat = bucket.tat.saturating_sub(units.saturating_mul(price));
        }
    }

    #[cold]
    fn owe(&self, units: u64, now: Moment) {
        let mut limits = lock(&self.limits);
        let Some(current) = self.current(&mut limits, now) else {
            return;
        };
        let now = current.now;
        let price = limits.price(current.params);
        let owing = |tat| current.params.owing(tat, now, units, price);
        // Before the level, so that no reader takes the debt for an impossible level.
        let tat = self.tat_at(&mut limits, &current);
        let beyond = owing(tat).saturating_sub(current.deepest());
        limits.owed = limits.owed.max(beyond);
        update(&self.tat, owing);
        let price = limits.bucket().map(|bucket| limits.price(bucket.params));
        if let (Some(price), Some(bucket)) = (price, limits.bucket_mut()) {
            bucket.tat = bucket.params.owing(bucket.tat, now, units, price);
        }
    }
}
