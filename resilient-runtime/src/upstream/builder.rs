//! Stage upstream: how an [`Upstream`] is made, in a constant or at run time.

use crate::{
    ConfigError, Policy,
    sync::Mutex,
    upstream::{
        Upstream, breaker::Breaker, concurrency::Concurrency, config::UpstreamConfig, rate::Rate,
    },
};
use std::{sync::OnceLock, time::Duration};

/// Making one. In a `static`, a setting that makes no sense does not compile. At run time it panics: numbers from outside go
/// through [`UpstreamConfig`]. Settings are for an upstream that no call has used yet.
impl Upstream {
    /// An upstream without limits but the retry budget.
    ///
    /// # Panics
    /// If the name is empty.
    pub const fn new(name: &'static str) -> Self {
        Self::of(UpstreamConfig::new(name)).checked()
    }

    /// Sets the policy of calls that go through it, below what the attribute says.
    ///
    /// # Panics
    /// If it makes no sense: see [`Policy::validate`].
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.config.policy = policy;
        self.checked()
    }

    /// Sets the circuit breaker.
    ///
    /// # Panics
    /// If it makes no sense.
    pub const fn breaker(mut self, breaker: Breaker) -> Self {
        self.config.breaker = Some(breaker);
        self.checked()
    }

    /// Limits the requests.
    ///
    /// # Panics
    /// If the rate makes no sense.
    pub const fn requests(mut self, rate: Rate) -> Self {
        self.config.requests = Some(rate);
        self.checked()
    }

    /// Limits the tokens, which calls tell with `cost`.
    ///
    /// # Panics
    /// If the rate makes no sense.
    pub const fn tokens(mut self, rate: Rate) -> Self {
        self.config.tokens = Some(rate);
        self.checked()
    }

    /// Limits the requests of a minute, evenly: 60 are one a second.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn requests_per_minute(self, requests: u64) -> Self {
        self.requests(Rate::per_minute(requests))
    }

    /// Limits the tokens of a minute, of which a single call may use all.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn tokens_per_minute(self, tokens: u64) -> Self {
        self.tokens(Rate::per_minute(tokens))
    }

    /// Limits the attempts at one time.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn concurrency(self, limit: u32) -> Self {
        self.concurrency_limit(Concurrency::new(limit))
    }

    /// Limits the attempts at one time, with a bound of the line or a limit that adapts.
    ///
    /// # Panics
    /// If it makes no sense.
    pub const fn concurrency_limit(mut self, concurrency: Concurrency) -> Self {
        self.config.concurrency = Some(concurrency);
        self.checked()
    }

    /// Holds back all callers while a server's wait after a 429 or 503 lasts; see [`UpstreamConfig::gate`].
    pub const fn gate(mut self, gate: bool) -> Self {
        self.config.gate = gate;
        self
    }

    /// Sets the longest that an attempt waits to be let through, for those who want to shed load; see
    /// [`UpstreamConfig::max_wait`].
    ///
    /// # Panics
    /// If it is zero.
    pub const fn max_wait(mut self, max_wait: Duration) -> Self {
        self.config.max_wait = max_wait;
        self.checked()
    }

    /// Sets how many keys have a state of their own at one time.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn keys(mut self, keys: usize) -> Self {
        self.config.keys = keys;
        self.checked()
    }

    pub(super) const fn of(config: UpstreamConfig) -> Self {
        Self {
            config,
            shared: OnceLock::new(),
            keys: OnceLock::new(),
            changed: Mutex::new(None),
        }
    }

    #[expect(
        clippy::panic,
        reason = "a mistake in the source, which a constant does not survive"
    )]
    #[track_caller]
    const fn checked(self) -> Self {
        match self.config.validate_const() {
            Ok(()) => self,
            Err(mistake) => panic!("{}", mistake.message()),
        }
    }
}

impl TryFrom<UpstreamConfig> for Upstream {
    type Error = ConfigError;

    fn try_from(config: UpstreamConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self::of(config))
    }
}
