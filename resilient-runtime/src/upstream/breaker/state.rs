//! The states of a circuit, and the events of their changes.

use crate::event::{BreakerState, CircuitCause};
use std::time::Duration;

/// The bits of a circuit's word that hold its state; the bits above hold the generation.
const TAG: u64 = 3;
pub(super) const CLOSED: u64 = 0;
pub(super) const OPEN: u64 = 1;
pub(super) const HALF_OPEN: u64 = 2;
pub(super) const ISOLATED: u64 = 3;

pub(super) const fn tag(word: u64) -> u64 {
    word & TAG
}

/// The next generation, in the same state or another.
pub(super) const fn turned(word: u64, tag: u64) -> u64 {
    (word | TAG).wrapping_add(1) | tag
}

pub(super) const fn state(word: u64) -> BreakerState {
    match tag(word) {
        CLOSED => BreakerState::Closed,
        OPEN => BreakerState::Open,
        HALF_OPEN => BreakerState::HalfOpen,
        _ => BreakerState::Isolated,
    }
}

/// Identifies an admitted attempt by the circuit's word at that time. It is returned exactly once,
/// by `success`, `failure` or `ignore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(pub(super) u64);

impl Ticket {
    /// The ticket without a breaker: that of a closed circuit.
    pub(crate) const NONE: Self = Self(CLOSED);

    /// A ticket whose time is over: a result with it changes nothing.
    pub(crate) const LATE: Self = Self(OPEN);

    /// The ticket of an attempt that was sent in shadow mode: it is that of no generation, so a
    /// result with it changes nothing.
    pub(crate) const SHADOW: Self = Self(ISOLATED);

    #[inline]
    pub(crate) const fn is_probe(self) -> bool {
        tag(self.0) == HALF_OPEN
    }
}

/// An admitted attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) ticket: Ticket,
    pub(crate) change: Option<Change>,
}

/// A change of the state, for the caller to emit once it holds no lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) from: BreakerState,
    pub(crate) to: BreakerState,
    /// The duration of the break, if this is one.
    pub(crate) break_duration: Option<Duration>,
    /// Why the circuit opened, if it did.
    pub(crate) cause: Option<CircuitCause>,
}

impl Change {
    /// The break of an open circuit was made shorter: its state stays the same.
    pub(crate) const SHORTENED: Self = Self {
        from: BreakerState::Open,
        to: BreakerState::Open,
        break_duration: None,
        cause: None,
    };
}
