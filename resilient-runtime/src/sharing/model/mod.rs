//! The reference model of a store: what each operation does to the state of one scope.
//!
//! All times are microseconds of the store's clock as 64-bit floats. The script for Redis does the
//! same operations in the same order, so that both give equal answers, bit by bit. A change here is
//! a change of `redis/script.lua`.
//!
//! The line of attempts that wait is the bucket itself: an attempt with a place has taken its units
//! already, and the next one starts when there are units again, which is not before. A refund frees
//! units before the end of the line. The next order gets them, and may start before attempts that
//! have a place already: these keep theirs, and the limit holds, since the units taken before their
//! places are no more than were refunded.

#[cfg(test)]
mod budget_test;
mod caps;
mod circuit;
#[cfg(test)]
mod circuit_test;
#[cfg(test)]
mod kit_test;
mod line;
#[cfg(test)]
mod line_test;
mod permits;
#[cfg(test)]
mod permits_test;

use crate::sharing::numbers::{Answer, Input, Operation};
use std::collections::BTreeMap;

const SECOND: f64 = 1e6;
/// A replica that has sent nothing for this long is removed.
const ALIVE: f64 = 10.0 * SECOND;
/// The time in which a thousandth of a deposit comes back to the retry budget.
const REFILL: f64 = SECOND / 100.0;

/// The state of a scope. Times are those of [`now`](State::now).
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// True from the first operation on.
    exists: bool,
    /// The time of the last operation.
    at: f64,
    /// The difference between the time of the state, which does not go back, and the store's clock.
    offset: f64,
    /// The times at which the buckets are full.
    requests: f64,
    tokens: f64,
    /// The end of the pause that a server has asked for.
    paused: f64,
    /// The end of the time in which a server has nothing left.
    blocked: f64,
    /// Identifies the state: the time of its first operation, in milliseconds.
    born: f64,
    version: f64,
    is_open: bool,
    /// The end of the break.
    until: f64,
    /// The amount missing from a full retry budget, at the time of the last operation.
    missing: f64,
    replicas: BTreeMap<u64, Replica>,
    caps: BTreeMap<String, caps::Window>,
}

/// A replica.
#[derive(Clone, Debug, Default)]
struct Replica {
    /// The time of its last operation.
    beat: f64,
    held: f64,
    wanted: f64,
    /// The permits that it was given last, and those that it may hold: some were not returned yet.
    target: f64,
    given: f64,
    has_calls: bool,
    /// The end of the break that it votes for; 0 for none.
    vote: f64,
    /// The version of the circuit in which the vote was first told.
    vote_version: f64,
    /// The probes that it was granted, in this version, and the end of their time.
    leases: f64,
    leases_until: f64,
    leases_version: f64,
}

/// An operation on the state, while it is carried out.
struct Step<'a> {
    state: &'a mut State,
    now: f64,
    input: &'a Input,
    own: Replica,
}

/// Carries out an operation at this time of the store's clock.
pub(crate) fn step(state: &mut State, clock: f64, operation: &Operation, input: &Input) -> Answer {
    let before = state.at;
    let now = state.now(clock);
    let since = (state.exists).then_some(now - before);
    let is_new = !state.knows(now, input.replica);
    state.exists = true;
    let own = state.own(now, input);
    let mut step = Step {
        state,
        now,
        input,
        own,
    };
    step.settle();
    step.circuit();
    let caps = step.caps(is_new);
    step.budget(since);
    let mut answer = Answer {
        is_new,
        caps,
        ..Answer::default()
    };
    match operation {
        Operation::Order { costs, latest } => step.order(costs, *latest, &mut answer),
        Operation::Settle => {}
        Operation::Beat => step.divide_permits(),
        Operation::Probe => answer.probe_wait = step.probe(),
    }
    let Step { own, .. } = step;
    answer.pause = (state.paused - now).max(0.0);
    answer.permits = input.permits.map(|_| own.target);
    answer.version = state.version;
    answer.state = state.born;
    answer.break_left = state.is_open.then(|| (state.until - now).max(0.0));
    answer.missing = state.missing;
    state.replicas.insert(input.replica, own);
    answer.replicas = count(state.replicas.len());
    answer
}

impl Step<'_> {
    /// The retry budget, after this time since the last operation. One of a state that was lost is
    /// that of the replica.
    fn budget(&mut self, since: Option<f64>) {
        let refill = since.unwrap_or(0.0) / REFILL;
        let left = (self.state.missing - refill).max(0.0);
        self.state.missing = match (since, self.input.budget) {
            (_, None) => left,
            (None, Some(budget)) => budget.missing.min(budget.most),
            (Some(_), Some(budget)) => (left + budget.change).clamp(0.0, budget.most),
        };
    }
}

impl State {
    /// The time of the state. A clock behind it, of another server, is taken to stand at its last
    /// time: nothing waits for the difference, and what waits for a while still does.
    fn now(&mut self, clock: f64) -> f64 {
        let mut now = clock + self.offset;
        if now < self.at {
            self.offset = self.at - clock;
            now = self.at;
        }
        self.at = now;
        if !self.exists {
            // Numbers of a state that was lost are not used again.
            self.version = (now / 1e3).floor();
            self.born = self.version;
        }
        now
    }

    /// Whether the replica was heard of.
    fn knows(&self, now: f64, replica: u64) -> bool {
        let known = self.replicas.get(&replica);
        known.is_some_and(|known| now - known.beat <= ALIVE)
    }

    /// Takes the replica out of the list, and removes those that are dead.
    fn own(&mut self, now: f64, input: &Input) -> Replica {
        self.replicas.retain(|_, other| now - other.beat <= ALIVE);
        let known = self.replicas.remove(&input.replica);
        let mut own = known.unwrap_or_else(|| Replica {
            target: input.held,
            given: input.held,
            ..Replica::default()
        });
        own.beat = now;
        own.held = input.held;
        own.wanted = input.wanted;
        own
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of replicas")]
fn count(number: usize) -> f64 {
    number as f64
}
