//! The levels of events, as far as a configuration changes them.

use super::Level;
use crate::scope::{self, Identity};
use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

/// The names of all events, as in the table "Logging".
pub(crate) const EVENTS: &[&str] = &[
    "admitted",
    "attempt failed",
    "batch split",
    "bulk stopped",
    "cancelled",
    "cap nearing",
    "cap reached",
    "circuit closed",
    "circuit half-open",
    "circuit opened",
    "configuration rejected",
    "deferring retry",
    "error rate jumped",
    "failing over",
    "falling back",
    "fault injected",
    "first content",
    "gate closed",
    "giving up",
    "hedging",
    "limit lowered",
    "limit restored",
    "not enforced",
    "not hedging",
    "not ready",
    "observer is too slow",
    "observer panicked",
    "queued",
    "recovered",
    "releasing retry",
    "resuming stream",
    "retrying",
    "run failed",
    "shutting down",
    "store asked",
    "store lost",
    "store restored",
    "stream broken",
    "stream dropped",
    "stream ended",
    "stream opened",
    "succeeded",
    "switched off",
    "switched on",
    "target down",
    "target up",
];

/// The levels that differ from those of the code.
struct Levels {
    is_set: AtomicBool,
    levels: RwLock<Vec<(&'static str, Level)>>,
}

impl Levels {
    const fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            levels: RwLock::new(Vec::new()),
        }
    }

    /// Those of the program, or of the isolated test around the code that runs now.
    fn here() -> &'static Self {
        static LEVELS: Levels = Levels::new();
        static IDENTITY: Identity = Identity::new();
        scope::fresh(&IDENTITY, &LEVELS, Self::new)
    }
}

/// Replaces all levels.
pub(crate) fn set_levels(levels: Vec<(&'static str, Level)>) {
    let here = Levels::here();
    let is_set = !levels.is_empty();
    *here.levels.write().unwrap_or_else(PoisonError::into_inner) = levels;
    here.is_set.store(is_set, Ordering::Release);
}

/// The level that replaces the one of the code.
pub(crate) fn level_of(event: &str) -> Option<Level> {
    let here = Levels::here();
    if !here.is_set.load(Ordering::Acquire) {
        return None;
    }
    let levels = here.levels.read().unwrap_or_else(PoisonError::into_inner);
    let level = levels.iter().find(|(name, _)| *name == event);
    level.map(|(_, level)| *level)
}
