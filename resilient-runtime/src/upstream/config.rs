//! The settings of an upstream, as plain data.

use crate::{
    Caps, ConfigError, Policy, Price, Rate,
    upstream::{breaker::Breaker, concurrency::Concurrency},
};
use std::{borrow::Cow, time::Duration};

/// The settings of an [`Upstream`](crate::upstream::Upstream) as plain data, for numbers from
/// outside. In a `static`, use the methods of `Upstream`.
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
    /// The name used in logs, metrics and errors. Not empty.
    pub name: Cow<'static, str>,
    /// The default policy of its calls, which the attribute overrides. Default:
    /// [`Policy::DEFAULT`].
    pub policy: Policy,
    /// The circuit breaker. Default: none.
    pub breaker: Option<Breaker>,
    /// The rate limit of requests. Default: none.
    pub requests: Option<Rate>,
    /// The rate limit of tokens. Default: none.
    pub tokens: Option<Rate>,
    /// The limit of concurrent attempts. Default: none.
    pub concurrency: Option<Concurrency>,
    /// The caps of all its calls together, with and without a key, in windows of the calendar.
    /// Default: none.
    pub caps: Caps,
    /// The caps of each key. Default: none.
    pub key_caps: Caps,
    /// The price of tokens, for caps on money and for the cost of bulk runs. Default: none.
    pub price: Option<Price>,
    /// Whether the `Retry-After` of a 429 or 503 pauses all callers, who then resume at random
    /// times. Default: false; then only headers that report an exhausted quota close the gate.
    pub gate: bool,
    /// The longest wait for admission. Default: [`Duration::MAX`], which is no bound: an attempt
    /// waits until the deadline of its call, and without a deadline as long as it takes.
    pub max_wait: Duration,
    /// The number of keys whose state is kept. Default: 10,000.
    pub keys: usize,
    /// Shadow mode: circuit breaker, gate, limits and retry budget only count what they would hold
    /// back, and hold nothing back; see [the guide](crate::guide::shadow). Default: false.
    pub shadow: bool,
}

const NAMELESS: ConfigError = ConfigError::new("name", "name: an upstream needs one");

impl UpstreamConfig {
    /// No limits except the retry budget, which belongs to the policy.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            policy: Policy::DEFAULT,
            breaker: None,
            requests: None,
            tokens: None,
            concurrency: None,
            caps: Caps::NONE,
            key_caps: Caps::NONE,
            price: None,
            gate: false,
            max_wait: Duration::MAX,
            keys: 10_000,
            shadow: false,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// The first mistake found.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() {
            return Err(NAMELESS);
        }
        self.validate_const()
    }

    /// As [`validate`](Self::validate), in a constant. There the name is never a `String`, which
    /// could not be inspected.
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
        if let Some(price) = &self.price {
            if let Err(mistake) = price.validate() {
                return Err(mistake);
            }
        }
        if let Err(mistake) = self.caps.validate(self.price.as_ref()) {
            return Err(mistake);
        }
        if let Err(mistake) = self.key_caps.validate(self.price.as_ref()) {
            return Err(mistake.within("key_cap"));
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
