//! The backoff before each retry. Arithmetic that saturates.

use super::ConfigError;
use crate::clock::nanos;
use std::time::Duration;

/// How the steps of a backoff grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BackoffKind {
    /// `initial × factor ^ n`.
    Exponential,
    /// `initial × n`.
    Linear,
    /// Always `initial`.
    Fixed,
    /// Random between `initial` and `factor × previous wait`; jitter does not apply.
    ///
    /// Source: [Exponential Backoff And
    /// Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    Decorrelated,
}

impl BackoffKind {
    const fn default_factor(self) -> f64 {
        match self {
            Self::Decorrelated => 3.0,
            _ => 2.0,
        }
    }
}

/// The random part of a step, against synchronised retries (thundering herd).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Jitter {
    /// Exactly the step.
    None,
    /// Between half of the step and the step.
    Equal,
    /// Between zero and the step: spreads best.
    Full,
}

/// The backoff of a policy, as plain data.
///
/// `max` is a hard bound on every wait, jitter included, except in a fixed schedule. (A wait that
/// the server asks for is bounded by [`Policy::max_retry_after`](crate::Policy::max_retry_after)
/// instead.) Every calculation saturates. Invalid settings (a NaN factor, `initial` above `max`)
/// cannot panic; [`Policy::validate`](crate::Policy::validate) reports them.
///
/// ```
/// use resilient_runtime::{Backoff, Jitter};
/// use std::time::Duration;
///
/// const SLOW: Backoff = Backoff::exponential(Duration::from_secs(2)).max(Duration::from_secs(60));
/// assert_eq!(SLOW.step(1), Duration::from_secs(2));
/// assert_eq!(SLOW.step(4), Duration::from_secs(16));
/// assert_eq!(SLOW.step(1_000), Duration::from_secs(60));
/// ```
#[doc(alias("exponential backoff", "jitter"))]
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Backoff {
    /// How the steps grow. Default: exponential.
    pub kind: BackoffKind,
    /// The first step. Default: 1 s. In a policy, a growing schedule starts at twice this value
    /// after an overload (429, 503, 504, a timeout), unless a rule sets another first step for the
    /// class.
    pub initial: Duration,
    /// The factor between steps. Default: 2 (decorrelated: 3). Not used by linear and fixed
    /// schedules.
    pub factor: f64,
    /// The longest wait. Default: 32 s. Not used by a fixed schedule.
    pub max: Duration,
    /// The random part of a step. Default: full.
    pub jitter: Jitter,
}

impl Backoff {
    /// Exponential from 1 s, doubling, at most 32 s, full jitter.
    pub const DEFAULT: Self = Self {
        kind: BackoffKind::Exponential,
        initial: Duration::from_secs(1),
        factor: BackoffKind::Exponential.default_factor(),
        max: Duration::from_secs(32),
        jitter: Jitter::Full,
    };

    /// Doubling steps (see [`factor`](Self::factor)), starting at `initial`.
    pub const fn exponential(initial: Duration) -> Self {
        Self::DEFAULT.initial(initial)
    }

    /// Steps that grow by `initial` each time.
    pub const fn linear(initial: Duration) -> Self {
        Self::DEFAULT.kind(BackoffKind::Linear).initial(initial)
    }

    /// The same step every time.
    pub const fn fixed(delay: Duration) -> Self {
        Self::DEFAULT.kind(BackoffKind::Fixed).initial(delay)
    }

    /// Decorrelated jitter: between `initial` and `3 × previous wait`.
    pub const fn decorrelated(initial: Duration) -> Self {
        Self::DEFAULT
            .kind(BackoffKind::Decorrelated)
            .initial(initial)
    }

    /// Sets the kind, and the factor to its default for that kind.
    pub const fn kind(self, kind: BackoffKind) -> Self {
        Self {
            kind,
            factor: kind.default_factor(),
            ..self
        }
    }

    /// Sets the first step.
    pub const fn initial(self, initial: Duration) -> Self {
        Self { initial, ..self }
    }

    /// Sets the factor between steps.
    pub const fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Sets the longest wait.
    pub const fn max(self, max: Duration) -> Self {
        Self { max, ..self }
    }

    /// Sets the random part of a step.
    pub const fn jitter(self, jitter: Jitter) -> Self {
        Self { jitter, ..self }
    }

