//! Stage upstream: what an upstream limits, as plain data.

use crate::{
    ConfigError, Policy,
    upstream::{breaker::Breaker, concurrency::Concurrency, rate::Rate},
};
use std::{borrow::Cow, time::Duration};

/// What an [`Upstream`](crate::upstream::Upstream) limits: plain data, for numbers that come from outside. In a `static`, the
/// methods of `Upstream` say the same.
///
/// ```
/// use resilient_runtime::{Concurrency, Rate, Upstream, UpstreamConfig};
///
/// fn upstream(per_minute: u64) -> Result<Upstream, resilient_runtime::ConfigError> {
///     let mut config = UpstreamConfig::new("openai");
///     config.requests = Some(Rate::per_minute(per_minute));
///     config.concurrency = Some(Concurrency::new(32));
///     Upstream::try_from(config)
/// }
///
/// assert!(upstream(500).is_ok());
/// let mistake = upstream(0).unwrap_err();
/// assert!(mistake.to_string().starts_with("requests: "), "{mistake}");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UpstreamConfig {
    /// The name that log, metrics and errors use. Not empty.
    pub name: Cow<'static, str>,
    /// The policy of calls that go through it, below what the attribute says. Default: [`Policy::DEFAULT`].
    pub policy: Policy,
    /// The circuit breaker. Default: none.
    pub breaker: Option<Breaker>,
    /// The limit of requests. Default: none.
    pub requests: Option<Rate>,
    /// The limit of tokens. Default: none.
    pub tokens: Option<Rate>,
    /// The limit of attempts at one time. Default: none.
    pub concurrency: Option<Concurrency>,
    /// Whether a server's wait after a 429 or 503 holds back all callers, who then come back one after another.
    /// Default: false; only where the headers say that nothing is left of a quota.
    pub gate: bool,
    /// The longest that an attempt waits to be let through. Default: [`Duration::MAX`], which is no bound; then it waits
    /// as long as the deadline of its call allows, and without a deadline as long as it takes.
    pub max_wait: Duration,
    /// How many keys have a state of their own at one time. Default: 10,000.
    pub keys: usize,
}

const NAMELESS: ConfigError = ConfigError::new("name", "name: an upstream needs one");

impl UpstreamConfig {
    /// No limit but the retry budget, which is the policy's.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            policy: Policy::DEFAULT,
            breaker: None,
            requests: None,
            tokens: None,
            concurrency: None,
            gate: false,
            max_wait: Duration::MAX,
            keys: 10_000,
        }
    }

    /// Says which setting makes no sense.
    ///
    /// # Errors
    /// The first mistake found.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() {
            return Err(NAMELESS);
        }
        self.validate_const()
    }

    /// As [`validate`](Self::validate), in a constant, where a `String` cannot be looked at and there is none.
    pub(super) const fn validate_const(&self) -> Result<(), ConfigError> {
        if let Cow::Borrowed(name) = self.name {
            if name.is_empty() {
                return Err(NAMELESS);
            }
        }
        if let Err(mistake) = self.policy.validate() {
            return Err(mistake.within("policy"));
        }
        if let Some(breaker) = &self.breaker {
            if let Err(mistake) = breaker.validate() {
                return Err(mistake);
            }
        }
        if let Some(requests) = &self.requests {
            if let Err(mistake) = requests.validate() {
                return Err(mistake.within("requests"));
            }
        }
        if let Some(tokens) = &self.tokens {
            if let Err(mistake) = tokens.validate() {
                return Err(mistake.within("tokens"));
            }
        }
        if let Some(concurrency) = &self.concurrency {
            if let Err(mistake) = concurrency.validate() {
                return Err(mistake);
            }
        }
        if self.max_wait.is_zero() {
            return Err(ConfigError::new(
                "max_wait",
                "max_wait: zero lets nothing wait for a limit",
            ));
        }
        if self.keys == 0 {
            return Err(ConfigError::new(
                "keys",
                "keys: zero leaves no room for any key",
            ));
        }
        Ok(())
    }
}
