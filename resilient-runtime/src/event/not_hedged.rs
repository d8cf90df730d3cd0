//! Why a hedged run is not started.

/// Why a further run of an attempt is not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    #[cfg_attr(
        not(feature = "tracing"),
        expect(dead_code, reason = "there is no sink")
    )]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotIdempotent => "not idempotent",
            Self::BudgetSpent => "retry budget spent",
            Self::NoRoom => "no room in the upstream",
            Self::ShutDown => "shut down",
            Self::SwitchedOff => "switched off",
        }
    }
}
