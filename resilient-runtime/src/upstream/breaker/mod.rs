//! The circuit breaker: counts failures and rejects attempts while the circuit is open. Pure: the
//! time is passed in, and nothing is logged.

use crate::{event::CircuitCause, upstream::breaker::window::Counts};
use std::time::Duration;

mod circuit;
mod forced;
mod inner;
mod probe;
#[cfg(feature = "sharing")]
mod shared;
mod state;
mod stream;
#[cfg(test)]
#[path = "breaker_test.rs"]
mod tests;
mod validate;
pub(crate) mod window;

pub(crate) use circuit::Circuit;
pub(crate) use state::{Change, Entry, Ticket};
pub(crate) use stream::Begun;

/// The settings of a circuit breaker, as plain data.
///
/// A closed circuit admits and counts every attempt. When too many fail it opens, and attempts fail
/// fast for the duration of a break. Then it is half-open and admits a few attempts at a time as
/// probes:
///
/// - It closes when [`half_open_probes`](Self::half_open_probes) of them have succeeded.
/// - It opens again, for a longer break, when a failed probe brings the ratio of failed probes to
///   [`failure_ratio`](Self::failure_ratio), or makes [`consecutive`](Self::consecutive) failures
///   in a row (if not set, [`min_calls`](Self::min_calls)). So if the first one fails, it opens at
///   once; after a success, it tolerates about as many failures as a closed circuit.
/// - If a probe that was in flight at that moment then succeeds, the server is not down: the break
///   is only [`break_duration`](Self::break_duration), unless the server has asked for its length.
///
/// | a probe ends with | it counts as |
/// |---|---|
/// | a success, also after [`probe_timeout`](Self::probe_timeout) | a success |
/// | an answer that rejects the request, such as 400, 401, 403, 404, 409 or 422 | a success: the server works |
/// | an error of the server, a timeout, a broken connection, a slow answer | a failure; nothing after `probe_timeout` |
/// | 429, a request that could not be sent, a cancelled call, a deadline, a panic | nothing, and its place is free at once |
///
/// A failure without a status or a code of the server, such as an invalid URL or a body that cannot
/// be decoded, does not prove that the server works. A panic of the body says no more about the
/// server than a cancelled call.
///
/// A breaker keeps calls from waiting for an upstream that is down. Transient failures are left to
/// retries: the defaults do not trip while more than one call in five succeeds. Failures caused by
/// the caller, such as 400 or 404, and cancelled attempts are not counted by a closed circuit.
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
    /// admits new ones. The old ones still count if they succeed, but not if they fail. Default:
    /// 60 s.
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

    /// Whether a call of this duration is slow.
    #[inline]
    fn is_slow(&self, took: Duration) -> bool {
        self.slow.is_some_and(|slow| took > slow.longer_than)
    }

    /// Why the counts of the window open the circuit, if they do.
    fn trips(&self, counts: Counts) -> Option<CircuitCause> {
        if counts.calls < u64::from(self.min_calls) {
            None
        } else if reaches(counts.failures, counts.calls, self.failure_ratio) {
            Some(CircuitCause::FailureRatio)
        } else {
            let slow = self.slow?;
            reaches(counts.slow, counts.calls, slow.ratio).then_some(CircuitCause::SlowCalls)
        }
    }

    /// Whether so many failures in a row open the circuit.
    fn consecutive_reached(&self, failures: u64) -> bool {
        self.consecutive
            .is_some_and(|most| failures >= u64::from(most))
    }

    /// Whether the failed probes of a half-open phase open the circuit again: by the ratio of the
    /// window, or because `min_calls` of them in a row would open a closed circuit.
    fn probes_fail(&self, succeeded: u16, failed: u16, in_a_row: u64) -> bool {
        let (succeeded, failed) = (u64::from(succeeded), u64::from(failed));
        reaches(failed, succeeded.saturating_add(failed), self.failure_ratio)
            || in_a_row >= u64::from(self.min_calls)
    }

    /// The number of probes, as a circuit counts them.
    fn probes(&self) -> u16 {
        u16::try_from(self.half_open_probes).unwrap_or(u16::MAX)
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

/// Whether a part of the calls reaches a ratio.
#[expect(clippy::cast_precision_loss, reason = "loses a few calls beyond 2^53")]
fn reaches(part: u64, calls: u64, ratio: f64) -> bool {
    // A quotient, because it is rounded like the ratio in the source: 7 of 100 reaches 0.07.
    part > 0 && part as f64 / calls as f64 >= ratio
}
