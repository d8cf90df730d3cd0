//! The builder of [`Upstream`], in a constant or at run time.

use crate::{
    Caps, ConfigError, Policy, Price, Rate,
    scope::Identity,
    upstream::{Upstream, breaker::Breaker, concurrency::Concurrency, config::UpstreamConfig},
};
use std::{sync::OnceLock, time::Duration};

/// Building an upstream. In a `static`, an invalid setting does not compile; at run time it panics.
/// Validate numbers from outside with [`UpstreamConfig`]. The builder is for an upstream that no
/// call has used yet.
impl Upstream {
    /// An upstream whose only limit is the retry budget.
    ///
    /// # Panics
    /// If the name is empty.
    pub const fn new(name: &'static str) -> Self {
        Self::of(UpstreamConfig::new(name)).checked()
    }

    /// Sets the default policy of its calls; arguments of the attribute override it.
    ///
    /// # Panics
    /// If the policy is invalid; see [`Policy::validate`].
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.config.policy = policy;
        self.checked()
    }

    /// Sets the circuit breaker.
    ///
    /// # Panics
    /// If it is invalid; see [`Breaker::validate`].
    pub const fn breaker(mut self, breaker: Breaker) -> Self {
        self.config.breaker = Some(breaker);
        self.checked()
    }

    /// Limits the rate of requests.
    ///
    /// # Panics
    /// If the rate is invalid; see [`Rate::validate`].
    pub const fn requests(mut self, rate: Rate) -> Self {
        self.config.requests = Some(rate);
        self.checked()
    }

    /// Limits the rate of tokens, as estimated by `cost`.
    ///
    /// # Panics
    /// If the rate is invalid; see [`Rate::validate`].
    pub const fn tokens(mut self, rate: Rate) -> Self {
        self.config.tokens = Some(rate);
        self.checked()
    }

    /// Shorthand for [`requests`](Self::requests) with [`Rate::per_minute`]: evenly spaced, so that
    /// 60 means one per second.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn requests_per_minute(self, requests: u64) -> Self {
        self.requests(Rate::per_minute(requests))
    }

    /// Shorthand for [`tokens`](Self::tokens) with [`Rate::per_minute`]. A single call may use them
    /// all at once.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn tokens_per_minute(self, tokens: u64) -> Self {
        self.tokens(Rate::per_minute(tokens))
    }

    /// Limits concurrent attempts, such as by `Concurrency::new(32)`; also with a bounded queue or
    /// an adaptive limit.
    ///
    /// # Panics
    /// If it is invalid; see [`Concurrency::validate`].
    pub const fn concurrency(mut self, concurrency: Concurrency) -> Self {
        self.config.concurrency = Some(concurrency);
        self.checked()
    }

    /// Sets the price of tokens, for caps on money and for the cost of bulk runs.
    ///
    /// # Panics
    /// If it is invalid; see [`Price::validate`].
    pub const fn price(mut self, price: Price) -> Self {
        self.config.price = Some(price);
        self.checked()
    }

    /// Adds a cap, or several that are separated by commas, such as `50 USD/day` or
    /// `10000 requests/day, 5M tokens/day`: for all calls together, with and without a key. See
    /// [`Cap::parse`](crate::Cap::parse) and [the guide](crate::guide::caps).
    ///
    /// # Panics
    /// If the text is no cap, or one on money for which there is no [`price`](Self::price) yet; if
    /// it is the fifth cap, or one that counts the same as another.
    #[track_caller]
    pub const fn cap(mut self, cap: &str) -> Self {
        self.config.caps = parsed(self.config.caps.and_parsed(cap));
        self.checked()
    }

    /// Adds a cap for each key by itself, as [`cap`](Self::cap).
    ///
    /// # Panics
    /// As [`cap`](Self::cap).
    #[track_caller]
    pub const fn key_cap(mut self, cap: &str) -> Self {
        self.config.key_caps = parsed(self.config.key_caps.and_parsed(cap));
        self.checked()
    }

    /// Pauses all callers while the `Retry-After` of a 429 or 503 lasts; see
    /// [`UpstreamConfig::gate`].
    pub const fn gate(mut self, gate: bool) -> Self {
        self.config.gate = gate;
        self
    }

    /// Sets the longest wait for admission, for load shedding; see [`UpstreamConfig::max_wait`].
    ///
    /// # Panics
    /// If it is zero.
    pub const fn max_wait(mut self, max_wait: Duration) -> Self {
        self.config.max_wait = max_wait;
        self.checked()
    }

    /// Sets the number of keys whose state is kept.
    ///
    /// # Panics
    /// If it is zero.
    pub const fn keys(mut self, keys: usize) -> Self {
        self.config.keys = keys;
        self.checked()
    }

    /// Shadow mode: circuit breaker, gate, limits and retry budget only count what they would hold
    /// back, and hold nothing back; see [the guide](crate::guide::shadow).
    pub const fn shadow(mut self, shadow: bool) -> Self {
        self.config.shadow = shadow;
        self
    }

    pub(super) const fn of(config: UpstreamConfig) -> Self {
        Self {
            config,
            running: OnceLock::new(),
            identity: Identity::new(),
        }
    }

    #[expect(
        clippy::panic,
        reason = "a mistake in the source, which a constant turns into a compile error"
    )]
    #[track_caller]
    const fn checked(self) -> Self {
        match self.config.validate_const() {
            Ok(()) => self,
            Err(mistake) => panic!("{}", mistake.message()),
        }
    }
}

#[expect(
    clippy::panic,
    reason = "a mistake in the source, which a constant turns into a compile error"
)]
#[track_caller]
const fn parsed(caps: Result<Caps, ConfigError>) -> Caps {
    match caps {
        Ok(caps) => caps,
        Err(mistake) => panic!("{}", mistake.message()),
    }
}

impl TryFrom<UpstreamConfig> for Upstream {
    type Error = ConfigError;

    fn try_from(config: UpstreamConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self::of(config))
    }
}
