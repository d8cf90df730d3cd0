//! The settings of the retry budget.

use crate::Class;
use std::fmt;

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
    pub(super) cap: u32,
    /// The price of a failed retry of an overloaded server.
    pub(super) overload: u32,
}

/// What a success earns, and what a fault costs.
pub(super) const UNIT: u32 = 1_000;

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
