//! Statistics as plain data.

use crate::{Class, DelaySource, Outcome, WaitsFor};
use std::{fmt, time::Duration};

/// Calls and their outcomes, since statistics were started.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Calls {
    /// Calls that have ended; the sum of all outcomes.
    pub calls: u64,
    /// Their outcomes, without those that have not occurred.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Attempts that calls which have ended have sent.
    pub attempts: u64,
    /// The classes of failed attempts and of rejections, the most frequent one first.
    pub failures: Vec<(Class, u64)>,
    /// The waits, by their reason, without those that have not occurred.
    pub waits: Vec<WaitTotal>,
    /// Hedged runs.
    pub hedges: u64,
    /// The latency of recent calls that had to wait for something. `None` for fewer than 20.
    pub latency: Option<Latencies>,
    /// The share of the calls of the last minute that have failed, were rejected, or were answered
    /// by their fallback. `None` without a call. Successes at once are not timed: they count as of
    /// the last minute until another call has ended.
    pub error_rate: Option<f64>,
}

impl Calls {
    /// The number of calls with this outcome.
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        let found = self.outcomes.iter().find(|it| it.0 == outcome);
        found.map_or(0, |it| it.1)
    }

    /// The number of attempts that have failed, or were rejected, with this class.
    pub fn failure(&self, class: Class) -> u64 {
        let found = self.failures.iter().find(|it| it.0 == class);
        found.map_or(0, |it| it.1)
    }

    /// The waits for this reason.
    pub fn wait(&self, reason: WaitReason) -> Option<&WaitTotal> {
        self.waits.iter().find(|it| it.reason == reason)
    }
}

/// Quantiles of a latency, accurate to a fifth; old calls have little weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Latencies {
    /// Half of the calls took at most this long.
    pub p50: Duration,
    /// Nine of ten calls took at most this long.
    pub p90: Duration,
    /// 99 of 100 calls took at most this long.
    pub p99: Duration,
}

impl Latencies {
    pub(super) const fn new([p50, p90, p99]: [Duration; 3]) -> Self {
        Self { p50, p90, p99 }
    }
}

/// The waits for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitTotal {
    /// The reason.
    pub reason: WaitReason,
    /// Their number.
    pub count: u64,
    /// Their time together; of waits before retries as planned, also if the call was dropped.
    pub time: Duration,
}

impl WaitTotal {
    pub(super) const fn new(reason: WaitReason, count: u64, time: Duration) -> Self {
        Self {
            reason,
            count,
            time,
        }
    }
}

/// The reason for a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WaitReason {
    /// Before a retry, by the schedule.
    Backoff,
    /// Before a retry, as the server asks.
    Server,
    /// For the retry budget.
    Budget,
    /// For the circuit breaker.
    Breaker,
    /// For the gate.
    Gate,
    /// For a permit of the concurrency limit.
    Concurrency,
    /// For the rate limit of requests.
    Requests,
    /// For the rate limit of tokens.
    Tokens,
}

impl WaitReason {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Backoff,
        Self::Server,
        Self::Budget,
        Self::Breaker,
        Self::Gate,
        Self::Concurrency,
        Self::Requests,
        Self::Tokens,
    ];

    /// The name in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backoff => "backoff",
            Self::Server => "server",
            Self::Budget => "budget",
            Self::Breaker => "breaker",
            Self::Gate => "gate",
            Self::Concurrency => "concurrency",
            Self::Requests => "requests",
            Self::Tokens => "tokens",
        }
    }
}

impl From<WaitsFor> for WaitReason {
    fn from(waits_for: WaitsFor) -> Self {
        match waits_for {
            WaitsFor::Breaker => Self::Breaker,
            WaitsFor::Gate => Self::Gate,
            WaitsFor::Concurrency => Self::Concurrency,
            // No attempt waits for the window of a cap: it is refused.
            WaitsFor::Requests | WaitsFor::Cap => Self::Requests,
            WaitsFor::Tokens => Self::Tokens,
            WaitsFor::Budget => Self::Budget,
        }
    }
}

impl From<DelaySource> for WaitReason {
    fn from(source: DelaySource) -> Self {
        match source {
            DelaySource::Server(_) => Self::Server,
            _ => Self::Backoff,
        }
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
