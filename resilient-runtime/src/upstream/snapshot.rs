//! Stage upstream: looking at a running upstream, and changing it.

use super::{
    BreakerState, Counts, Rate, Upstream, Usage,
    keys::Keys,
    shared::{Shared, tell},
};
use crate::{clock::Moment, sync::lock, upstream::UpstreamConfig};
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

    fn snapshot_of(&self, shared: &Shared) -> Snapshot {
        let now = Moment::now();
        let slots = |number: u32| shared.slots.is_on().then_some(number);
        let request_rate = shared.requests.effective(now);
        let token_rate = shared.tokens.effective(now);
        Snapshot {
            breaker: self.circuit_breaker().map(|_| shared.circuit.state(now)),
            gate: shared.gate.closed(now),
            in_use: slots(shared.slots.in_use()),
            waiting: slots(shared.slots.waiting()),
            slots: slots(shared.slots.limit()),
            requests: request_rate.map(|_| shared.requests.level(now)),
            request_capacity: request_rate.map(|_| shared.requests.capacity()),
            request_rate,
            tokens: token_rate.map(|_| shared.tokens.level(now)),
            token_capacity: token_rate.map(|_| shared.tokens.capacity()),
            token_rate,
            budget: shared
                .budget
                .account
                .balance(self.config.policy.budget, now),
            waiting_retries: shared.budget.waiting(),
            usage: shared.usage.read(),
            counts: shared.counts.read(),
        }
    }
}

/// Changing a running one, with all its keys. What was let through stays so.
impl Upstream {
    /// Sets the limit of requests, or none.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; then nothing changes.
    pub fn set_requests(&self, rate: Option<Rate>) -> Result<(), super::UpstreamError> {
        self.change(
            |config| config.requests = rate,
            |shared| shared.requests.set(rate),
        )
    }

    /// Sets the limit of tokens, or none.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; then nothing changes.
    pub fn set_tokens(&self, rate: Option<Rate>) -> Result<(), super::UpstreamError> {
        self.change(
            |config| config.tokens = rate,
            |shared| shared.tokens.set(rate),
        )
    }

    /// Sets the limit of attempts at one time, the upper one if it adapts. Without a limit from the beginning, attempts are
    /// not counted, and nothing changes.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; then nothing changes.
    pub fn set_concurrency(&self, limit: u32) -> Result<(), super::UpstreamError> {
        let concurrency = |config: &mut UpstreamConfig| {
            if let Some(concurrency) = &mut config.concurrency {
                concurrency.limit = limit;
            }
        };
        self.change(concurrency, |shared| shared.slots.set(limit))
    }

    /// Opens the circuit breaker by hand, for all keys that are known, until [`release`](Self::release). Without a breaker,
    /// nothing changes.
    pub fn isolate(&self) {
        self.for_each(|shared| {
            let change = shared.circuit.isolate();
            shared.budget.wake_all();
            shared.gate.tell_changed();
            tell(self, change);
        });
    }

    /// Closes the circuit breaker by hand, for all keys, and opens the gate.
    pub fn release(&self) {
        self.for_each(|shared| {
            shared.gate.open();
            let change = shared.circuit.release();
            shared.gate.tell_changed();
            tell(self, change);
        });
    }

    fn change(
        &self,
        setting: impl FnOnce(&mut UpstreamConfig),
        change: impl Fn(&Shared),
    ) -> Result<(), super::UpstreamError> {
        let mut changed = lock(&self.changed);
        let mut config = changed.as_deref().unwrap_or(&self.config).clone();
        setting(&mut config);
        config.validate()?;
        *changed = Some(Box::new(config));
        // A new key reads it with its part of the map locked.
        drop(changed);
        self.for_each(change);
        Ok(())
    }

    fn for_each(&self, change: impl Fn(&Shared)) {
        change(self.shared());
        if let Some(keys) = self.keys.get() {
            keys.for_each(|_, shared| change(shared));
        }
    }
}
