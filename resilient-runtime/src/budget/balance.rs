//! The balance of the retry budget, in one atomic word.

#[cfg(feature = "sharing")]
use crate::budget::missing::Missing;
use crate::{
    Class,
    budget::settings::{Budget, UNIT},
    clock::{Moment, nanos},
    sync::{AtomicU64, Ordering},
};
use std::time::Duration;

/// The balance, in one atomic word: the amount missing from a full balance, and the time up to
/// which refills were applied. Zero is a full balance under any budget.
#[derive(Debug)]
pub(crate) struct Balance(AtomicU64);

/// The time that refills one thousandth of a unit: one unit in ten seconds.
const TICK: Duration = Duration::from_millis(10);

/// The layout of the word, from the lowest bits: the missing amount, one bit for a degraded server,
/// one bit for a function that has made no call yet, the ticks.
const MISSING_BITS: u32 = 23;
const MISSING_MASK: u64 = (1 << MISSING_BITS) - 1;
const DEGRADED: u64 = 1 << MISSING_BITS;
const UNUSED: u64 = DEGRADED << 1;
const TICKS_SHIFT: u32 = MISSING_BITS + 2;

#[derive(Clone, Copy)]
struct Word {
    missing: u64,
    /// The two bits, in their place.
    flags: u64,
    ticks: u64,
}

impl Word {
    const fn packed(self) -> u64 {
        (self.ticks << TICKS_SHIFT) | self.flags | (self.missing & MISSING_MASK)
    }

    const fn of(word: u64) -> Self {
        Self {
            missing: word & MISSING_MASK,
            flags: word & (DEGRADED | UNUSED),
            ticks: word >> TICKS_SHIFT,
        }
    }

    /// Applies the refill since the last one. A full balance keeps its time up to date too, or an
    /// old interval would refill it as soon as something is missing.
    fn refilled(self, now: Moment) -> Self {
        let ticks = now.ticks();
        Self {
            missing: self
                .missing
                .saturating_sub(ticks.saturating_sub(self.ticks)),
            ticks: ticks.max(self.ticks),
            ..self
        }
    }
}

impl Balance {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// That of a function that has made no call yet.
    pub(crate) const fn unused() -> Self {
        Self(AtomicU64::new(UNUSED))
    }

    /// Deposits a success. A full balance is read and not written, so that callers of a healthy
    /// upstream do not contend for it.
    ///
    /// A debt is cancelled first: the server has recovered, regardless of earlier failures.
    #[inline]
    pub(crate) fn deposit(&self, budget: Budget) {
        if self.0.load(Ordering::Relaxed) & MISSING_MASK != 0 {
            self.deposit_missing(budget);
        }
    }

    #[cold]
    fn deposit_missing(&self, budget: Budget) {
        let most = if budget.is_limited() {
            u64::from(budget.cap)
        } else {
            MISSING_MASK
        };
        self.change(|word| Word {
            missing: word.missing.min(most).saturating_sub(UNIT.into()),
            ..word
        });
    }

    /// Whether the balance is full and the server is not degraded.
    #[inline]
    pub(crate) fn is_healthy(&self) -> bool {
        self.0.load(Ordering::Relaxed) & (MISSING_MASK | DEGRADED) == 0
    }

    /// Whether the balance is full, after refilling.
    #[cold]
    pub(crate) fn is_full(&self, now: Moment) -> bool {
        self.change(|word| word.refilled(now)).missing == 0
    }

    /// Whether calls have failed and the server has not recovered yet.
    #[inline]
    pub(crate) fn is_degraded(&self) -> bool {
        self.0.load(Ordering::Relaxed) & DEGRADED != 0
    }

    /// Whether the function has made no call yet.
    #[inline]
    pub(crate) fn is_unused(&self) -> bool {
        self.0.load(Ordering::Relaxed) & UNUSED != 0
    }

    /// Both of these, by one look at the word.
    #[inline]
    pub(crate) fn is_unused_or_degraded(&self) -> bool {
        self.0.load(Ordering::Relaxed) & (UNUSED | DEGRADED) != 0
    }

