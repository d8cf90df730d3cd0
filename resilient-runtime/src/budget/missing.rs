//! The amount missing from a full balance, at a time: as replicas report it.

use crate::{budget::BudgetState, clock::Moment};

/// An amount in thousandths of a deposit, and the tick up to which it is refilled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    amount: u64,
    ticks: u64,
}

impl Missing {
    /// This amount, now.
    pub(crate) const fn new(amount: u64, now: Moment) -> Self {
        Self {
            amount,
            ticks: now.ticks(),
        }
    }

    pub(crate) const fn amount(self) -> u64 {
        self.amount
    }

    /// The difference to what would be left of an earlier amount: positive if something was
    /// withdrawn since.
    pub(crate) fn change_since(self, earlier: Self) -> i64 {
        let refill = self.ticks.saturating_sub(earlier.ticks);
        let left = earlier.amount.saturating_sub(refill);
        signed(self.amount).saturating_sub(signed(left))
    }
}

impl BudgetState {
    /// Takes over the balance of all replicas, as
    /// [`Balance::follow`](super::balance::Balance::follow), and releases the retries that it pays
    /// for.
    pub(crate) fn follow(&self, all: u64, told: Missing, now: Moment) {
        self.balance.follow(all, told, now);
        self.change(now, |_| {});
    }
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "missing_test.rs"]
mod tests;
