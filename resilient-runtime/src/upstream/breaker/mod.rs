//! The circuit breaker: counts failures and rejects attempts while the circuit is open. Pure: the
//! time is passed in, and nothing is logged.

use crate::{ConfigError, clock::nanos, upstream::breaker::window::Counts};
use std::time::Duration;

mod circuit;
mod forced;
mod inner;
mod state;
#[cfg(test)]
#[path = "breaker_test.rs"]
mod tests;
pub(crate) mod window;

pub(crate) use circuit::Circuit;
pub(crate) use state::{Change, Entry, Ticket};

/// The highest number of concurrent probes.
const MOST_PROBES: u32 = 64;

/// The settings of a circuit breaker, as plain data.
///
/// A closed circuit admits and counts every attempt. When too many fail it opens, and attempts fail
/// fast for the duration of a break. Then it is half-open and admits a few attempts as probes: if
/// that many succeed, it closes; if one fails, it opens again, for a longer break.
///
/// A breaker keeps calls from waiting for an upstream that is down. Transient failures are left to
/// retries: the defaults do not trip while more than one call in five succeeds. Failures caused by
/// the caller, such as 400 or 404, and cancelled attempts are not counted.
///
/// Unless stated otherwise, the defaults are those of
/// [Hystrix](https://github.com/Netflix/Hystrix/wiki/Configuration), on which most breakers are
/// based. No setting makes it panic or stay open for ever; [`validate`](Self::validate) reports
/// invalid ones.
#[doc(alias = "circuit breaker")]
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Breaker {
    /// The ratio of failed calls in the window that opens the circuit, above 0 and at most 1.
    /// Default: 0.8, higher than usual, because transient failures are better retried.
    pub failure_ratio: f64,
    /// The length of the sliding window, which moves by an eighth of it. Default: 10 s.
    pub window: Duration,
    /// The calls required in the window before a ratio is applied. Default: 20.
    pub min_calls: u32,
    /// This many consecutive failures also open the circuit, regardless of the window. Default:
    /// none.
    pub consecutive: Option<u32>,
    /// Slow calls also open the circuit. Default: none.
    pub slow: Option<SlowCalls>,
    /// The duration of the first break, and the minimum of all breaks. Default: 5 s.
    pub break_duration: Duration,
    /// The longest break, unless the server asks for a longer one. Default: 60 s.
    pub max_break_duration: Duration,
    /// The factor between consecutive breaks, if the circuit did not close between them; 1 keeps
    /// them equal. Default: 2.
    pub factor: f64,
    /// The number of concurrent probes in a half-open circuit, and of successes required to close
    /// it, from 1 to 64. Default: 3.
    pub half_open_probes: u32,
    /// How long a half-open circuit waits for unfinished probes, from the latest one. Then it
    /// admits new ones, and the results of the old ones are ignored. Default: 60 s.
    pub probe_timeout: Duration,
}

/// When slow calls open a circuit. In a half-open circuit, a slow probe counts as failed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SlowCalls {
    /// A call that takes longer is slow.
    pub longer_than: Duration,
    /// The ratio of slow calls in the window that opens the circuit, above 0 and at most 1.
    pub ratio: f64,
}

impl SlowCalls {
    /// Opens when `ratio` of the calls in the window took longer than `longer_than`.
    pub const fn new(longer_than: Duration, ratio: f64) -> Self {
        Self { longer_than, ratio }
    }
}

impl Breaker {
    /// Opens for 5 s to 60 s if at least 80 % of at least 20 calls within 10 s failed; closes after
    /// 3 successful probes.
    pub const DEFAULT: Self = Self {
        failure_ratio: 0.8,
        window: Duration::from_secs(10),
        min_calls: 20,
        consecutive: None,
        slow: None,
        break_duration: Duration::from_secs(5),
        max_break_duration: Duration::from_secs(60),
        factor: 2.0,
        half_open_probes: 3,
        probe_timeout: Duration::from_secs(60),
    };

    /// [`Breaker::DEFAULT`], to build on.
    pub const fn new() -> Self {
        Self::DEFAULT
    }

    /// Sets the ratio of failed calls in the window that opens the circuit.
    pub const fn failure_ratio(self, failure_ratio: f64) -> Self {
        Self {
            failure_ratio,
            ..self
        }
    }

    /// Sets the length of the sliding window.
    pub const fn window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// Sets the calls required in the window before a ratio is applied.
    pub const fn min_calls(self, min_calls: u32) -> Self {
        Self { min_calls, ..self }
    }

