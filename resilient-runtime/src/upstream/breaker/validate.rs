//! Which settings of a breaker are valid.

use super::Breaker;
use crate::{ConfigError, clock::nanos};

/// The highest number of concurrent probes.
const MOST_PROBES: u32 = 64;

impl Breaker {
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
                "breaker: `probe_timeout` must be longer than zero, or no failed probe counts",
            ));
        }
        Ok(())
    }
}

const fn is_ratio(ratio: f64) -> bool {
    ratio > 0.0 && ratio <= 1.0
}
