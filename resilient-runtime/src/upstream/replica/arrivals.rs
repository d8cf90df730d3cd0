//! Recent arrivals. They decide how many places are ordered in advance. Pure.

use super::order::HORIZON;
use crate::clock::Moment;

/// Attempts that have come.
#[derive(Clone, Copy, Default)]
struct Came {
    calls: u64,
    tokens: u64,
}

/// Those of the current part of time, and of the one before.
#[derive(Default)]
pub(super) struct Arrivals {
    since: Moment,
    now: Came,
    before: Came,
}

impl Arrivals {
    pub(super) fn turn(&mut self, now: Moment) {
        let since = now.since(self.since);
        if since < HORIZON && !now.is_behind(self.since) {
            return;
        }
        let is_next = since < HORIZON.saturating_mul(2);
        self.before = if is_next { self.now } else { Came::default() };
        self.now = Came::default();
        self.since = now;
    }

    pub(super) fn count(&mut self, cost: u64, now: Moment) {
        self.turn(now);
        self.now.calls = self.now.calls.saturating_add(1);
        self.now.tokens = self.now.tokens.saturating_add(cost);
    }

    /// The calls expected in the next [`HORIZON`].
    pub(super) fn expected(&self) -> u64 {
        self.now.calls.max(self.before.calls)
    }

    pub(super) fn usual_cost(&self) -> u64 {
        let calls = self.now.calls.saturating_add(self.before.calls);
        let tokens = self.now.tokens.saturating_add(self.before.tokens);
        tokens.checked_div(calls).unwrap_or_default()
    }
}
