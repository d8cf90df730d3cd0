//! The states of a circuit breaker, as plain data.

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
