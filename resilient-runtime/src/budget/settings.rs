//! The settings of the retry budget.

use crate::Class;
use std::fmt;

/// Limits retries that fail, across all callers of one upstream, or of one function without an
/// upstream.
///
/// Retries resolve transient failures but amplify an overload into a retry storm. The budget is a
/// balance: a success deposits 1, and first cancels a debt; a failed retry withdraws 1, or 5 if it
/// follows an overload (503, 429, 504, a timeout …) rather than another failure (500, 502, a
/// refused or broken connection …). First attempts and successful retries are free. The balance
/// also refills by 1 every 10 s. It starts full, at 20, and never falls below -20.
///
/// If the balance cannot pay for a retry that is due, the retry is deferred. It waits in a FIFO
/// queue until
///
/// - the balance pays for it, at the price of an overload, which is not refunded;
/// - recent successes pay for it: each gives four credits, usable while the process sends no more
///   than it usually does, and the next failure cancels them all;
/// - it is sent as a trial: after 1 s without a result or a retry (2 s, then 4 s, if trials fail;
///   up to 9 s with hardly any traffic), the retry at the head of the queue probes whether the
///   server has recovered.
///
/// A call that is alone with its upstream is not deferred: it makes all its attempts, on its own
/// schedule. A deferred call holds neither a permit nor a connection, and its deadline keeps
/// running. It gives up, with its last failure, at the latest time at which all its attempts would
/// have ended: with the default schedule 15 s after the first failure, 30 s after an overload, plus
/// four times the slowest attempt. With a shorter schedule it still waits 4 s, and 15 s while the
/// server responds.
///
/// These times assume a schedule that begins at 1 s or more; they scale down with it, to a
/// hundredth at 10 ms.
///
/// Example: 200 calls start together, and the server answers 503 for the first two seconds. All
/// first attempts fail. The balance of 20 pays for 4 retries, and the other 196 are deferred.
/// Trials follow after 1 s, 2 s, 4 s; the first success gives four credits, each of those four
/// more, and after 6.5 s all 200 calls have succeeded, with some 450 requests.
///
/// ```
/// use resilient_runtime::Budget;
///
/// // At most one failed retry after an overload per ten successes; the default permits one per five.
/// const STRICT: Budget = Budget::percent(10);
/// # let _ = STRICT;
/// ```
#[doc(alias("retry budget", "retry throttling"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// The maximum of the balance and, negated, its minimum, in thousandths of a deposit. Zero for
    /// no budget.
    pub(super) cap: u32,
    /// The price of a failed retry after an overload.
    pub(super) overload: u32,
}

/// The deposit of a success, and the price of a retry after another failure.
pub(super) const UNIT: u32 = 1_000;

/// The number of retries after an overload that a full balance pays for.
const LONE_RETRIES: u32 = 4;

impl Budget {
    /// [`percent(20)`](Self::percent).
    pub const DEFAULT: Self = Self::percent(20);

    /// No budget: every retry that the policy permits is made.
    pub const NONE: Self = Self {
        cap: 0,
        overload: 0,
    };

    /// The failed retries after an overload that a hundred successes pay for: 1 to 100. A full
    /// balance pays for four of them. A retry after another failure costs one deposit, regardless
    /// of the percentage.
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

    /// The highest balance, in deposits of one success.
    pub(crate) fn capacity(self) -> f64 {
        f64::from(self.cap) / f64::from(UNIT)
    }

    /// The most that can be missing from a full balance, in thousandths of a deposit.
    pub(crate) const fn most_missing(self) -> u32 {
        self.cap.saturating_mul(2)
    }

    /// With a multiple of the price of retries after an overload.
    pub(crate) const fn times(self, factor: u32) -> Self {
        Self {
            overload: self.overload.saturating_mul(factor),
            ..self
        }
    }

    #[inline]
    pub(super) const fn price(self, class: Class) -> u32 {
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
