//! Counters of the interventions of an upstream.

use crate::sync::{AtomicU64, Ordering};

/// Interventions of an upstream, or of one key, since the program started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Attempts rejected by the breaker, the limits or the gate.
    pub refused: u64,
    /// Attempts that waited for admission: for a limit, the gate or the circuit breaker.
    pub queued: u64,
    /// Calls that gave up while their retry was deferred: their patience, their deadline or the
    /// enclosing attempt ended.
    pub suppressed: u64,
    /// Retries deferred because the budget could not pay for them.
    pub deferred: u64,
    /// Hedged runs started.
    pub hedged: u64,
    /// Calls answered by their fallback.
    pub fell_back: u64,
    /// Attempts of an upstream in shadow mode that would have been held back; twice, if by the
    /// retry budget and by something else.
    pub not_enforced: u64,
}

/// The live counters, off the path of success.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) refused: Counter,
    pub(crate) queued: Counter,
    pub(crate) suppressed: Counter,
    pub(crate) deferred: Counter,
    pub(crate) hedged: Counter,
    pub(crate) fell_back: Counter,
    pub(crate) not_enforced: Counter,
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
            not_enforced: Counter::new(),
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
            not_enforced: read(&self.not_enforced),
        }
    }
}
