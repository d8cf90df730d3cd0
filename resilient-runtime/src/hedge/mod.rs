//! Stage attempt, hedged: takes a way to start the body, gives the result of the run that succeeds first.

mod latency;
mod race;

pub use race::Race;

use crate::{call::Outcome, hedge::latency::Latency, route::HedgeAllowances};
use std::time::Duration;

/// When an attempt of a function is run a second time beside the first.
///
/// An attempt that takes long is often only unlucky (a slow replica, a lost packet), and a second run of it is done before
/// the first one (Dean and Barroso, [The Tail at Scale](https://research.google/pubs/pub40801/)). It is for calls that may
/// be processed twice and borrow what they use.
///
/// Each further run is paid from the retry budget, as a failed retry of an overloaded server is, and goes through the
/// limits of the upstream as an attempt does, but never waits for them: where there is no room for it, it is not made. The
/// first run goes on in any case.
#[derive(Debug)]
pub struct Hedge {
    after: After,
    latency: Latency,
    max: u32,
}

#[derive(Clone, Copy, Debug)]
enum After {
    Time(Duration),
    /// The latency that this share of the runs does not exceed.
    Quantile(f64),
}

impl Hedge {
    /// After this time; and for each further run, after this time again.
    pub const fn after(after: Duration, max: u32) -> Self {
        Self {
            after: After::Time(after),
            latency: Latency::new(),
            max,
        }
    }

    /// After the time within which this share of the successful runs of late has ended. While there are few of them, there
    /// is no hedging.
    pub const fn quantile(quantile: f64, max: u32) -> Self {
        Self {
            after: After::Quantile(quantile),
            latency: Latency::new(),
            max,
        }
    }

    /// Runs the body, and once more when it takes long.
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
