//! The tokens that an upstream has used, estimated and actual.

use crate::{
    sync::{AtomicU64, Ordering},
    upstream::spent::Spent,
};

/// Tokens used by an upstream, or by one key, since the program started. Attempts without a `cost`
/// and without a reported usage do not count, and one attempt counts for at most 2^40.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// The estimated tokens.
    pub estimated: u64,
    /// The tokens used, as reported by responses, or as estimated without a report.
    pub actual: u64,
    /// The part of `actual` that failed or dropped attempts used.
    pub wasted: u64,
}

impl Usage {
    /// The sum of both.
    #[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            estimated: self.estimated.saturating_add(other.estimated),
            actual: self.actual.saturating_add(other.actual),
            wasted: self.wasted.saturating_add(other.wasted),
        }
    }
}

/// The most that one attempt counts for: a million times the usage of any model, and so little that
/// the absurd numbers of a server do not make the totals wrap around.
const MOST: u64 = 1 << 40;

#[derive(Debug)]
pub(crate) struct Totals {
    estimated: AtomicU64,
    actual: AtomicU64,
    wasted: AtomicU64,
}

impl Totals {
    pub(crate) const fn new() -> Self {
        Self {
            estimated: AtomicU64::new(0),
            actual: AtomicU64::new(0),
            wasted: AtomicU64::new(0),
        }
    }

    // bench cost: -28 instructions of a call with tokens
    #[inline(always)]
    pub(crate) fn count(&self, spent: Spent, is_wasted: bool) {
        let actual = spent.used().min(MOST);
        let estimated = spent.estimated.min(MOST);
        self.estimated.fetch_add(estimated, Ordering::Relaxed);
        self.actual.fetch_add(actual, Ordering::Relaxed);
        if is_wasted {
            self.wasted.fetch_add(actual, Ordering::Relaxed);
        }
    }

    pub(crate) fn read(&self) -> Usage {
        Usage {
            estimated: self.estimated.load(Ordering::Relaxed),
            actual: self.actual.load(Ordering::Relaxed),
            wasted: self.wasted.load(Ordering::Relaxed),
        }
    }
}
