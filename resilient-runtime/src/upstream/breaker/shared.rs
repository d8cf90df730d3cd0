//! The state of a circuit as other processes that share it are told.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::breaker::{
        Breaker, Circuit,
        state::{OPEN, tag},
    },
};
use std::time::Duration;

impl Circuit {
    /// The rest of the break, if the circuit is open.
    pub(crate) fn break_left(&self, now: Moment) -> Option<Duration> {
        let inner = lock(&self.inner);
        let is_open = tag(self.word.load(Ordering::Relaxed)) == OPEN && inner.is_before_end(now);
        is_open.then(|| inner.until.since(now))
    }

    /// Whether the window has enough calls to judge by.
    pub(crate) fn has_calls(&self, breaker: &Breaker) -> bool {
        let inner = lock(&self.inner);
        self.window.counts(&inner.tally).calls >= u64::from(breaker.min_calls)
    }
}
