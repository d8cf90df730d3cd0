//! The events of an upstream, or of one of its keys.

use crate::{
    BreakerState, Upstream,
    event::{EventKind, Origin, Tallies, WaitsFor},
    upstream::{breaker::Change, rate::RateChange, state::UpstreamState},
};
use std::borrow::Cow;

impl UpstreamState {
    /// Upstream and key, for events.
    pub(crate) fn origin<'a>(&'a self, upstream: &'a Upstream) -> Origin<'a> {
        Origin {
            function: None,
            upstream: Some(Cow::Borrowed(upstream.name())),
            key: self.key.as_deref().map(Cow::Borrowed),
            tallies: Tallies {
                upstream: Some(&upstream.shared().statistics),
                key: self.key.is_some().then_some(&self.statistics),
                function: None,
            },
        }
    }

    /// Emits a change of the circuit breaker, if there is one. Waiting calls check again.
    #[inline]
    pub(crate) fn emit_change(&self, upstream: &Upstream, change: Option<Change>) {
        if let Some(change) = change {
            self.emit_circuit(upstream, change);
        }
    }

    // Out of line, or every success makes room for the event.
    #[cold]
    #[inline(never)]
    fn emit_circuit(&self, upstream: &Upstream, change: Change) {
        let Change {
            from,
            to,
            break_duration,
            cause,
        } = change;
        if matches!(to, BreakerState::Open | BreakerState::Isolated) {
            // Waiting retries are rejected at once by a breaker that has opened.
            self.budget.wake_all();
        }
        if to != BreakerState::HalfOpen {
            self.gate.notify_changed();
        }
        self.tell_circuit(upstream, &change);
        if from == to {
            // The break was shortened, which only matters to calls that wait for its end.
            return;
        }
        self.origin(upstream).emit(EventKind::CircuitChanged {
            from,
            to,
            break_duration,
            cause,
        });
    }

    pub(super) fn emit_limits(&self, upstream: &Upstream, changes: [Option<RateChange>; 2]) {
        let limits = [WaitsFor::Requests, WaitsFor::Tokens];
        let ended = [self.requests.take_ended(), self.tokens.take_ended()];
        let all = limits.into_iter().zip(ended);
        for (limit, change) in all.chain(limits.into_iter().zip(changes)) {
            if let Some(RateChange { from, to }) = change {
                let kind = EventKind::LimitChanged { limit, from, to };
                self.origin(upstream).emit(kind);
            }
        }
    }

    /// Reports restrictions of the server that have ended. An attempt that could be sent at once
    /// takes the slow path for it.
    pub(crate) fn emit_ended_limits(&self, upstream: &Upstream) {
        self.emit_limits(upstream, [None; 2]);
    }
}
