//! Hedging: parallel runs of an attempt, of which the first success wins.

mod call;
mod race;

pub use race::Race;

use crate::{
    ConfigError,
    call::Outcome,
    latency::Latency,
    route::HedgeAllowances,
    scope::{self, Identity},
};
use std::time::Duration;

/// When an attempt is run a second time in parallel (hedged).
///
/// A slow attempt is often only unlucky (a slow replica, a lost packet), and a second run finishes
/// before the first (Dean and Barroso, [The Tail at
/// Scale](https://research.google/pubs/pub40801/)). Hedging is for idempotent calls whose body
/// borrows its inputs.
///
/// Each hedged run is paid from the retry budget, like a failed retry after an overload, and passes
/// the limits of the upstream like an attempt, but never waits for them: without room for it, it is
/// not started. The first run continues in any case.
#[doc(alias("hedging", "hedged request"))]
#[derive(Debug)]
pub struct Hedge {
    after: After,
    latency: Latency,
    identity: Identity,
    max: u32,
}

#[derive(Clone, Copy, Debug)]
enum After {
    Time(Duration),
    /// The latency that this fraction of successful attempts does not exceed.
    Quantile(f64),
}

impl After {
    const fn validate(self) -> Result<(), ConfigError> {
        match self {
            Self::Time(Duration::ZERO) => Err(ConfigError::new(
                "hedge",
                "hedge: zero would start all runs of every attempt at once",
            )),
            Self::Quantile(quantile) if !(quantile > 0.0 && quantile < 1.0) => {
                Err(ConfigError::new(
                    "hedge",
                    "hedge: the quantile must be above 0 and below 1, such as 0.95",
                ))
            }
            Self::Time(_) | Self::Quantile(_) => Ok(()),
        }
    }
}

impl Hedge {
    /// Starts a hedged run after this time, and further ones after this time each, at most `max`.
    ///
    /// # Panics
    /// If the time is zero. In a `static`, that does not compile.
    #[track_caller]
    pub const fn after(after: Duration, max: u32) -> Self {
        Self::checked(After::Time(after), max)
    }

    /// Starts a hedged run after the time within which this fraction of recent successful attempts
    /// ended. With too few of them, there is no hedging.
    ///
    /// ```compile_fail,E0080
    /// use resilient_runtime::Hedge;
    ///
    /// // Not a fraction, but a percentage.
    /// static HEDGE: Hedge = Hedge::quantile(95.0, 1);
    /// ```
    ///
    /// # Panics
    /// If the fraction is not above 0 and below 1. In a `static`, that does not compile.
    #[track_caller]
    pub const fn quantile(quantile: f64, max: u32) -> Self {
        Self::checked(After::Quantile(quantile), max)
    }

    #[expect(
        clippy::panic,
        reason = "a mistake in the source, which a constant turns into a compile error"
    )]
    #[track_caller]
    const fn checked(after: After, max: u32) -> Self {
        if let Err(mistake) = after.validate() {
            panic!("{}", mistake.message());
        }
        Self {
            after,
            latency: Latency::new(),
            identity: Identity::new(),
            max,
        }
    }

    /// Runs the body, and hedges it when it is slow.
    pub fn race<E, F, B>(&self, allowances: E, body: B) -> Race<'_, E, B, F>
    where
        E: HedgeAllowances,
        B: FnMut() -> F,
        F: Future<Output: Outcome>,
    {
        Race::new(self, allowances, body)
    }

    fn latency(&self) -> &Latency {
        scope::fresh(&self.identity, &self.latency, Latency::new)
    }

    fn delay(&self) -> Option<Duration> {
        match self.after {
            After::Time(after) => Some(after),
            After::Quantile(quantile) => self.latency().quantile(quantile),
        }
    }

    fn ended(&self, took: Duration) {
        if let After::Quantile(_) = self.after {
            self.latency().record(took);
        }
    }
}
