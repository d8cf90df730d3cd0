//! A rule of a policy for one class of failures.

use crate::policy::backoff::{Backoff, BackoffKind, Jitter};
use std::time::Duration;

/// The settings of a policy for one [`Class`](crate::Class). Unset ones are those of the policy.
///
/// A policy stores its rules compactly: times in whole milliseconds up to 49 days, at most 65,534
/// attempts, the factor in single precision.
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

    /// Whether it sets anything of the schedule.
    pub(super) const fn has_steps(&self) -> bool {
        self.kind.is_some()
            || self.initial.is_some()
            || self.factor.is_some()
            || self.max.is_some()
            || self.jitter.is_some()
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

/// A rule as stored in a policy, one for every class: small rather than exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PackedRule {
    retry: Option<bool>,
    kind: Option<BackoffKind>,
    jitter: Option<Jitter>,
    attempts: u16,
    initial: u32,
    max: u32,
    factor: f32,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded before, or less precise on purpose"
)]
impl PackedRule {
    // The values that mean "not set", and the largest that can be set.
    const NO_ATTEMPTS: u16 = u16::MAX;
    const MOST_ATTEMPTS: u32 = u16::MAX as u32 - 1;
    const NO_TIME: u32 = u32::MAX;
    const MOST_TIME: u128 = u32::MAX as u128 - 1;
    const NO_FACTOR: f32 = 0.0;
    /// The stored form of every invalid factor; `validate` reports it.
    const BAD_FACTOR: f32 = -1.0;

    pub(super) const EMPTY: Self = Self {
        retry: None,
        kind: None,
        jitter: None,
        attempts: Self::NO_ATTEMPTS,
        initial: Self::NO_TIME,
        max: Self::NO_TIME,
        factor: Self::NO_FACTOR,
    };

    /// This rule, overridden by `upper`.
    pub(super) const fn overlaid(mut self, upper: Rule) -> Self {
        if upper.retry.is_some() {
            self.retry = upper.retry;
        }
        if upper.kind.is_some() {
            self.kind = upper.kind;
        }
        if upper.jitter.is_some() {
            self.jitter = upper.jitter;
        }
        if let Some(attempts) = upper.attempts {
            let kept = attempts <= Self::MOST_ATTEMPTS;
            self.attempts = if kept { attempts } else { Self::MOST_ATTEMPTS } as u16;
        }
        if let Some(initial) = upper.initial {
            self.initial = Self::milliseconds(initial);
        }
        if let Some(max) = upper.max {
            self.max = Self::milliseconds(max);
        }
        if let Some(factor) = upper.factor {
            self.factor = if factor >= 1.0 && factor.is_finite() {
                (factor as f32).min(f32::MAX)
            } else {
                Self::BAD_FACTOR
            };
        }
        self
    }

    pub(super) const fn unpacked(&self) -> Rule {
        Rule {
            retry: self.retry,
            attempts: match self.attempts {
                Self::NO_ATTEMPTS => None,
                attempts => Some(attempts as u32),
            },
            kind: self.kind,
            initial: Self::duration(self.initial),
            factor: if self.factor == Self::NO_FACTOR {
                None
            } else {
                Some(self.factor as f64)
            },
            max: Self::duration(self.max),
            jitter: self.jitter,
        }
    }

    const fn milliseconds(duration: Duration) -> u32 {
        let milliseconds = duration.as_nanos().div_ceil(1_000_000);
        let kept = milliseconds <= Self::MOST_TIME;
        if kept {
            milliseconds as u32
        } else {
            Self::MOST_TIME as u32
        }
    }

    const fn duration(milliseconds: u32) -> Option<Duration> {
        match milliseconds {
            Self::NO_TIME => None,
            milliseconds => Some(Duration::from_millis(milliseconds as u64)),
        }
    }
}
