//! Stage upstream: the circuit breaker. Takes which attempts failed and when, says whether the next is let in. Pure:
//! the time is passed in, and nothing is logged.

use crate::{ConfigError, clock::nanos, upstream::breaker::window::Counts};
use std::time::Duration;

mod circuit;
mod state;
#[cfg(test)]
#[path = "breaker_test.rs"]
mod tests;
pub(crate) mod window;

pub(crate) use circuit::Circuit;
pub use state::BreakerState;
pub(crate) use state::{Change, Entry, Ticket};

/// The most probes that can be in a half-open circuit.
const MOST_PROBES: u32 = 64;

/// When an upstream that fails is left alone, and how it is tried again: plain data.
///
/// Closed, the circuit lets every attempt in and counts. When too many have failed it opens: attempts are refused at
/// once, for a break. After it the circuit is half-open and lets a few attempts in as probes. If as many succeed
/// it closes; if one fails it opens again, for a longer break.
///
/// A breaker keeps calls from waiting for an upstream that is down. It is no answer to random faults, which a retry
/// heals: the defaults do not trip as long as more than one call in five succeeds. Failures that are the caller's own, such as
/// 400 or 404, and cancelled attempts count neither for nor against the upstream.
///
/// Where nothing else is said, the defaults are those of
/// [Hystrix](https://github.com/Netflix/Hystrix/wiki/Configuration), on which most breakers rest. No number makes it
/// panic or stay open for ever; [`validate`](Self::validate) says which make no sense.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Breaker {
    /// The part of the calls in the window that has to fail for a break, above 0 and at most 1. Default: 0.8, higher
    /// than usual, since what fails at random is better retried.
    pub failure_ratio: f64,
    /// How long a call counts. The window slides by an eighth of it. Default: 10 s.
    pub window: Duration,
    /// How many calls have to be in the window before a ratio means anything. Default: 20.
    pub min_calls: u32,
    /// So many failures one after another open the circuit too, whatever the window holds. Default: none.
    pub consecutive: Option<u32>,
    /// Calls that take long can open the circuit too. Default: none.
    pub slow: Option<SlowCalls>,
    /// How long the first break takes, and the least that any takes. Default: 5 s.
    pub break_duration: Duration,
    /// The longest break, unless the server asks for a longer one. Default: 60 s.
    pub max_break_duration: Duration,
    /// What each break is longer than the one before, if the circuit did not close between them; 1 for breaks that are
    /// all the same. Default: 2.
    pub factor: f64,
    /// How many probes a half-open circuit lets in at one time, and how many have to succeed for it to close, from 1
    /// to 64. Default: 3.
    pub half_open_probes: u32,
    /// How long a half-open circuit waits for probes that do not end, counted from the latest. Then it lets in others
    /// in their place, and what becomes of the old ones no longer matters. Default: 60 s.
    pub probe_timeout: Duration,
}

/// When slow calls open a circuit. In a half-open circuit a slow probe counts as a failed one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SlowCalls {
    /// What takes longer is slow.
    pub longer_than: Duration,
    /// The part of the calls in the window that has to be slow for a break, above 0 and at most 1.
    pub ratio: f64,
}

impl SlowCalls {
    /// A break when `ratio` of the calls in the window took longer than `longer_than`.
    pub const fn new(longer_than: Duration, ratio: f64) -> Self {
        Self { longer_than, ratio }
    }
}

impl Breaker {
    /// Opens when of at least 20 calls in 10 s at least 80 % failed, for 5 s and up to 60 s; closes after 3 probes.
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

    /// Sets the part of the calls in the window that has to fail for a break.
    pub const fn failure_ratio(self, failure_ratio: f64) -> Self {
        Self {
            failure_ratio,
            ..self
        }
    }

    /// Sets how long a call counts.
    pub const fn window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// Sets how many calls have to be in the window before a ratio means anything.
    pub const fn min_calls(self, min_calls: u32) -> Self {
        Self { min_calls, ..self }
    }

    /// Sets how many failures one after another open the circuit.
    pub const fn consecutive(self, consecutive: u32) -> Self {
        Self {
            consecutive: Some(consecutive),
            ..self
        }
    }

    /// Lets calls that take long open the circuit.
    pub const fn slow(self, slow: SlowCalls) -> Self {
        Self {
            slow: Some(slow),
            ..self
        }
    }

    /// Sets how long the first break takes, and the least that any takes.
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

    /// Sets how breaks grow; 1 for breaks that are all the same.
    pub const fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Sets how many probes there are at one time, and how many have to succeed.
    pub const fn half_open_probes(self, half_open_probes: u32) -> Self {
        Self {
            half_open_probes,
            ..self
        }
    }

    /// Sets how long a half-open circuit waits for probes that do not end.
    pub const fn probe_timeout(self, probe_timeout: Duration) -> Self {
        Self {
            probe_timeout,
            ..self
        }
    }

    /// Says what makes no sense: a ratio that is not above 0 and at most 1, no time, no calls, no probes, a factor
    /// below 1, a longest break below the first.
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

    /// Whether a call that took so long is slow.
    #[inline]
    fn is_slow(&self, took: Duration) -> bool {
        self.slow.is_some_and(|slow| took > slow.longer_than)
    }

    /// Whether what the window holds is reason for a break.
    #[expect(clippy::cast_precision_loss, reason = "of calls beyond 2^53, a few")]
    fn trips(&self, counts: Counts) -> bool {
        let reached = |part: u64, ratio: f64| {
            // A quotient, since it is rounded as the ratio in the source was: 7 of 100 reaches 0.07.
            part > 0 && part as f64 / counts.calls as f64 >= ratio
        };
        counts.calls >= u64::from(self.min_calls)
            && (reached(counts.failures, self.failure_ratio)
                || self
                    .slow
                    .is_some_and(|slow| reached(counts.slow, slow.ratio)))
    }

    /// How long the break after `breaks` others takes.
    fn break_duration_after(&self, breaks: u32) -> Duration {
        let factor = self.factor.max(1.0); // of 1 and no number it is 1
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