    /// The step before retry number `retry` (the first is 1), without jitter. At most `max`, unless
    /// the schedule is fixed.
    ///
    /// For a decorrelated schedule, whose steps depend on the previous wait, this is the longest
    /// possible step.
    #[inline(always)]
    pub fn step(&self, retry: u32) -> Duration {
        let initial = self.initial;
        let step = match self.kind {
            BackoffKind::Fixed => return initial,
            BackoffKind::Linear => nanos(initial).saturating_mul(u64::from(retry.max(1))),
            BackoffKind::Exponential => grown(nanos(initial), self.factor, retry.saturating_sub(1)),
            BackoffKind::Decorrelated => grown(nanos(initial), self.factor, retry),
        };
        Duration::from_nanos(step.min(nanos(self.max)))
    }

    /// The wait before retry number `retry`, after a wait of `previous`; `random` is uniform over
    /// all `u64`.
    #[inline(always)]
    pub fn delay(&self, retry: u32, previous: Option<Duration>, random: u64) -> Duration {
        if matches!(self.kind, BackoffKind::Decorrelated) {
            let (low, max) = (nanos(self.initial), nanos(self.max));
            let high = grown(nanos(previous.unwrap_or(self.initial)), self.factor, 1);
            let spread = high.saturating_sub(low);
            let delay = low.saturating_add(up_to(spread, random));
            return Duration::from_nanos(delay.min(max));
        }
        self.jittered(self.step(retry), random)
    }

    /// As [`delay`](Self::delay), after a wait that the server asked for.
    #[cold]
    pub(super) fn delay_beyond(
        mut self,
        wait: Duration,
        retry: u32,
        previous: Option<Duration>,
        random: u64,
    ) -> Duration {
        if let Jitter::None = self.jitter {
            return wait.max(self.delay(retry, previous, random));
        }
        let most = wait.max(SERVER_WAIT_SPREAD);
        self.initial = self.initial.min(most);
        self.max = self.max.min(most);
        wait.saturating_add(self.delay(retry, previous, random))
    }

    /// `step` with this schedule's jitter.
    #[inline]
    pub(crate) fn jittered(&self, step: Duration, random: u64) -> Duration {
        let delay = match self.jitter {
            Jitter::None => return step,
            Jitter::Equal => {
                let step = nanos(step);
                (step / 2).saturating_add(up_to(step.div_ceil(2), random))
            }
            Jitter::Full => up_to(nanos(step), random),
        };
        Duration::from_nanos(delay)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// The first mistake found.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        // A comparison with NaN is false, so this tests for the valid case.
        if !(self.factor >= 1.0 && self.factor.is_finite()) {
            return Err(ConfigError::new(
                "backoff",
                "backoff: `factor` must be a finite number of at least 1",
            ));
        }
        let is_fixed = matches!(self.kind, BackoffKind::Fixed);
        if !is_fixed && self.initial.as_nanos() > self.max.as_nanos() {
            return Err(ConfigError::new(
                "backoff",
                "backoff: `initial` is longer than `max`",
            ));
        }
        Ok(())
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The minimum spread of callers after a wait that the server asked for.
const SERVER_WAIT_SPREAD: Duration = Duration::from_secs(1);

/// `initial × factor ^ times`. The float-to-integer cast saturates and converts NaN to 0, which the
/// lower bound turns into `initial`: a schedule never falls below its first step.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
#[inline(never)]
fn grown(initial: u64, factor: f64, times: u32) -> u64 {
    if times == 0 || initial == 0 {
        return initial;
    }
    // After 2^31 steps, any factor above 1 has exceeded every bound.
    let times = i32::try_from(times).unwrap_or(i32::MAX);
    let grown = initial as f64 * factor.powi(times);
    (grown.round() as u64).max(initial)
}

/// A uniform number from 1 to `bound` (0 for 0): the high half of a 128-bit product, as in [Lemire
/// 2019](https://arxiv.org/abs/1805.10941). Never 0, so that no retry follows at once.
fn up_to(bound: u64, random: u64) -> u64 {
    if bound == 0 {
        return 0;
    }
    let pick = (u128::from(bound).saturating_mul(u128::from(random)) >> 64) as u64;
    pick.saturating_add(1)
}
