//! The state of all replicas, applied to that of this one.

use crate::{
    clock::Moment,
    event::EventKind,
    sharing::{CircuitView, Part, Report, View},
    upstream::replica::{Owned, Replica},
};

impl Replica {
    /// Applies the view of the store to permits, caps, retry budget and gate.
    pub(super) fn apply(&self, owned: &Owned, report: &Report, view: &View, now: Moment) {
        let (upstream, state) = (&owned.upstream, owned.state());
        if self.shares(Part::Limits) {
            if let Some(permits) = view.permits {
                state.concurrency.divide(permits);
            }
        }
        let mut wakes = false;
        if self.shares(Part::Caps) {
            wakes = state.spending.caps.apply(&report.caps, &view.caps);
        }
        self.apply_budget(owned, report, view, now);
        // Last, because a subscriber may panic.
        if self.shares(Part::Gate) && !view.pause.is_zero() {
            let closes = state.gate.close_until(now.after(view.pause), now);
            if closes {
                let pause = view.pause;
                state.origin(upstream).emit(EventKind::GateClosed { pause });
            }
        }
        if wakes {
            state.emit_caps(upstream);
        }
    }

    /// Opens or closes the own circuit with that of all.
    pub(super) fn apply_circuit(&self, owned: &Owned, change: Option<CircuitView>, now: Moment) {
        let (upstream, state) = (&owned.upstream, owned.state());
        let Some(circuit) = change.filter(|_| self.shares(Part::Breaker)) else {
            return;
        };
        let settings = state.settings(upstream.config());
        let Some(breaker) = settings.breaker.as_ref() else {
            return;
        };
        let change = match circuit.break_left {
            Some(left) if left.is_zero() => None,
            Some(left) => state.circuit.open_with_others(breaker, now, left),
            None if state.circuit.is_isolated() => None,
            None => state.circuit.release(),
        };
        state.emit_change(upstream, change);
    }
}
