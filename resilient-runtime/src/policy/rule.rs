//! A rule of a policy for one class of failures.

use crate::policy::backoff::{Backoff, BackoffKind, Jitter};
use std::time::Duration;

/// The settings of a policy for one [`Class`](crate::Class). Unset ones are those of the policy.
///
/// ```
/// use resilient_runtime::{Class, Policy, Rule};
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::new()
///     .on(Class::RateLimited, Rule::new().attempts(8).initial(Duration::from_secs(2)))
///     .on(Class::Timeout, Rule::new().retry(false));
/// assert_eq!(POLICY.rule(Class::RateLimited).attempts, Some(8));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Whether the class is retried.
    pub retry: Option<bool>,
    /// The total attempts of the call, including the first, after such a failure.
    pub attempts: Option<u32>,
    /// How the steps grow.
    pub kind: Option<BackoffKind>,
    /// The first step.
    pub initial: Option<Duration>,
    /// The factor between steps.
    pub factor: Option<f64>,
    /// The longest wait of the schedule.
    pub max: Option<Duration>,
    /// The random part of a step.
    pub jitter: Option<Jitter>,
}

impl Rule {
    /// A rule that changes nothing.
    pub const fn new() -> Self {
        Self {
            retry: None,
            attempts: None,
            kind: None,
            initial: None,
            factor: None,
            max: None,
            jitter: None,
        }
    }

    /// Sets whether the class is retried.
    ///
    /// For [`CircuitOpen`](crate::Class::CircuitOpen): whether a call waits while the circuit
    /// breaker is open, instead of failing fast. That wait is not an attempt and has no schedule;
    /// it ends when the breaker admits the call, as a probe or after the probes, or at the deadline
    /// or the upstream's `max_wait`. A call never waits for an isolated breaker.
    pub const fn retry(self, retry: bool) -> Self {
        Self {
            retry: Some(retry),
            ..self
        }
    }

    /// Sets the total attempts of the call, including the first, after such a failure.
    pub const fn attempts(self, attempts: u32) -> Self {
        Self {
            attempts: Some(attempts),
            ..self
        }
    }

    /// Sets how the steps grow.
    pub const fn kind(self, kind: BackoffKind) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    /// Sets the first step.
    pub const fn initial(self, initial: Duration) -> Self {
        Self {
            initial: Some(initial),
            ..self
        }
    }

    /// Sets the factor between steps.
    pub const fn factor(self, factor: f64) -> Self {
        Self {
            factor: Some(factor),
            ..self
        }
    }

    /// Sets the longest wait of the schedule.
    pub const fn max(self, max: Duration) -> Self {
        Self {
            max: Some(max),
            ..self
        }
    }

    /// Sets the random part of a step.
    pub const fn jitter(self, jitter: Jitter) -> Self {
        Self {
            jitter: Some(jitter),
            ..self
        }
    }

    /// `backoff`, overridden by this rule.
    pub(super) const fn applied_to(&self, mut backoff: Backoff) -> Backoff {
        if let Some(kind) = self.kind {
            backoff = backoff.kind(kind);
        }
        if let Some(initial) = self.initial {
            backoff.initial = initial;
        }
        if let Some(factor) = self.factor {
            backoff.factor = factor;
        }
        if let Some(max) = self.max {
            backoff.max = max;
        }
        if let Some(jitter) = self.jitter {
            backoff.jitter = jitter;
        }
        backoff
    }
}

/// A rule as stored in a policy, one for every class: a [`Rule`] without the padding of its
/// options, in 40 bytes instead of 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StoredRule {
    initial_seconds: u64,
    max_seconds: u64,
    /// The bits of the factor, so that a policy with a NaN, which `validate` reports, equals
    /// itself.
    factor: u64,
    initial_nanos: u32,
    max_nanos: u32,
    attempts: u32,
    retry: Option<bool>,
    kind: Option<BackoffKind>,
    jitter: Option<Jitter>,
    /// Which of the settings are set; numbers that are not are zero.
    set: u8,
}

impl StoredRule {
    // The bits of `set`.
    const ATTEMPTS: u8 = 1;
    const INITIAL: u8 = 2;
    const FACTOR: u8 = 4;
    const MAX: u8 = 8;
    const KIND: u8 = 16;
    const JITTER: u8 = 32;

    pub(super) const EMPTY: Self = Self {
        initial_seconds: 0,
        max_seconds: 0,
        factor: 0,
        initial_nanos: 0,
        max_nanos: 0,
        attempts: 0,
        retry: None,
        kind: None,
        jitter: None,
        set: 0,
    };

    /// This rule, overridden by `upper`.
    pub(super) const fn overlaid(mut self, upper: Rule) -> Self {
        if upper.retry.is_some() {
            self.retry = upper.retry;
        }
        if upper.kind.is_some() {
            self.kind = upper.kind;
            self.set |= Self::KIND;
        }
        if upper.jitter.is_some() {
            self.jitter = upper.jitter;
            self.set |= Self::JITTER;
        }
        if let Some(attempts) = upper.attempts {
            self.attempts = attempts;
            self.set |= Self::ATTEMPTS;
        }
        if let Some(initial) = upper.initial {
            self.initial_seconds = initial.as_secs();
            self.initial_nanos = initial.subsec_nanos();
            self.set |= Self::INITIAL;
        }
        if let Some(factor) = upper.factor {
            self.factor = factor.to_bits();
            self.set |= Self::FACTOR;
        }
        if let Some(max) = upper.max {
            self.max_seconds = max.as_secs();
            self.max_nanos = max.subsec_nanos();
            self.set |= Self::MAX;
        }
        self
    }

    pub(super) const fn retry(&self) -> Option<bool> {
        self.retry
    }

    pub(super) const fn attempts(&self) -> Option<u32> {
        if self.has(Self::ATTEMPTS) {
            Some(self.attempts)
        } else {
            None
        }
    }

    pub(super) const fn has_initial(&self) -> bool {
        self.has(Self::INITIAL)
    }

    /// True if it has a setting of the schedule.
    pub(super) const fn has_steps(&self) -> bool {
        self.has(Self::KIND | Self::JITTER | Self::INITIAL | Self::FACTOR | Self::MAX)
    }

    /// The rule as it was set.
    pub(super) const fn rule(&self) -> Rule {
        let mut rule = Rule::new();
        rule.retry = self.retry;
        rule.kind = self.kind;
        rule.jitter = self.jitter;
        rule.attempts = self.attempts();
        if self.has(Self::INITIAL) {
            rule.initial = Some(Duration::new(self.initial_seconds, self.initial_nanos));
        }
        if self.has(Self::FACTOR) {
            rule.factor = Some(f64::from_bits(self.factor));
        }
        if self.has(Self::MAX) {
            rule.max = Some(Duration::new(self.max_seconds, self.max_nanos));
        }
        rule
    }

    /// Whether one of these settings is set.
    const fn has(&self, settings: u8) -> bool {
        self.set & settings != 0
    }
}
