//! The concurrency limit (bulkhead) of an upstream, as plain data.

mod adaptive;
mod limit;
mod place;
mod queue;

pub(crate) use limit::{ConcurrencyLimit, Full};
#[cfg(all(test, any(resilient_model = "loom", resilient_model = "shuttle")))]
pub(crate) use place::QueuePlace;

use crate::ConfigError;

/// Limits concurrent attempts, and optionally the queue of waiting ones.
///
/// An attempt holds a permit from when it is sent until it has a result; no permit is held during
/// the wait before a retry, for a rate limit or at the gate. Waiting attempts are served in order.
/// The wait counts against the deadline of the call, not against the timeout of the attempt, and is
/// not bounded further unless [`queue`](Self::queue) or
/// [`max_wait`](crate::UpstreamConfig::max_wait) is set.
///
/// ```
/// use resilient_runtime::Concurrency;
///
/// const FIXED: Concurrency = Concurrency::new(32).queue(100);
/// const LEARNING: Concurrency = Concurrency::adaptive(4, 64);
/// assert!(FIXED.validate().is_ok() && LEARNING.validate().is_ok());
/// ```
///
/// # What `adaptive` does
///
/// An adaptive limit searches for the number of attempts that the server processes without
/// queueing, similar to TCP's congestion window: it compares the latency with that of an unloaded
/// path, as in Vegas ([Brakmo and Peterson, 1995](https://doi.org/10.1109/49.464716)), uses the
/// gradient and the square root of Netflix's
/// [concurrency-limits](https://github.com/Netflix/concurrency-limits), measures the unloaded
/// latency anew as in [BBR](https://doi.org/10.1145/3009824), and applies
/// [AIMD](https://doi.org/10.1016/0169-7552(89)90019-6) to failures.
///
/// Attempts are evaluated in windows of `max(limit, 20)`.
///
/// - The limit starts at the geometric mean of its bounds and doubles until it first shrinks. Then
///   it grows by its square root per window, and only if at least half of the window's attempts
///   ended at the limit.
/// - It shrinks if the typical latency (the geometric mean, because latencies spread over orders of
///   magnitude) exceeds 1.5 × the unloaded latency: to 0.8 × the limit that would restore it, at
///   most to 0.3 × the old limit.
/// - It shrinks to 0.8 × if over 5 % of the attempts fail by overload.
/// - After shrinking, the attempts still in flight are skipped, and the next window measures the
///   unloaded latency anew. So a server that has become permanently slower costs a single
///   reduction.
///
/// For a server that processes C attempts at a time, the limit moves between 0.6 × C and 2.4 × C;
/// the band is wider if unloaded latencies spread over an order of magnitude.
#[doc(alias("bulkhead", "semaphore"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concurrency {
    /// The maximum of attempts in flight.
    pub limit: u32,
    /// The maximum of attempts that wait for a permit; further ones are rejected at once, except
    /// those that have waited for a rate limit. Default: [`DEFAULT_QUEUE`](Self::DEFAULT_QUEUE),
    /// which is no bound.
    pub queue: u32,
    /// The lower bound of an adaptive limit; [`limit`](Self::limit) is the upper one. Default:
    /// none, the limit is fixed.
    pub adaptive: Option<u32>,
}

impl Concurrency {
    /// The default [`queue`](Self::queue): unbounded. A call without a permit waits for its turn;
    /// for load shedding, set `queue`.
    pub const DEFAULT_QUEUE: u32 = u32::MAX;

    /// At most `limit` attempts in flight.
    pub const fn new(limit: u32) -> Self {
        Self {
            limit,
            queue: Self::DEFAULT_QUEUE,
            adaptive: None,
        }
    }

    /// A limit between `min` and `max` that [adapts](Self#what-adaptive-does) to the server.
    pub const fn adaptive(min: u32, max: u32) -> Self {
        Self {
            adaptive: Some(min),
            ..Self::new(max)
        }
    }

    /// Sets the maximum of attempts that wait for a permit; zero rejects every attempt that finds
    /// none, except after a wait for a rate limit.
    pub const fn queue(self, queue: u32) -> Self {
        Self { queue, ..self }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// The first mistake found, as a sentence that starts with the name of the setting.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if self.limit == 0 {
            return Err(ConfigError::new(
                "concurrency",
                "concurrency: a `limit` of zero lets nothing through",
            ));
        }
        match self.adaptive {
            Some(0) => Err(ConfigError::new(
                "concurrency",
                "concurrency: a lower bound of zero lets nothing through",
            )),
            Some(min) if min > self.limit => Err(ConfigError::new(
                "concurrency",
                "concurrency: the lower bound is above the upper",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "test code fails loudly")]
mod tests {
    use super::*;

    #[test]
    fn validate_names_invalid_settings_which_still_do_no_harm() {
        for (concurrency, word) in [
            (Concurrency::new(0), "`limit`"),
            (Concurrency::adaptive(0, 4), "of zero"),
            (Concurrency::adaptive(5, 4), "above"),
        ] {
            let mistake = concurrency.validate().unwrap_err();
            assert!(mistake.message().contains(word), "{mistake}");
            // They do no harm even unchecked.
            let limit = ConcurrencyLimit::new(concurrency);
            assert!(limit.try_acquire());
        }
        for fine in [
            Concurrency::new(1).queue(0),
            Concurrency::adaptive(4, 4).queue(u32::MAX),
        ] {
            assert_eq!(fine.validate(), Ok(()));
        }
    }
}
