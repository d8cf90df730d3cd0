//! An amount of requests or tokens for each period, as plain data.

use super::ConfigError;
use std::{fmt, time::Duration};

/// A rate limit: an amount of requests or tokens per period, with a burst.
///
/// In any time `t`, at most `amount × t ÷ period + burst` is permitted (GCRA, a token bucket).
/// Unused units accumulate up to the burst. Nothing is counted by calendar minutes, so there is no
/// boundary at which twice the amount could pass.
///
/// ```
/// use resilient_runtime::Rate;
/// use std::time::Duration;
///
/// const REQUESTS: Rate = Rate::per_minute(500).burst(20);
/// assert_eq!(REQUESTS.to_string(), "500/min");
/// assert_eq!(Rate::new(3, Duration::from_secs(10)).to_string(), "3/10s");
/// assert!(REQUESTS.validate().is_ok());
/// assert!(Rate::per_second(0).validate().is_err());
/// ```
#[doc(alias("throttle", "rate limiter", "token bucket", "GCRA"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Rate {
    /// The amount per period.
    pub amount: u64,
    /// The time in which the whole amount is permitted.
    pub period: Duration,
    /// The amount permitted at once after idle time. Default for requests: `amount × 1 s ÷ period`,
    /// at least one, so that they are spread over the period. Default for tokens: the whole amount,
    /// because providers count them so and one request may need much of it.
    pub burst: Option<u64>,
}

impl Rate {
    /// `amount` for each `period`.
    pub const fn new(amount: u64, period: Duration) -> Self {
        Self {
            amount,
            period,
            burst: None,
        }
    }

    /// `amount` for each second.
    pub const fn per_second(amount: u64) -> Self {
        Self::new(amount, Duration::from_secs(1))
    }

    /// `amount` for each minute.
    pub const fn per_minute(amount: u64) -> Self {
        Self::new(amount, Duration::from_secs(60))
    }

    /// `amount` for each hour.
    pub const fn per_hour(amount: u64) -> Self {
        Self::new(amount, Duration::from_secs(3_600))
    }

    /// `amount` for each 24 hours.
    pub const fn per_day(amount: u64) -> Self {
        Self::new(amount, Duration::from_secs(86_400))
    }

    /// Sets the amount permitted at once.
    ///
    /// Timers have a resolution of a millisecond: above 1,000 per second, a burst smaller than
    /// `amount × 1 ms ÷ period` lowers the rate.
    pub const fn burst(self, burst: u64) -> Self {
        Self {
            burst: Some(burst),
            ..self
        }
    }

    /// # Errors
    /// The first invalid setting: an amount, a period or a burst of zero.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if self.amount == 0 {
            return Err(ConfigError::new("rate", "rate: zero lets nothing through"));
        }
        if self.period.is_zero() {
            return Err(ConfigError::new("rate", "rate: a `period` of zero"));
        }
        if matches!(self.burst, Some(0)) {
            return Err(ConfigError::new(
                "rate",
                "rate: a `burst` of zero lets nothing through",
            ));
        }
        Ok(())
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(1, "s"), (60, "min"), (3_600, "h"), (86_400, "d")];

        let unit = UNITS
            .iter()
            .find(|(seconds, _)| self.period == Duration::from_secs(*seconds));
        match unit {
            Some((_, name)) => write!(f, "{}/{name}", self.amount),
            None => write!(f, "{}/{:?}", self.amount, self.period),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;
    use std::time::Duration;

    #[test]
    fn rate_displays_as_amount_per_unit() {
        assert_eq!(Rate::per_second(10).to_string(), "10/s");
        assert_eq!(Rate::per_minute(500).burst(3).to_string(), "500/min");
        assert_eq!(Rate::per_hour(7).to_string(), "7/h");
        assert_eq!(Rate::per_day(1).to_string(), "1/d");
        let odd = Rate::new(2, Duration::from_millis(250));
        assert_eq!(odd.to_string(), "2/250ms");
    }

    #[test]
    fn validate_names_every_invalid_rate() {
        assert!(Rate::per_day(1).validate().is_ok());
        assert!(Rate::new(u64::MAX, Duration::MAX).validate().is_ok());
        let amount = Rate::per_second(0)
            .validate()
            .map_err(|mistake| mistake.message());
        assert_eq!(amount, Err("rate: zero lets nothing through"));
        let period = Rate::new(1, Duration::ZERO)
            .validate()
            .map_err(|mistake| mistake.message());
        assert_eq!(period, Err("rate: a `period` of zero"));
        let burst = Rate::per_second(1)
            .burst(0)
            .validate()
            .map_err(|mistake| mistake.message());
        assert_eq!(burst, Err("rate: a `burst` of zero lets nothing through"));
    }
}
