//! Hedging: parallel runs of an attempt, of which the first success wins.

mod call;
mod latency;
mod race;

pub use race::Race;

use crate::{call::Outcome, hedge::latency::Latency, route::HedgeAllowances};
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
    max: u32,
}

#[derive(Clone, Copy, Debug)]
enum After {
    Time(Duration),
    /// The latency that this fraction of the runs does not exceed.
    Quantile(f64),
}

impl Hedge {
    /// Starts a hedged run after this time, and further ones after this time each, at most `max`.
    pub const fn after(after: Duration, max: u32) -> Self {
        Self {
            after: After::Time(after),
            latency: Latency::new(),
            max,
        }
    }

    /// Starts a hedged run after the time within which this fraction of recent successful runs
    /// ended. With too few of them, there is no hedging.
    pub const fn quantile(quantile: f64, max: u32) -> Self {
        Self {
            after: After::Quantile(quantile),
            latency: Latency::new(),
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

    fn delay(&self) -> Option<Duration> {
        match self.after {
            After::Time(after) => Some(after),
            After::Quantile(quantile) => self.latency.quantile(quantile),
        }
    }

    fn ended(&self, took: Duration) {
        if let After::Quantile(_) = self.after {
            self.latency.record(took);
        }
    }
}
