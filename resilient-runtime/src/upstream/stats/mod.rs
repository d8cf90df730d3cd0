//! Stage upstream: looking at a running upstream, and changing it.

mod counts;
mod usage;

pub(crate) use counts::Counters;
pub use counts::Counts;
pub(crate) use usage::Totals;
pub use usage::Usage;

use super::{BreakerState, Rate, Upstream, keys::Keys, state::UpstreamState};
use crate::clock::Moment;
use std::time::Duration;

/// How an upstream, or a key of it, is at one moment. What is not limited is none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Where the circuit breaker is.
    pub breaker: Option<BreakerState>,
    /// How long the gate stays closed, if it is.
    pub gate: Option<Duration>,
    /// Attempts that have a slot.
    pub in_use: Option<u32>,
    /// Attempts that wait for a slot.
    pub waiting: Option<u32>,
    /// The slots that there are, as adapted or changed.
    pub slots: Option<u32>,
    /// Requests that could be sent at once; negative where more were sent than is permitted.
    pub requests: Option<i64>,
    /// Requests that can be sent at once when none were sent for long.
    pub request_capacity: Option<u64>,
    /// The rate of requests that holds now, as learned or changed.
    pub request_rate: Option<Rate>,
    /// Tokens that could be spent at once; negative where more were spent than is permitted.
    pub tokens: Option<i64>,
    /// Tokens that can be spent at once when none were spent for long: the most that a call may cost.
    pub token_capacity: Option<u64>,
    /// The rate of tokens that holds now, as learned or changed.
    pub token_rate: Option<Rate>,
    /// The balance of the retry budget, in what one success earns, counted by the upstream's own policy.
    pub budget: f64,
    /// Retries that wait for the retry budget.
    pub waiting_retries: u64,
    /// The tokens since the program started.
    pub usage: Usage,
    /// What was held back or made up for since the program started.
    pub counts: Counts,
}

/// Looking at one.
impl Upstream {
    /// How it is now, for callers that name no key.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(self.shared())
    }

    /// How a key of it is now; none if the key is not known, or not any more.
    pub fn snapshot_by(&self, key: &str) -> Option<Snapshot> {
        let shared = self.keys.get()?.peek(key)?;
        Some(self.snapshot_of(&shared))
    }

    /// How many keys have a state at the moment.
    pub fn key_count(&self) -> usize {
        self.keys.get().map_or(0, Keys::len)
    }

    fn snapshot_of(&self, shared: &UpstreamState) -> Snapshot {
        let now = Moment::now();
        let slots = |number: u32| shared.concurrency.is_limited().then_some(number);
        let request_rate = shared.requests.effective(now);
        let token_rate = shared.tokens.effective(now);
        Snapshot {
            breaker: self.circuit_breaker().map(|_| shared.circuit.state(now)),
            gate: shared.gate.closed(now),
            in_use: slots(shared.concurrency.in_use()),
            waiting: slots(shared.concurrency.waiting()),
            slots: slots(shared.concurrency.limit()),
            requests: request_rate.map(|_| shared.requests.level(now)),
            request_capacity: request_rate.map(|_| shared.requests.capacity()),
            request_rate,
            tokens: token_rate.map(|_| shared.tokens.level(now)),
            token_capacity: token_rate.map(|_| shared.tokens.capacity()),
            token_rate,
            budget: shared.budget.balance.level(self.config.policy.budget, now),
            waiting_retries: shared.budget.waiting(),
            usage: shared.usage.read(),
            counts: shared.counts.read(),
        }
    }
}
