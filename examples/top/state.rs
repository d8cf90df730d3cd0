//! The numbers that are shown, as plain data.

use crate::{events::Line, waits::Waiting};
use resilient_runtime::{BreakerState, Class, Outcome, statistics::WaitReason};
use std::{collections::BTreeMap, time::Duration};

/// Everything that is shown at one moment.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The time since the start.
    pub time: Duration,
    /// The functions, in alphabetical order.
    pub functions: Vec<Function>,
    /// The upstreams, in the order of their first use.
    pub upstreams: Vec<Upstream>,
    /// The waits by function and reason, the most frequent ones first.
    pub waits: Vec<Wait>,
    /// Failed attempts and rejections by class, the most frequent one first.
    pub failures: Vec<Failures>,
    /// The last events, the newest one first.
    pub events: Vec<Line>,
    /// Events that are missing, because there were too many at once.
    pub dropped: u64,
    /// Whether keys are read.
    pub is_interactive: bool,
}

/// A function.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The name of its upstream.
    pub upstream: Option<String>,
    /// Calls a second that have ended.
    pub rate: f64,
    /// Calls that have ended in each of the last seconds, the oldest first.
    pub trend: Vec<u64>,
    /// Calls that have ended.
    pub calls: u64,
    /// The number of calls with each outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Hedged runs.
    pub hedges: u64,
    /// The share of the calls of the last minute that have failed.
    pub error_rate: Option<f64>,
    /// The quantiles 0.5, 0.9 and 0.99 of the latency.
    pub latency: Option<[Duration; 3]>,
}

/// An upstream.
#[derive(Clone, Debug, Default)]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// The state of its breaker.
    pub breaker: Option<BreakerState>,
    /// The rest of the pause, if its gate is closed.
    pub gate: Option<Duration>,
    /// Requests that can be sent at once.
    pub requests: Option<Level>,
    /// Tokens that can be spent at once.
    pub tokens: Option<Level>,
    /// Permits in use.
    pub permits: Option<Level>,
    /// Attempts that wait for a permit.
    pub queued: Option<u32>,
    /// The balance of the retry budget.
    pub budget: Option<Level>,
    /// Retries that wait for the budget.
    pub deferred: u64,
    /// Calls a second that have ended.
    pub rate: f64,
    /// The share of the calls of the last minute that have failed.
    pub error_rate: Option<f64>,
}

/// A part of a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Level {
    /// The part that is left, or in use.
    pub now: f64,
    /// The highest possible value.
    pub most: f64,
    /// The rate at which it refills, such as `8/s`.
    pub refill: Option<String>,
}

/// The waits of a function for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The name of the function.
    pub function: String,
    /// The reason; of a wait for admission, the first one.
    pub reason: WaitReason,
    /// The calls that wait now.
    pub now: Waiting,
    /// The number of waits that have ended.
    pub count: u64,
    /// Their mean time.
    pub mean: Duration,
}

/// The failures of one class.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// The class.
    pub class: Class,
    /// Their number.
    pub count: u64,
    /// Their share of all failures, from 0 to 1.
    pub share: f64,
}

impl Level {
    /// So much of the highest possible value.
    pub const fn new(now: f64, most: f64) -> Self {
        Self {
            now,
            most,
            refill: None,
        }
    }
}

impl Upstream {
    /// How much its limits hold calls back at this moment: they fail at once, all of them wait, or
    /// some do, or none.
    pub fn trouble(&self) -> u8 {
        match self.breaker {
            Some(BreakerState::Closed) | None => {}
            Some(_) => return 3,
        }
        if self.gate.is_some() {
            return 2;
        }
        u8::from(self.queued > Some(0) || self.deferred > 0)
    }
}

impl Function {
    /// The number of calls with this outcome.
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }
}

impl State {
    /// Calls that have ended.
    pub fn calls(&self) -> u64 {
        self.functions.iter().map(|it| it.calls).sum()
    }

    /// Calls a second that have ended.
    pub fn rate(&self) -> f64 {
        self.functions.iter().map(|it| it.rate).sum()
    }

    /// Calls that wait now.
    pub fn waiting(&self) -> u64 {
        self.waits.iter().map(|it| it.now.calls).sum()
    }
}
