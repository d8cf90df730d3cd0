//! Changes to a running upstream.

use crate::{
    ConfigError, Rate,
    sync::lock,
    upstream::{Upstream, UpstreamConfig, breaker::Change, state::UpstreamState},
};
use std::sync::Arc;

/// The mistake of a limit for attempts in flight that nobody has counted.
pub(super) const UNCOUNTED: ConfigError = ConfigError::new(
    "concurrency",
    "concurrency: this upstream was made without a limit, so its attempts are not counted",
);

/// Changes to a running upstream and all its keys. Attempts already admitted are not affected.
/// Waiting calls follow a new limit: the first in each queue at once, the others in their turn.
impl Upstream {
    /// Sets or removes the rate limit of requests.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; nothing changes then.
    pub fn set_requests(&self, rate: Option<Rate>) -> Result<(), ConfigError> {
        self.change(
            |config| config.requests = rate,
            |shared| shared.requests.set(rate),
        )
    }

    /// Sets or removes the rate limit of tokens.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; nothing changes then.
    pub fn set_tokens(&self, rate: Option<Rate>) -> Result<(), ConfigError> {
        self.change(
            |config| config.tokens = rate,
            |shared| shared.tokens.set(rate),
        )
    }

    /// Sets the limit of concurrent attempts; of an adaptive limit, its upper bound.
    ///
    /// # Errors
    /// `limit` is zero or below the lower bound of an adaptive limit, or the upstream was built
    /// without a concurrency limit, so that its attempts are not counted. Nothing changes then.
    pub fn set_concurrency(&self, limit: u32) -> Result<(), ConfigError> {
        if self.config.concurrency.is_none() {
            return Err(UNCOUNTED);
        }
        let concurrency = |config: &mut UpstreamConfig| {
            if let Some(concurrency) = &mut config.concurrency {
                concurrency.limit = limit;
            }
        };
        self.change(concurrency, |shared| shared.concurrency.set(limit))
    }

    /// Opens the circuit breaker by hand, for all keys, also new ones, until
    /// [`release`](Self::release): all calls are refused, also those that wait for a limit and
    /// retries. An upstream without a breaker is stopped as well.
    pub fn isolate(&self) {
        self.for_each_and_emit(|shared| {
            let change = shared.circuit.isolate();
            shared.budget.wake_all();
            shared.gate.notify_changed();
            change
        });
    }

    /// Closes the circuit breaker by hand, or ends the isolation of an upstream without one, and
    /// opens the gate, for all keys.
    pub fn release(&self) {
        self.for_each_and_emit(|shared| {
            shared.gate.open();
            let change = shared.circuit.release();
            shared.gate.notify_changed();
            change
        });
    }

    fn change(
        &self,
        setting: impl FnOnce(&mut UpstreamConfig),
        change: impl Fn(&UpstreamState),
    ) -> Result<(), ConfigError> {
        // One change at a time, or two of one setting could end with the configuration of the one
        // and the limits of the other.
        let this = self.here().running();
        let _changing = lock(&this.changing);
        let mut current = lock(&this.now);
        let mut config = current.clone();
        setting(&mut config);
        config.validate()?;
        *current = config;
        // Unlock first: a new key takes this lock while its shard is locked.
        drop(current);
        this.change_each(|state| {
            change(state);
            state.limits_changed();
        });
        Ok(())
    }

    /// Changes all circuits, and emits that afterwards: a subscriber may panic.
    fn for_each_and_emit(&self, change: impl Fn(&UpstreamState) -> Option<Change>) {
        // One at a time, or isolating and releasing could leave some keys the one and some the
        // other.
        let this = self.here();
        let running = this.running();
        let changing = lock(&running.changing);
        let first = change(&running.shared);
        let mut changes = Vec::new();
        if let Some(keys) = running.keys() {
            keys.for_each(|_, shared| {
                if let Some(change) = change(shared) {
                    changes.push((Arc::clone(shared), change));
                }
            });
        }
        drop(changing);
        this.shared().emit_change(this, first);
        for (shared, change) in changes {
            shared.emit_change(this, Some(change));
        }
    }
}
