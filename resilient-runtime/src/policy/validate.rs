//! Checks the settings of a policy.

use super::{ConfigError, Policy};
use crate::Class;
use std::time::Duration;

impl Policy {
    /// Checks the settings. Zero attempts, zero durations, a factor below 1 and a first wait above
    /// the longest are invalid.
    ///
    /// # Errors
    /// The first mistake found. Use it for values from outside; the attribute checks its own at
    /// compile time.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if self.attempts == 0 {
            return Err(ConfigError::new(
                "attempts",
                "attempts: at least 1, since the first try counts",
            ));
        }
        if matches!(self.timeout, Some(Duration::ZERO)) {
            return Err(ConfigError::new(
                "timeout",
                "timeout: zero leaves no time for an attempt",
            ));
        }
        if matches!(self.deadline, Some(Duration::ZERO)) {
            return Err(ConfigError::new(
                "deadline",
                "deadline: zero leaves no time for an attempt",
            ));
        }
        if matches!(self.first, Some(Duration::ZERO)) {
            return Err(ConfigError::new(
                "first",
                "first: zero leaves no time for the first content",
            ));
        }
        if matches!(self.idle, Some(Duration::ZERO)) {
            return Err(ConfigError::new(
                "idle",
                "idle: zero leaves no time between two items",
            ));
        }
        if let Err(mistake) = self.backoff.validate() {
            return Err(mistake);
        }
        let mut classes = Class::ALL;
        while let [class, rest @ ..] = classes {
            if let Err(mistake) = self.validate_rule(*class) {
                return Err(mistake);
            }
            classes = rest;
        }
        Ok(())
    }

    const fn validate_rule(&self, class: Class) -> Result<(), ConfigError> {
        let rule = self.rule(class);
        if matches!(rule.attempts, Some(0)) {
            return Err(ConfigError::new(
                "on",
                "attempts of a class: at least 1, since the first try counts",
            ));
        }
        if matches!(class, Class::CircuitOpen) {
            // The wait for the breaker is no attempt and has no schedule.
            let is_plain = rule.attempts.is_none() && !self.stored(class).has_steps();
            if is_plain && !matches!(rule.retry, Some(false)) {
                return Ok(());
            }
            return Err(ConfigError::new(
                "on",
                "a rule for circuit_open: it takes `retry(true)` alone, for a call that waits",
            ));
        }
        if class.is_never_retried() && matches!(rule.retry, Some(true)) {
            return Err(ConfigError::new(
                "on",
                "a rule asks to retry a class for which no retry can succeed",
            ));
        }
        rule.applied_to(self.backoff).validate()
    }
}
