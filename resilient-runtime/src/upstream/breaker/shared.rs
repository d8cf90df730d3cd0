//! The state of a circuit as other processes that share it are told.

use crate::{
    clock::Moment,
    event::CircuitCause,
    sync::{Ordering, lock},
    upstream::breaker::{
        Breaker, Circuit,
        state::{Change, ISOLATED, OPEN, tag},
    },
};
use std::time::Duration;

impl Circuit {
    /// Opens the circuit for the break of all processes, which may be almost over. An isolated one
    /// is not changed.
    pub(crate) fn open_with_others(
        &self,
        breaker: &Breaker,
        now: Moment,
        break_left: Duration,
    ) -> Option<Change> {
        let mut inner = lock(&self.inner);
        let is_open = match tag(self.word.load(Ordering::Relaxed)) {
            ISOLATED => return None,
            tag => tag == OPEN,
        };
        let change = self.trip(&mut inner, breaker, now, None, CircuitCause::Replicas);
        inner.set_until(now.after(break_left), now);
        let change = Change {
            break_duration: Some(break_left),
            ..change
        };
        (!is_open).then_some(change)
    }

    /// The rest of the break, if the circuit is open.
    pub(crate) fn break_left(&self, now: Moment) -> Option<Duration> {
        let inner = lock(&self.inner);
        let is_open = tag(self.word.load(Ordering::Relaxed)) == OPEN && inner.is_before_end(now);
        is_open.then(|| inner.until.since(now))
    }

    /// The probes in flight.
    pub(crate) fn probes_in_flight(&self) -> u32 {
        lock(&self.inner).in_flight.into()
    }

    /// Whether the window has enough calls to judge by.
    pub(crate) fn has_calls(&self, breaker: &Breaker) -> bool {
        let inner = lock(&self.inner);
        self.window.counts(&inner.tally).calls >= u64::from(breaker.min_calls)
    }
}
