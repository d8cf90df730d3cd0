//! Stage upstream: the retry budget. Takes how attempts end, says whether another one can be afforded.

use crate::{
    Class,
    clock::{Moment, nanos},
    sync::{AtomicU64, Ordering},
};
use std::{fmt, time::Duration};

/// Limits retries that fail, across all callers of one upstream, or of one function without an upstream.
///
/// Retries heal transient failures and make an overload worse. The budget is a balance: a success deposits 1, and a retry
/// that fails withdraws a price, 1 after a failure that is no overload (500, 502, a refused or broken connection …) and 5
/// after one that is (503, 429, 504, a timeout …). A first attempt is always free, and so is a retry that succeeds. 1 comes
/// back every 10 s. The balance starts full, at 20, and never falls below -20.
///
/// If the balance cannot pay for a retry that is due, the retry is deferred: it waits in a queue, first come, first
/// served, until
///
/// - the balance pays for it, at the price of an overload, which it then does not get back;
/// - recent successes pay for it: each gives four credits, as long as the process sends no more than it usually does, and
///   the next failure takes them all;
/// - it goes as a trial: when nothing has ended and no retry was sent for 1 s (2 s and then 4 s if trials fail; up to 9 s
///   where there was hardly any traffic), the retry at the head of the queue finds out whether the server has recovered.
///
/// A call that is alone with its upstream waits for nobody: it makes all its attempts, on its own schedule. A waiting call
/// holds neither a permit nor a connection, and its deadline counts on. It gives up, with its last failure, when all its
/// attempts would have been over at the longest: from the first failure the default schedule takes 15 s, after an overload
/// 30 s, and as long as four attempts last. A shorter schedule waits for 4 s all the same, and while the server is well for
/// 15 s.
///
/// The times are for a schedule that begins at 1 s or more; one that begins with 10 ms waits a hundredth of them.
///
/// With 200 calls that begin together and a server that answers 503 for the first two seconds, all first attempts fail.
/// The balance of 20 pays for 4 retries, the other 196 are deferred. Trials follow after 1 s, 2 s, 4 s; the first that
/// succeeds gives four credits, each of those four more, and after 6.5 s all 200 have succeeded, with some 450 requests.
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

    /// With a multiple of the price for retries of an overloaded server.
    pub(crate) const fn times(self, factor: u32) -> Self {
        Self {
            overload: self.overload.saturating_mul(factor),
            ..self
        }
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

/// How the word is divided: what is missing below, then one bit that says whether the server is degraded, the ticks above.
const MISSING_BITS: u32 = 23;
const MISSING_MASK: u64 = (1 << MISSING_BITS) - 1;
const DEGRADED: u64 = 1 << MISSING_BITS;
const TICKS_SHIFT: u32 = MISSING_BITS + 1;

#[derive(Clone, Copy)]
struct Word {
    missing: u64,
    is_degraded: bool,
    ticks: u64,
}

impl Word {
    const fn packed(self) -> u64 {
        let degraded = if self.is_degraded { DEGRADED } else { 0 };
        (self.ticks << TICKS_SHIFT) | degraded | (self.missing & MISSING_MASK)
    }

    const fn of(word: u64) -> Self {
        Self {
            missing: word & MISSING_MASK,
            is_degraded: word & DEGRADED != 0,
            ticks: word >> TICKS_SHIFT,
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
            ..self
        }
    }
}

impl Account {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// An attempt has succeeded. A full account is read and not written, so that callers of a healthy upstream
    /// do not contend for it.
    ///
    /// A debt is forgiven first: whatever was wasted before, the server is well again.
    #[inline]
    pub(crate) fn earn(&self, budget: Budget) {
        if self.0.load(Ordering::Relaxed) & MISSING_MASK != 0 {
            self.deposit(budget);
        }
    }

    #[cold]
    fn deposit(&self, budget: Budget) {
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

    /// Whether nothing is missing and nothing is wrong with the server.
    #[inline]
    pub(crate) fn is_healthy(&self) -> bool {
        self.0.load(Ordering::Relaxed) & (MISSING_MASK | DEGRADED) == 0
    }

    /// Whether nothing is missing, after what time has paid.
    #[cold]
    pub(crate) fn is_full(&self, now: Moment) -> bool {
        self.change(|word| word.refilled(now)).missing == 0
    }

    /// Whether calls have failed, and the server has not recovered yet.
    #[inline]
    pub(crate) fn is_degraded(&self) -> bool {
        self.0.load(Ordering::Relaxed) & DEGRADED != 0
    }

    #[cold]
    pub(crate) fn set_degraded(&self, is_degraded: bool) {
        self.change(|word| Word {
            is_degraded,
            ..word
        });
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
