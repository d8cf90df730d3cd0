//! Stage upstream: what was paid for: tokens, as estimated and as used.

use crate::{
    sync::{AtomicU64, Ordering},
    upstream::state::Spent,
};

/// The tokens of an upstream, or of one key of it, since the program started. Attempts that have no `cost` and say nothing of
/// what they spent do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// What attempts were estimated to use.
    pub estimated: u64,
    /// What they have used, as their bodies said, or as estimated where they said nothing.
    pub actual: u64,
    /// The part of `actual` that was spent on attempts that failed or were dropped.
    pub wasted: u64,
}

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

    #[cold]
    pub(crate) fn succeeded(&self, spent: Spent) {
        self.count(spent);
    }

    #[cold]
    pub(crate) fn failed(&self, spent: Spent) {
        let wasted = self.count(spent);
        self.wasted.fetch_add(wasted, Ordering::Relaxed);
    }

    fn count(&self, spent: Spent) -> u64 {
        let actual = spent.used();
        self.estimated.fetch_add(spent.estimated, Ordering::Relaxed);
        self.actual.fetch_add(actual, Ordering::Relaxed);
        actual
    }

    pub(crate) fn read(&self) -> Usage {
        Usage {
            estimated: self.estimated.load(Ordering::Relaxed),
            actual: self.actual.load(Ordering::Relaxed),
            wasted: self.wasted.load(Ordering::Relaxed),
        }
    }
}
