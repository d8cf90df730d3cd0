//! The state of a circuit behind its lock: the current break, or the probes in flight.

use crate::{
    clock::Moment,
    event::CircuitCause,
    upstream::breaker::{Breaker, window::Tally},
};
use std::time::Duration;

/// The interval of checks whether a probe has ended.
pub(super) const PROBE_WAIT: Duration = Duration::from_secs(1);

pub(super) struct Inner {
    /// The end of the break, or of the latest probe's timeout.
    pub(super) until: Moment,
    /// When `until` was set.
    pub(super) set: Moment,
    /// The circuit's word when the latest break ended: later probes belong to the same half-open
    /// phase.
    pub(super) phase: u64,
    /// Breaks since the circuit was last closed.
    pub(super) breaks: u32,
    /// Probes in flight whose timeout is not over.
    pub(super) in_flight: u16,
    /// Successful probes of the phase.
    pub(super) succeeded: u16,
    /// The bound of their sum, as of the latest probe.
    pub(super) probes: u16,
    /// Failed probes of the phase.
    pub(super) failed: u16,
    /// Whether the duration of the break follows from the number of breaks.
    pub(super) is_grown: bool,
    /// The cause of the latest opening.
    pub(super) cause: Option<CircuitCause>,
    pub(super) tally: Tally,
}

impl Inner {
    pub(super) const NEW: Self = Self {
        until: Moment::UNSET,
        set: Moment::UNSET,
        phase: 0,
        breaks: 0,
        in_flight: 0,
        succeeded: 0,
        probes: 0,
        failed: 0,
        is_grown: false,
        cause: None,
        tally: Tally::EMPTY,
    };

    pub(super) fn set_until(&mut self, until: Moment, now: Moment) {
        (self.until, self.set) = (until, now);
    }

    /// Whether the break, or the probe timeout, is not over. A clock that has gone back ends it.
    pub(super) fn is_before_end(&self, now: Moment) -> bool {
        now < self.until && !now.is_behind(self.set)
    }

    /// Whether no further probe is admitted. With none in flight one always is, even if the
    /// settings changed after the last ones succeeded.
    pub(super) fn is_full(&self, now: Moment, probes: u16) -> bool {
        let taken = self.in_flight.saturating_add(self.succeeded);
        self.in_flight > 0 && self.is_before_end(now) && taken >= probes
    }

    /// Makes the current break the shortest, unless the server has asked for its duration. Returns
    /// whether it was longer.
    pub(super) fn shorten(&mut self, breaker: &Breaker) -> bool {
        if !self.is_grown {
            return false;
        }
        self.breaks = 1;
        let shortest = self.set.after(breaker.break_duration);
        let is_longer = self.until > shortest;
        self.until = self.until.min(shortest);
        is_longer
    }

    pub(super) fn probe_wait(&self, now: Moment) -> Duration {
        self.until.since(now).min(PROBE_WAIT)
    }
}
