//! The states of a circuit breaker and the causes of its opening, as plain data.

use crate::Class;
use std::fmt;

/// The state of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BreakerState {
    /// Every attempt is admitted.
    Closed,
    /// Every attempt is rejected until the break is over.
    Open,
    /// A few attempts are admitted as probes.
    HalfOpen,
    /// Every attempt is rejected until the circuit is released by hand.
    Isolated,
}

impl BreakerState {
    /// The name in snake case, as used in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::Isolated => "isolated",
        }
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a circuit has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CircuitCause {
    /// Too high a ratio of failures: of the calls in the window, or of the probes.
    FailureRatio,
    /// Too many failures in a row.
    ConsecutiveFailures,
    /// Too many slow calls, or a slow probe.
    SlowCalls,
    /// Opened by hand.
    Isolated,
    /// A failure of a class after which no call can succeed.
    Class(Class),
    /// Opened by other replicas that share the upstream.
    Replicas,
}

impl CircuitCause {
    /// The name in snake case, as used in logs: of the class, if it is one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailureRatio => "failure_ratio",
            Self::ConsecutiveFailures => "consecutive_failures",
            Self::SlowCalls => "slow_calls",
            Self::Isolated => "isolated",
            Self::Replicas => "replicas",
            Self::Class(class) => class.as_str(),
        }
    }
}
