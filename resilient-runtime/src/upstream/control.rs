//! Changing a running upstream.

use crate::{
    ConfigError,
    sync::lock,
    upstream::{Upstream, UpstreamConfig, rate::Rate, state::UpstreamState},
};

/// Changing a running one, with all its keys. What was let through stays so.
impl Upstream {
    /// Sets the limit of requests, or none.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; then nothing changes.
    pub fn set_requests(&self, rate: Option<Rate>) -> Result<(), ConfigError> {
        self.change(
            |config| config.requests = rate,
            |shared| shared.requests.set(rate),
        )
    }

    /// Sets the limit of tokens, or none.
    ///
    /// # Errors
    /// As [`UpstreamConfig::validate`]; then nothing changes.
    pub fn set_tokens(&self, rate: Option<Rate>) -> Result<(), ConfigError> {
        self.change(
            |config| config.tokens = rate,
            |shared| shared.tokens.set(rate),
        )
    }

    /// Sets the limit of concurrent attempts; if it adapts, its upper bound.
    ///
    /// # Errors
    /// Zero, or an upstream that was made without a limit of concurrency, since its attempts are not counted. Nothing
    /// changes then.
    pub fn set_concurrency(&self, limit: u32) -> Result<(), ConfigError> {
        if self.config.concurrency.is_none() {
            return Err(ConfigError::new(
                "concurrency",
                "concurrency: this upstream was made without a limit, so its attempts are not counted",
            ));
        }
        let concurrency = |config: &mut UpstreamConfig| {
            if let Some(concurrency) = &mut config.concurrency {
                concurrency.limit = limit;
            }
        };
        self.change(concurrency, |shared| shared.concurrency.set(limit))
    }

    /// Opens the circuit breaker by hand, for all keys that are known, until [`release`](Self::release). Without a breaker,
    /// nothing changes.
    pub fn isolate(&self) {
        self.for_each(|shared| {
            let change = shared.circuit.isolate();
            shared.budget.wake_all();
            shared.gate.tell_changed();
            shared.emit_change(self, change);
        });
    }

    /// Closes the circuit breaker by hand, for all keys, and opens the gate.
    pub fn release(&self) {
        self.for_each(|shared| {
            shared.gate.open();
            let change = shared.circuit.release();
            shared.gate.tell_changed();
            shared.emit_change(self, change);
        });
    }

    fn change(
        &self,
        setting: impl FnOnce(&mut UpstreamConfig),
        change: impl Fn(&UpstreamState),
    ) -> Result<(), ConfigError> {
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

    fn for_each(&self, change: impl Fn(&UpstreamState)) {
        change(self.shared());
        if let Some(keys) = self.keys.get() {
            keys.for_each(|_, shared| change(shared));
        }
    }
}
