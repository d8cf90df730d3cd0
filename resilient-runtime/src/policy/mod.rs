//! The policy: the settings of a call's retries, as plain data.

mod backoff;
mod config_error;
pub mod decide;
mod explain;
mod layers;
#[cfg(feature = "config")]
mod overlay;
mod rate;
mod rule;
mod schedule;
mod stream;
pub(crate) mod targets;
mod validate;

pub use backoff::{Backoff, BackoffKind, Jitter};
pub use config_error::ConfigError;
pub use explain::{Explanation, Explanations, PlannedAttempt};
#[cfg(feature = "testing")]
pub(crate) use layers::PolicyChange;
#[cfg(not(feature = "config"))]
pub(crate) use layers::UpstreamPolicyRef;
pub use layers::{Layer, PolicyRef};
#[cfg(feature = "config")]
pub(crate) use overlay::{
    Configured, ConfiguredBy, ConfiguredPart, ConfiguredValue, Overlay, UpstreamPolicyRef,
};
pub use rate::Rate;
pub use rule::Rule;
#[cfg(feature = "backoff-04")]
pub use schedule::FromBackoff;
pub use schedule::{Delays, Retry, Schedule};

use crate::{Class, budget::Budget};
use rule::StoredRule;
use std::time::Duration;

/// Overloaded servers need longer to recover: after a 503, a 429, a 504 or a timeout the schedule
/// starts at this multiple of `initial`. With less, callers rejected by a quota return so soon that
/// they use up the retry budget.
const OVERLOADED_FACTOR: u32 = 2;

/// The retries and time limits of a call, as plain data, built in a `const` or at run time.
///
/// Every setter takes the policy by value and returns it. Later calls override earlier ones. In the
/// attribute, the other arguments override `policy = expr`.
///
/// No value causes a panic, a busy loop or an endless wait; [`validate`](Self::validate) reports
/// invalid ones.
///
/// ```
/// use resilient_runtime::{Backoff, Class, Policy, Rule};
/// use std::time::Duration;
///
/// const PATIENT: Policy = Policy::new()
///     .attempts(8)
///     .timeout(Duration::from_secs(20))
///     .deadline(Duration::from_secs(120))
///     .backoff(Backoff::exponential(Duration::from_millis(500)))
///     .on(Class::NotFound, Rule::new().retry(true).attempts(2));
/// assert_eq!(PATIENT.attempts, 8);
/// assert!(PATIENT.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The maximum number of attempts, including the first. Default: 5. Zero counts as one.
    pub attempts: u32,
    /// The timeout of each attempt. Default: 60 s.
    pub timeout: Option<Duration>,
    /// The deadline of the whole call, with all attempts and waits. Default: none.
    pub deadline: Option<Duration>,
    /// The longest time of an attempt until the first content of a [stream](crate::guide::streams),
    /// its opening included; with a longer `timeout`, that. Default: 180 s.
    pub first: Option<Duration>,
    /// The longest gap between two items with content of a stream. Default: 120 s.
    pub idle: Option<Duration>,
    /// The waits between attempts. Default: [`Backoff::DEFAULT`].
    pub backoff: Backoff,
    /// The longest wait that is honoured when a server asks for one. If it asks for more, the call
    /// fails at once with that failure. Default: 120 s.
    pub max_retry_after: Duration,
    /// Whether the call may be processed twice. If not, only requests that the server certainly did
    /// not process are retried. Default: true.
    pub idempotent: bool,
    /// Whether to retry failures that a nested resilient call has already retried, so that the
    /// attempts multiply. Default: false.
    pub repeat_nested: bool,
    /// The retry budget: limits the failed retries of all callers together. Default:
    /// [`Budget::DEFAULT`].
    pub budget: Budget,
    /// Makes the jitter reproducible, for tests. Default: none.
    pub seed: Option<u64>,
    rules: [StoredRule; Class::COUNT],
}

impl Policy {
    /// The built-in policy: 5 attempts of at most 60 s; exponential backoff from 1 s, doubling, at
    /// most 32 s, full jitter; the server's waits are honoured up to 120 s.
    pub const DEFAULT: Self = Self {
        attempts: 5,
        timeout: Some(Duration::from_secs(60)),
        deadline: None,
        first: Some(Duration::from_secs(180)),
        idle: Some(Duration::from_secs(120)),
        backoff: Backoff::DEFAULT,
        max_retry_after: Duration::from_secs(120),
        idempotent: true,
        repeat_nested: false,
        budget: Budget::DEFAULT,
        seed: None,
        rules: [StoredRule::EMPTY; Class::COUNT],
    };

    /// [`Policy::DEFAULT`], to build on.
    pub const fn new() -> Self {
        Self::DEFAULT
    }

