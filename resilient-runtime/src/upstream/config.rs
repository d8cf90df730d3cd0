//! Stage upstream: what an upstream limits, as plain data.

use crate::{
    Policy, PolicyError,
    upstream::{breaker::Breaker, concurrency::Concurrency, rate::Rate},
};
use std::{borrow::Cow, fmt, time::Duration};

/// What an [`Upstream`](crate::upstream::Upstream) limits: plain data, for numbers that come from outside. In a `static`, the
/// methods of `Upstream` say the same.
///
/// ```
/// use resilient_runtime::{Concurrency, Rate, Upstream, UpstreamConfig};
///
/// fn upstream(per_minute: u64) -> Result<Upstream, resilient_runtime::UpstreamError> {
///     let mut config = UpstreamConfig::new("openai");
///     config.requests = Some(Rate::per_minute(per_minute));
///     config.concurrency = Some(Concurrency::new(32));
///     Upstream::try_from(config)
/// }
///
/// assert!(upstream(500).is_ok());
/// let mistake = upstream(0).unwrap_err();
/// assert!(mistake.to_string().starts_with("upstream `openai`: requests: "), "{mistake}");
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

const NAMELESS: (&str, &str) = ("name", "an upstream needs a name");

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

    /// Says what makes no sense.
    ///
    /// # Errors
    /// The first mistake found.
    pub fn validate(&self) -> Result<(), UpstreamError> {
        let nameless = self.name.is_empty().then_some(NAMELESS);
        self.mistake()
            .or(nameless)
            .map_or(Ok(()), |(setting, message)| {
                Err(UpstreamError {
                    name: self.name.clone(),
                    setting,
                    message,
                })
            })
    }

    /// The setting and what is wrong with it.
    pub(super) const fn mistake(&self) -> Option<(&'static str, &'static str)> {
        // A `String` is not looked at in a constant, and there is none.
        if let Cow::Borrowed(name) = self.name {
            if name.is_empty() {
                return Some(NAMELESS);
            }
        }
        if let Err(mistake) = self.policy.validate() {
            return Some(("policy", PolicyError::message(&mistake)));
        }
        if let Some(breaker) = &self.breaker {
            if let Err(mistake) = breaker.validate() {
                return Some(("breaker", mistake));
            }
        }
        if let Some(requests) = &self.requests {
            if let Err(mistake) = requests.validate() {
                return Some(("requests", mistake));
            }
        }
        if let Some(tokens) = &self.tokens {
            if let Err(mistake) = tokens.validate() {
                return Some(("tokens", mistake));
            }
        }
        if let Some(concurrency) = &self.concurrency {
            if let Err(mistake) = concurrency.validate() {
                return Some(("concurrency", mistake));
            }
        }
        if self.max_wait.is_zero() {
            return Some(("max_wait", "zero lets nothing wait for a limit"));
        }
        if self.keys == 0 {
            return Some(("keys", "zero leaves no room for any key"));
        }
        None
    }
}

/// What makes no sense in an [`UpstreamConfig`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamError {
    name: Cow<'static, str>,
    setting: &'static str,
    message: &'static str,
}

impl UpstreamError {
    /// The setting that is wrong, such as `requests`.
    pub fn setting(&self) -> &'static str {
        self.setting
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            setting,
            message,
        } = self;
        write!(f, "upstream `{name}`: {setting}: {message}")
    }
}

impl std::error::Error for UpstreamError {}