    /// As [`is_unused_or_degraded`](Self::is_unused_or_degraded), of any of two.
    // bench cost: -2 instructions through an upstream, beside two comparisons
    #[inline]
    pub(crate) fn is_any_unused_or_degraded(&self, other: &Self) -> bool {
        let words = self.0.load(Ordering::Relaxed) | other.0.load(Ordering::Relaxed);
        words & (UNUSED | DEGRADED) != 0
    }

    #[cold]
    pub(crate) fn set_used(&self) {
        self.change(|word| Word {
            flags: word.flags & !UNUSED,
            ..word
        });
    }

    #[cold]
    pub(crate) fn set_degraded(&self, is_degraded: bool) {
        self.change(|word| Word {
            flags: if is_degraded {
                word.flags | DEGRADED
            } else {
                word.flags & !DEGRADED
            },
            ..word
        });
    }

    /// Returns an amount, up to a full balance.
    #[cold]
    pub(crate) fn refund(&self, amount: u32) {
        self.change(|word| Word {
            missing: word.missing.saturating_sub(amount.into()),
            ..word
        });
    }

    /// Withdraws the price of a failed retry after `class`, and returns it.
    #[cold]
    pub(crate) fn withdraw(&self, budget: Budget, class: Class, now: Moment) -> u32 {
        let price = budget.price(class);
        let most = u64::from(budget.most_missing());
        self.change(|word| {
            let word = word.refilled(now);
            let missing = word.missing.saturating_add(price.into());
            Word {
                // An amount missing under another budget remains.
                missing: missing.min(most.max(word.missing)),
                ..word
            }
        });
        price
    }

    /// Whether the balance can pay for a retry after `class` now.
    #[inline(always)]
    pub(crate) fn can_afford(&self, budget: Budget, class: Class, now: Moment) -> bool {
        let word = Word::of(self.0.load(Ordering::Relaxed));
        let price = u64::from(budget.price(class));
        let has = |word: Word| word.missing.saturating_add(price) <= budget.cap.into();
        !budget.is_limited() || has(word) || has(word.refilled(now))
    }

    /// The amount missing from a full balance.
    #[cfg(feature = "sharing")]
    pub(crate) fn missing(&self, now: Moment) -> Missing {
        let word = Word::of(self.0.load(Ordering::Relaxed)).refilled(now);
        Missing::new(word.missing, now)
    }

    /// Takes over the amount missing for all replicas. Withdrawals and deposits since this one has
    /// `told` its own remain.
    #[cfg(feature = "sharing")]
    pub(crate) fn follow(&self, all: u64, told: Missing, now: Moment) {
        self.change(|word| {
            let word = word.refilled(now);
            let change = Missing::new(word.missing, now).change_since(told);
            let missing = all.saturating_add_signed(change).min(MISSING_MASK);
            Word { missing, ..word }
        });
    }

    /// The balance, in deposits of one success.
    pub(crate) fn level(&self, budget: Budget, now: Moment) -> f64 {
        let word = Word::of(self.0.load(Ordering::Relaxed)).refilled(now);
        // It has 23 bits.
        let missing = u32::try_from(word.missing).unwrap_or(u32::MAX);
        (f64::from(budget.cap) - f64::from(missing)) / f64::from(UNIT)
    }

    fn change(&self, step: impl Fn(Word) -> Word) -> Word {
        let mut old = self.0.load(Ordering::Relaxed);
        loop {
            let new = step(Word::of(old));
            match self.0.compare_exchange_weak(
                old,
                new.packed(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return new,
                Err(now) => old = now,
            }
        }
    }
}

impl Moment {
    /// Ticks fit into 39 bits for 174 years.
    pub(super) const fn ticks(self) -> u64 {
        match self.0.checked_div(nanos(TICK)) {
            Some(ticks) => ticks,
            None => 0,
        }
    }
}

#[cfg(test)]
#[path = "balance_test.rs"]
mod tests;
