//! Stage upstream: the limit of calls at one time, as plain data.

mod adaptive;
mod limit;
mod queue;

#[cfg(all(test, any(resilient_model = "loom", resilient_model = "shuttle")))]
pub(crate) use limit::QueuePlace;
pub(crate) use limit::{ConcurrencyLimit, Full};

use crate::ConfigError;

/// How many attempts may be in flight at one time, and how many more may wait for their turn.
///
/// An attempt holds a slot from before it is sent until its result is there; no slot is held during the wait for a
/// retry. Who waits is served in order; the wait counts against the deadline of the call and not against the timeout of
/// the attempt. Nothing else bounds it unless [`queue`](Self::queue) or
/// [`max_wait`](crate::UpstreamConfig::max_wait) does.
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
/// It looks for the number of attempts that the server works on without making them wait for each other, in the way in
/// which TCP finds its window: Vegas's comparison of the latency with that of an unloaded path
/// ([Brakmo and Peterson, 1995](https://doi.org/10.1109/49.464716)), with the gradient and the square root of Netflix's
/// [concurrency-limits](https://github.com/Netflix/concurrency-limits), a fresh look at the unloaded latency as in
/// [BBR](https://doi.org/10.1145/3009824), and [AIMD](https://doi.org/10.1016/0169-7552(89)90019-6) on failures.
///
/// The attempts are looked at in windows of as many as the limit, and at least 20.
///
/// - It starts at the geometric mean of its bounds, and doubles until it first shrinks; from then on it grows by its
///   square root in each window, and only where at least half of the window's attempts ended at the limit.
/// - It shrinks when the typical latency (the geometric mean, since latencies are spread over orders of magnitude) is
///   over 1.5 times that of the server at ease: to 0.8 times what would bring it back, and at most by half.
/// - It shrinks to 0.8 times when over 5 % of the attempts fail by overload.
/// - After each shrinking the attempts still in flight are passed over, and the window that follows says anew what the
///   latency at ease is. So a server that has become slower for good costs one shrinking, and no more.
///
/// With a server that works on C attempts at a time the limit moves between 0.6 and 2.4 times C; the band is wider where
/// latencies of an unloaded server are all over an order of magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concurrency {
    /// The most attempts in flight. Zero counts as one.
    pub limit: u32,
    /// How many may wait for their turn; the next one is refused at once. Default:
    /// [`DEFAULT_QUEUE`](Self::DEFAULT_QUEUE), which bounds nothing.
    pub queue: u32,
    /// The lower bound of a limit that adapts to what the server can do; [`limit`](Self::limit) is then the upper one.
    /// Default: none, the limit stays.
    pub adaptive: Option<u32>,
}

impl Concurrency {
    /// How many may wait unless [`queue`](Self::queue) says otherwise: as many as come. A call that finds no slot waits
    /// for its turn; to refuse it instead is for whoever wants to shed load, and sets `queue`.
    pub const DEFAULT_QUEUE: u32 = u32::MAX;

    /// At most `limit` attempts in flight.
    pub const fn new(limit: u32) -> Self {
        Self {
            limit,
            queue: Self::DEFAULT_QUEUE,
            adaptive: None,
        }
    }

    /// A limit between `min` and `max` that adapts to what the server can do, [as described](Self#what-adaptive-does).
    pub const fn adaptive(min: u32, max: u32) -> Self {
        Self {
            adaptive: Some(min),
            ..Self::new(max)
        }
    }

    /// Sets how many may wait; zero refuses whatever cannot be sent at once.
    pub const fn queue(self, queue: u32) -> Self {
        Self { queue, ..self }
    }

    /// Says what makes no sense in these numbers.
    ///
    /// # Errors
    /// A sentence that starts with the name of the setting, for the first mistake found.
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
    fn numbers_that_make_no_sense_are_named() {
        for (concurrency, word) in [
            (Concurrency::new(0), "`limit`"),
            (Concurrency::adaptive(0, 4), "of zero"),
            (Concurrency::adaptive(5, 4), "above"),
        ] {
            let mistake = concurrency.validate().unwrap_err();
            assert!(mistake.message().contains(word), "{mistake}");
            // They do no harm all the same.
            let slots = ConcurrencyLimit::new(concurrency);
            assert!(slots.try_acquire());
        }
        for fine in [
            Concurrency::new(1).queue(0),
            Concurrency::adaptive(4, 4).queue(u32::MAX),
        ] {
            assert_eq!(fine.validate(), Ok(()));
        }
    }
}
