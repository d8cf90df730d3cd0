//! The state of all replicas, applied to that of this one.

use crate::{
    clock::Moment,
    event::EventKind,
    sharing::{CircuitView, Part, Report, View},
    upstream::replica::{Owned, Replica},
};

impl Replica {
    /// Applies the answer of the store.
    pub(super) fn apply(&self, owned: &Owned, report: &Report, view: &View, now: Moment) {
        let (upstream, state) = (&owned.upstream, owned.state());
        let mut inner = self.inner();
        inner.answered_at = Some(now);
        inner.replicas = view.replicas.max(1);
        let is_unknown = view.is_new || !inner.has_joined;
        inner.has_joined = true;
        if is_unknown && self.shares(Part::Limits) {
            // The store does not know what this replica has taken.
            let (requests, tokens) = (state.requests.taken(now), state.tokens.taken(now));
            inner.pending.used(requests, tokens, now);
            let ordered = inner.line.ordered();
            inner.pending.used(ordered.requests, ordered.tokens, now);
        }
        let circuit = inner.follow_circuit(view.circuit);
        drop(inner);
        if self.shares(Part::Limits) {
            if let Some(permits) = view.permits {
                state.concurrency.divide(permits);
            }
        }
        let mut wakes = false;
        if self.shares(Part::Caps) {
            wakes = state.spending.caps.apply(&report.caps, &view.caps);
        }
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
        self.apply_circuit(owned, circuit, now);
    }

    fn apply_circuit(&self, owned: &Owned, change: Option<CircuitView>, now: Moment) {
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

impl super::Inner {
    /// Follows the shared circuit. Returns it if it has changed.
    fn follow_circuit(&mut self, circuit: CircuitView) -> Option<CircuitView> {
        let is_open = circuit.break_left.is_some();
        if circuit.version == self.version && is_open == self.is_shared_open {
            return None;
        }
        let was_open = std::mem::replace(&mut self.is_shared_open, is_open);
        self.version = circuit.version;
        self.probes.granted = 0;
        self.probes.denied_until = Moment::UNSET;
        // A circuit that was not open for all is the own one's matter.
        (is_open || was_open).then_some(circuit)
    }
}
