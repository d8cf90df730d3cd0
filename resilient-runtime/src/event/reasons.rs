//! The reasons of waits, and of hedged runs that are not started.

/// The limits, and the other things, that an attempt may have to wait for before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitsFor {
    /// The end of a break of the circuit breaker.
    Breaker,
    /// The end of a pause of all callers.
    Gate,
    /// A permit of the concurrency limit.
    Concurrency,
    /// The rate limit of requests.
    Requests,
    /// The rate limit of tokens.
    Tokens,
    /// The retry budget, which cannot pay for a retry or for a further run.
    Budget,
    /// A cap that is reached. No attempt waits for the end of its window: it is refused.
    Cap,
}

impl WaitsFor {
    /// The name that errors use.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Breaker => "circuit breaker",
            Self::Gate => "gate",
            Self::Concurrency => "concurrency limit",
            Self::Requests => "limit of requests",
            Self::Tokens => "limit of tokens",
            Self::Budget => "retry budget",
            Self::Cap => "cap",
        }
    }

    /// The name in snake case, as used in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breaker => "breaker",
            Self::Gate => "gate",
            Self::Concurrency => "concurrency",
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::Budget => "budget",
            Self::Cap => "cap",
        }
    }
}

/// The reason why a further run of an attempt is not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotHedged {
    /// The call is not idempotent.
    NotIdempotent,
    /// The retry budget cannot pay for it.
    BudgetSpent,
    /// A limit of the upstream has no room, its gate is closed or its circuit open.
    NoRoom,
    /// The process shuts down.
    ShutDown,
    /// Hedges, or the upstream, are switched off.
    SwitchedOff,
}

impl NotHedged {
    /// The name that the log uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotIdempotent => "not idempotent",
            Self::BudgetSpent => "retry budget spent",
            Self::NoRoom => "no room in the upstream",
            Self::ShutDown => "shut down",
            Self::SwitchedOff => "switched off",
        }
    }
}
