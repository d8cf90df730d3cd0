//! Stage upstream: how often what is shared has stepped in.

use crate::sync::{AtomicU64, Ordering};

/// How often an upstream, or a key of it, has stepped in since the program started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Attempts that were not let through: by the breaker, the limits or the gate.
    pub refused: u64,
    /// Attempts that had to wait for admission: for a limit, the gate, or a circuit breaker that they wait for.
    pub queued: u64,
    /// Calls that gave up while their retry waited: their patience, their deadline or the attempt around them had ended.
    pub suppressed: u64,
    /// Retries that the budget could not pay for when they were due, so that they waited.
    pub deferred: u64,
    /// Further runs that hedging has started.
    pub hedged: u64,
    /// Calls that were answered by their fallback.
    pub fell_back: u64,
}

/// One of them, counted: away from where calls succeed.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) refused: Counter,
    pub(crate) queued: Counter,
    pub(crate) suppressed: Counter,
    pub(crate) deferred: Counter,
    pub(crate) hedged: Counter,
    pub(crate) fell_back: Counter,
}

#[derive(Debug)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    #[cold]
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counters {
    pub(crate) const fn new() -> Self {
        Self {
            refused: Counter::new(),
            queued: Counter::new(),
            suppressed: Counter::new(),
            deferred: Counter::new(),
            hedged: Counter::new(),
            fell_back: Counter::new(),
        }
    }

    pub(crate) fn read(&self) -> Counts {
        let read = |counter: &Counter| counter.0.load(Ordering::Relaxed);
        Counts {
            refused: read(&self.refused),
            queued: read(&self.queued),
            suppressed: read(&self.suppressed),
            deferred: read(&self.deferred),
            hedged: read(&self.hedged),
            fell_back: read(&self.fell_back),
        }
    }
}