    /// Sets the number of consecutive failures that open the circuit.
    pub const fn consecutive(self, consecutive: u32) -> Self {
        Self {
            consecutive: Some(consecutive),
            ..self
        }
    }

    /// Lets slow calls open the circuit.
    pub const fn slow(self, slow: SlowCalls) -> Self {
        Self {
            slow: Some(slow),
            ..self
        }
    }

    /// Sets the duration of the first break, and the minimum of all breaks.
    pub const fn break_duration(self, break_duration: Duration) -> Self {
        Self {
            break_duration,
            ..self
        }
    }

    /// Sets the longest break.
    pub const fn max_break_duration(self, max_break_duration: Duration) -> Self {
        Self {
            max_break_duration,
            ..self
        }
    }

    /// Sets the factor between consecutive breaks; 1 keeps them equal.
    pub const fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Sets the number of concurrent probes, and of successes required to close.
    pub const fn half_open_probes(self, half_open_probes: u32) -> Self {
        Self {
            half_open_probes,
            ..self
        }
    }

    /// Sets how long a half-open circuit waits for unfinished probes.
    pub const fn probe_timeout(self, probe_timeout: Duration) -> Self {
        Self {
            probe_timeout,
            ..self
        }
    }

    /// Checks the settings: a ratio outside (0, 1], a zero duration or count, a factor below 1 and
    /// a longest break below the first are invalid.
    ///
    /// # Errors
    /// The first mistake found, as a sentence that names the setting.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if !is_ratio(self.failure_ratio) {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `failure_ratio` must be above 0 and at most 1",
            ));
        }
        if self.window.is_zero() {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `window` must be longer than zero, or no call counts",
            ));
        }
        if self.min_calls == 0 {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `min_calls` must be at least 1",
            ));
        }
        if matches!(self.consecutive, Some(0)) {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `consecutive` must be at least 1",
            ));
        }
        if let Some(slow) = self.slow {
            if slow.longer_than.is_zero() {
                return Err(ConfigError::new(
                    "breaker",
                    "breaker: `slow` must be longer than zero, or every call is slow",
                ));
            }
            if !is_ratio(slow.ratio) {
                return Err(ConfigError::new(
                    "breaker",
                    "breaker: the ratio of `slow` must be above 0 and at most 1",
                ));
            }
        }
        if self.break_duration.is_zero() {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `break_duration` must be longer than zero, or the circuit never opens",
            ));
        }
        if nanos(self.max_break_duration) < nanos(self.break_duration) {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `max_break_duration` must be at least `break_duration`",
            ));
        }
        if !(self.factor >= 1.0 && self.factor.is_finite()) {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `factor` must be a number of at least 1",
            ));
        }
        if self.half_open_probes == 0 || self.half_open_probes > MOST_PROBES {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `half_open_probes` must be from 1 to 64",
            ));
        }
        if self.probe_timeout.is_zero() {
            return Err(ConfigError::new(
                "breaker",
                "breaker: `probe_timeout` must be longer than zero, or no probe ever counts",
            ));
        }
        Ok(())
    }

    /// Whether a call of this duration is slow.
    #[inline]
    fn is_slow(&self, took: Duration) -> bool {
        self.slow.is_some_and(|slow| took > slow.longer_than)
    }

    /// Whether the counts of the window open the circuit.
    #[expect(clippy::cast_precision_loss, reason = "loses a few calls beyond 2^53")]
    fn trips(&self, counts: Counts) -> bool {
        let reached = |part: u64, ratio: f64| {
            // A quotient, because it is rounded like the ratio in the source: 7 of 100 reaches
            // 0.07.
            part > 0 && part as f64 / counts.calls as f64 >= ratio
        };
        counts.calls >= u64::from(self.min_calls)
            && (reached(counts.failures, self.failure_ratio)
                || self
                    .slow
                    .is_some_and(|slow| reached(counts.slow, slow.ratio)))
    }

    /// The duration of the break after `breaks` others.
    fn break_duration_after(&self, breaks: u32) -> Duration {
        let factor = self.factor.max(1.0); // `max` of NaN and 1 is 1
        let grown = factor.powi(i32::try_from(breaks).unwrap_or(i32::MAX));
        Duration::try_from_secs_f64(self.break_duration.as_secs_f64() * grown)
            .unwrap_or(Duration::MAX)
            .min(self.max_break_duration)
            .max(self.break_duration)
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn is_ratio(ratio: f64) -> bool {
    ratio > 0.0 && ratio <= 1.0
}
