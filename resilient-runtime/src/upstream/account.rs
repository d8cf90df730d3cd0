//! Stage upstream: the retry budget. Takes how attempts end, says whether another one can be afforded.

use crate::{
    Class,
    clock::{Moment, nanos},
    sync::{AtomicU64, Ordering},
};
use std::{fmt, time::Duration};

/// How much retrying the callers of one upstream, or of one function without an upstream, may do together.
///
/// Retries heal random faults and make an overload worse. So the budget is an account that successes fill and failed
/// retries empty, with a price by class: 1 for a fault (500, 502, a refused or broken connection …), 5 for what an
/// overloaded server answers (503, 429, 504, a timeout …). A first attempt is always free, and so is a retry that
/// succeeds, so that a healthy API with random faults is retried to success; where nothing succeeds, nothing is earned,
/// and an overloaded server soon sees little more than the first attempts. Time alone gives back one unit in ten
/// seconds.
///
/// What it cannot pay for is given up, with the failure at hand. Only a retry after a 429 is put off instead: it waits as if
/// it had been made and had failed, and is made as soon as the account has the price when such a wait is over. The server
/// is well then, and callers who give up come back at once with other work, so that its quota lets even fewer of them
/// through.
///
/// The account starts full: 20 units, which let a lone call make all four retries of the default policy against a
/// server that answers 503. It may fall to minus 20.
///
/// ```
/// use resilient_runtime::Budget;
///
/// // At most one wasted retry of an overloaded server for ten successes; the default permits one for five.
/// const STRICT: Budget = Budget::percent(10);
/// # let _ = STRICT;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// The most that the account holds, and, negated, the least. In thousandths of what a success earns. Zero for no
    /// budget.
    cap: u32,
    /// The price of a failed retry of an overloaded server.
    overload: u32,
}

/// What a success earns, and what a fault costs.
const UNIT: u32 = 1_000;

/// How many retries of an overloaded server a full account pays.
const LONE_RETRIES: u32 = 4;

impl Budget {
    /// [`percent(20)`](Self::percent).
    pub const DEFAULT: Self = Self::percent(20);

    /// No budget: every retry that the policy permits is made.
    pub const NONE: Self = Self {
        cap: 0,
        overload: 0,
    };

    /// The wasted retries of an overloaded server that a hundred successes pay for: 1 to 100. The account holds four
    /// such retries. A retry after another fault costs what one success earns, whatever the percentage.
    ///
    /// Zero counts as 1, more than 100 as 100.
    pub const fn percent(percent: u32) -> Self {
        let percent = match percent {
            0 => 1,
            1..=100 => percent,
            _ => 100,
        };
        let hundred = UNIT.saturating_mul(100);
        let overload = match hundred.checked_div(percent) {
            Some(overload) => overload,
            None => hundred,
        };
        Self {
            cap: overload.saturating_mul(LONE_RETRIES),
            overload,
        }
    }

    /// Whether there is a budget at all.
    pub const fn is_limited(self) -> bool {
        self.cap > 0
    }

    const fn price(self, class: Class) -> u32 {
        if class.is_overload() {
            self.overload
        } else if self.is_limited() {
            UNIT
        } else {
            0
        }
    }
}

/// The percentage, or `none`.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNIT.saturating_mul(100).checked_div(self.overload) {
            Some(percent) => write!(f, "{percent}%"),
            None => f.pad("none"),
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The account, in one atomic word: what is missing to a full one, and the time up to which time has paid. Zero is a
/// full account, whoever's budget it is counted by.
#[derive(Debug)]
pub(crate) struct Account(AtomicU64);

/// What time pays one thousandth of a unit for: one unit in ten seconds.
const TICK: Duration = Duration::from_millis(10);

/// How the word is divided: what is missing below, the ticks above.
const MISSING_BITS: u32 = 24;
const MISSING_MASK: u64 = (1 << MISSING_BITS) - 1;

#[derive(Clone, Copy)]
struct Word {
    missing: u64,
    ticks: u64,
}

impl Word {
    const fn packed(self) -> u64 {
        (self.ticks << MISSING_BITS) | (self.missing & MISSING_MASK)
    }

    const fn of(word: u64) -> Self {
        Self {
            missing: word & MISSING_MASK,
            ticks: word >> MISSING_BITS,
        }
    }

    /// With what time has paid since it paid last. A full account has that time too, or it would be filled again
    /// from long ago as soon as something is missing.
    fn refilled(self, now: Moment) -> Self {
        let ticks = now.ticks();
        Self {
            missing: self
                .missing
                .saturating_sub(ticks.saturating_sub(self.ticks)),
            ticks: ticks.max(self.ticks),
        }
    }
}

impl Account {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// An attempt has succeeded. A full account is read and not written, so that callers of a healthy upstream
    /// do not contend for it.
    #[inline]
    pub(crate) fn earn(&self) {
        if self.0.load(Ordering::Relaxed) & MISSING_MASK != 0 {
            self.put(UNIT);
        }
    }

    /// Puts something back, up to a full account.
    #[cold]
    pub(crate) fn put(&self, amount: u32) {
        self.change(|word| Word {
            missing: word.missing.saturating_sub(amount.into()),
            ..word
        });
    }

    /// Takes the price of a failed retry after `class`, and gives what it took.
    #[cold]
    pub(crate) fn charge(&self, budget: Budget, class: Class, now: Moment) -> u32 {
        let price = budget.price(class);
        let most = u64::from(budget.cap).saturating_mul(2);
        self.change(|word| {
            let word = word.refilled(now);
            let missing = word.missing.saturating_add(price.into());
            Word {
                // What another budget has left missing stays so.
                missing: missing.min(most.max(word.missing)),
                ..word
            }
        });
        price
    }

    /// Whether a retry after `class` can be afforded now.
    #[cold]
    pub(crate) fn affords(&self, budget: Budget, class: Class, now: Moment) -> bool {
        let word = self.change(|word| word.refilled(now));
        let after = word.missing.saturating_add(budget.price(class).into());
        !budget.is_limited() || after <= budget.cap.into()
    }

    /// The balance, in what one success earns.
    pub(crate) fn balance(&self, budget: Budget, now: Moment) -> f64 {
        let word = Word::of(self.0.load(Ordering::Relaxed)).refilled(now);
        // It has 24 bits.
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
    /// Ticks fit into 40 bits for 348 years.
    const fn ticks(self) -> u64 {
        match self.0.checked_div(nanos(TICK)) {
            Some(ticks) => ticks,
            None => 0,
        }
    }
}

#[cfg(test)]
#[path = "account_test.rs"]
mod tests;
