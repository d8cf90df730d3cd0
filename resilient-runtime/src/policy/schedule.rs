//! Schedules that are not plain data, such as those of other crates.

use crate::{
    Class,
    policy::{Policy, backoff::Backoff},
};
use std::{fmt, time::Duration};

/// A source of waits, as accepted by `backoff = expr`.
///
/// Each call gets a new one, so a schedule may keep state across the attempts of a call.
/// [`Backoff`] is the usual one; [`Delays`] wraps an iterator; with the feature `backoff`,
/// `FromBackoff` wraps a `backoff::backoff::Backoff`.
///
/// ```
/// use resilient_runtime::{Retry, Schedule};
/// use std::time::Duration;
///
/// struct Squares;
///
/// impl Schedule for Squares {
///     fn delay(&mut self, retry: &Retry<'_>) -> Option<Duration> {
///         Some(Duration::from_secs(1).saturating_mul(retry.number.saturating_pow(2)))
///     }
/// }
///
/// # use resilient_runtime::{Class, Policy};
/// let third = Retry::new(3, Class::ServerError, &Policy::DEFAULT);
/// assert_eq!(Squares.delay(&third), Some(Duration::from_secs(9)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schedule of waits",
    label = "not a `Schedule`",
    note = "`backoff = …` takes a `Backoff`, such as `Backoff::fixed(duration)`, or `Delays(iterator)`; settings are written `backoff(initial = \"1s\")`"
)]
pub trait Schedule {
    /// The wait before this retry; `None` ends the call with the current failure.
    ///
    /// Called only if a retry is otherwise permitted. A result below the wait that the server asked
    /// for ([`Retry::server_wait`]) is raised to it.
    fn delay(&mut self, retry: &Retry<'_>) -> Option<Duration>;
}

/// The retry for which a [`Schedule`] computes a wait.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Retry<'a> {
    /// The number of the retry: 1 after the first attempt.
    pub number: u32,
    /// The class of the failed attempt.
    pub class: Class,
    /// The wait before the failed attempt; `None` before the first.
    pub previous: Option<Duration>,
    /// The wait that the server asked for.
    pub server_wait: Option<Duration>,
    /// Uniform over all `u64`: the only randomness a schedule needs.
    pub random: u64,
    pub(crate) policy: &'a Policy,
}

impl<'a> Retry<'a> {
    /// Retry number `number` after a failure of `class`, for testing a schedule: without a previous
    /// wait or a wait of the server, and with `random` 0. Set the other fields directly.
    pub const fn new(number: u32, class: Class, policy: &'a Policy) -> Self {
        Self {
            number,
            class,
            previous: None,
            server_wait: None,
            random: 0,
            policy,
        }
    }
}

impl fmt::Debug for Retry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("number", &self.number)
            .field("class", &self.class)
            .field("previous", &self.previous)
            .field("server_wait", &self.server_wait)
            .finish_non_exhaustive()
    }
}

impl Schedule for Backoff {
    /// A server's wait `r` is the minimum: the result is
    /// `r + min(wait of the schedule, max(r, 1 s))`. Without jitter it is the longer of the two.
    fn delay(&mut self, retry: &Retry<'_>) -> Option<Duration> {
        let backoff = retry.policy.backoff_for(*self, retry.class);
        Some(match retry.server_wait {
            None => Self::delay(&backoff, retry.number, retry.previous, retry.random),
            Some(wait) => backoff.delay_beyond(wait, retry.number, retry.previous, retry.random),
        })
    }
}

/// The waits of an iterator, in order. The call ends when the iterator does.
///
/// Schedules of the crate `backon` are such iterators:
/// `backoff = Delays(ExponentialBuilder::default().build())`.
#[derive(Clone, Debug)]
pub struct Delays<I>(pub I);

impl<I: Iterator<Item = Duration>> Schedule for Delays<I> {
    fn delay(&mut self, _: &Retry<'_>) -> Option<Duration> {
        self.0.next()
    }
}

/// The waits of a
/// [`backoff::backoff::Backoff`](https://docs.rs/backoff/0.4/backoff/backoff/trait.Backoff.html),
/// such as `backoff = FromBackoff(ExponentialBackoff::default())`. The call ends when they do.
#[cfg(feature = "backoff-04")]
#[derive(Clone, Debug)]
pub struct FromBackoff<B>(pub B);

#[cfg(feature = "backoff-04")]
impl<B: backoff::backoff::Backoff> Schedule for FromBackoff<B> {
    fn delay(&mut self, _: &Retry<'_>) -> Option<Duration> {
        self.0.next_backoff()
    }
}