    /// Sets the maximum number of attempts, including the first.
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the timeout of each attempt.
    ///
    /// The timer of an attempt starts when it first has to wait, so an attempt that is ready at
    /// once needs none.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// Removes the timeout of attempts.
    pub const fn no_timeout(self) -> Self {
        Self {
            timeout: None,
            ..self
        }
    }

    /// Sets the deadline of the whole call. A wait that would exceed it is not begun.
    pub const fn deadline(self, deadline: Duration) -> Self {
        Self {
            deadline: Some(deadline),
            ..self
        }
    }

    /// Removes the deadline. That of an enclosing resilient call still applies.
    pub const fn no_deadline(self) -> Self {
        Self {
            deadline: None,
            ..self
        }
    }

    /// Sets the waits between attempts.
    pub const fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// Sets the longest wait that is honoured when a server asks for one.
    pub const fn max_retry_after(self, max_retry_after: Duration) -> Self {
        Self {
            max_retry_after,
            ..self
        }
    }

    /// Sets whether the call may be processed twice.
    pub const fn idempotent(self, idempotent: bool) -> Self {
        Self { idempotent, ..self }
    }

    /// Sets whether to retry failures that a nested resilient call has already retried.
    pub const fn repeat_nested(self, repeat_nested: bool) -> Self {
        Self {
            repeat_nested,
            ..self
        }
    }

    /// Sets the retry budget. It is shared by all calls of the upstream, or of the function.
    pub const fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// Makes the jitter reproducible: the same seed gives the same waits in every call.
    pub const fn seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// Adds a rule for one class. Its settings replace earlier ones; others are kept.
    #[expect(
        clippy::indexing_slicing,
        reason = "the table has a place for every class"
    )]
    pub const fn on(mut self, class: Class, rule: Rule) -> Self {
        self.rules[class as usize] = self.rules[class as usize].overlaid(rule);
        self
    }

    /// The rule for `class`; empty if none was set.
    pub const fn rule(&self, class: Class) -> Rule {
        self.stored(class).rule()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the table has a place for every class"
    )]
    #[inline]
    const fn stored(&self, class: Class) -> &StoredRule {
        &self.rules[class as usize]
    }

    /// Whether a rule says that `class` is retried.
    #[inline]
    pub(crate) const fn retries(&self, class: Class) -> Option<bool> {
        // bench cost: -28 instructions of a final error, which needs nothing else of the rule
        self.stored(class).retry()
    }

    /// Whether a call waits while the circuit breaker is open, instead of failing.
    pub(crate) fn waits_for_breaker(&self) -> bool {
        self.retries(Class::CircuitOpen) == Some(true)
    }

    /// The maximum number of attempts after a failure of `class`, including the first.
    pub(crate) fn attempts_for(&self, class: Class) -> u32 {
        let attempts = self.stored(class).attempts();
        attempts.unwrap_or(self.attempts).max(1)
    }

    /// Whether the waits after a failure of `class` are random.
    #[inline]
    pub(crate) fn is_random_after(&self, class: Class) -> bool {
        let Backoff { kind, jitter, .. } = self.backoff;
        let is_random = matches!(kind, BackoffKind::Decorrelated) || jitter != Jitter::None;
        is_random || self.stored(class).has_steps()
    }

    /// The wait before retry number `retry` after a failure of `class`, as
    /// [`Backoff::delay`] has it.
    #[inline(always)]
    pub(super) fn delay_after(
        &self,
        class: Class,
        retry: u32,
        previous: Option<Duration>,
        random: u64,
    ) -> Duration {
        if self.adjusts(&self.backoff, class) {
            let adjusted = self.backoff_for(self.backoff, class);
            return adjusted.delay(retry, previous, random);
        }
        self.backoff.delay(retry, previous, random)
    }

    /// Whether failures of `class` have settings of their own for `backoff`.
    #[inline]
    fn adjusts(&self, backoff: &Backoff, class: Class) -> bool {
        let grows = !matches!(backoff.kind, BackoffKind::Fixed);
        (class.is_overload() && grows) || self.stored(class).has_steps()
    }

    /// `backoff` for failures of `class`: with the settings of its rule, and with a longer first
    /// wait after an overload, unless the rule sets one or the schedule is fixed.
    pub(crate) fn backoff_for(&self, mut backoff: Backoff, class: Class) -> Backoff {
        let stored = self.stored(class);
        if stored.has_steps() {
            backoff = stored.rule().applied_to(backoff);
        }
        let grows = !matches!(backoff.kind, BackoffKind::Fixed);
        if class.is_overload() && grows && !stored.has_initial() {
            backoff.initial = backoff.initial.saturating_mul(OVERLOADED_FACTOR);
        }
        backoff
    }
}

/// With those of `&Policy` and `Arc<Policy>`, functions can take any of the three.
impl AsRef<Self> for Policy {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}
