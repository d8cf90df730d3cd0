//! A place in the queue of a rate limit.

use super::local::RateState;

/// A place in the queue, counted while it is held.
pub(super) struct Place<'a> {
    state: &'a RateState,
    cost: u64,
}

impl<'a> Place<'a> {
    pub(super) fn new(state: &'a RateState, cost: u64) -> Self {
        state.enqueue(cost);
        Self { state, cost }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.state.dequeue(self.cost);
    }
}
