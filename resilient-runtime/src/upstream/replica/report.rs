//! The report of this replica to the store.

use crate::{
    clock::Moment,
    sharing::{CircuitReport, Limits, Part, Report},
    upstream::replica::{
        Owned, Replica,
        pending::{Pending, aged},
    },
};
use std::{sync::Arc, time::Duration};

impl Replica {
    /// The report, and the differences in it.
    pub(super) fn report(&self, owned: &Owned, is_beat: bool) -> (Report, Pending) {
        let (state, now) = (owned.state(), Moment::now());
        let mut inner = self.inner();
        let mut pending = std::mem::take(&mut inner.pending);
        if is_beat {
            // While attempts wait, permits are asked for again soon.
            inner.wants_permits = state.concurrency.waiting() > 0;
        }
        let ended = inner.circuit.ended(state.circuit.probes_in_flight());
        pending.unused_probes = pending.unused_probes.saturating_add(ended);
        let is_shared_open = inner.circuit.is_open;
        let is_cut = inner.is_cut;
        if is_cut {
            // Each look at a store that answers too late would be counted once more. They are told
            // when it is back.
            inner.pending.requests = std::mem::take(&mut pending.requests);
            inner.pending.tokens = std::mem::take(&mut pending.tokens);
            inner.pending.unused_probes = std::mem::take(&mut pending.unused_probes);
            inner.pending.caps_used = std::mem::take(&mut pending.caps_used);
        }
        drop(inner);
        let report = Report {
            replica: self.id,
            limits: self.limits(owned),
            requests: pending.requests,
            tokens: pending.tokens,
            pause: pending.pause_until.since(now),
            requests_reading: aged(pending.requests_reading, now),
            tokens_reading: aged(pending.tokens_reading, now),
            held: state.concurrency.in_use(),
            wanted: state.concurrency.waiting(),
            circuit: self.circuit(owned, &pending, is_shared_open, now),
            caps: if self.shares(Part::Caps) {
                state.spending.caps.report(!is_cut)
            } else {
                Vec::new()
            },
            budget: if is_cut {
                None
            } else {
                self.tell_budget(owned, now)
            },
        };
        (report, pending)
    }

    fn limits(&self, owned: &Owned) -> Limits {
        if !self.shares(Part::Limits) {
            return Limits::default();
        }
        let state = owned.state();
        Limits {
            requests: state.requests.pace(),
            tokens: state.tokens.pace(),
            permits: owned.permits(),
        }
    }

    fn circuit(
        &self,
        owned: &Owned,
        pending: &Pending,
        is_shared_open: bool,
        now: Moment,
    ) -> CircuitReport {
        let state = owned.state();
        let settings = state.settings(owned.upstream.config());
        let Some(breaker) = settings
            .breaker
            .as_ref()
            .filter(|_| self.shares(Part::Breaker))
        else {
            return CircuitReport::default();
        };
        // That of a shared break is no vote of this replica, but the next one after a probe is.
        let is_own = !is_shared_open || pending.reopens.is_some();
        let break_left = state.circuit.break_left(now).filter(|_| is_own);
        CircuitReport {
            has_calls: state.circuit.has_calls(breaker),
            break_left: break_left.unwrap_or(Duration::ZERO),
            is_for_all: pending.is_for_all,
            closes: pending.closes,
            reopens: pending.reopens,
            unused_probes: pending.unused_probes,
            probes: breaker.half_open_probes,
            probe_timeout: breaker.probe_timeout,
        }
    }
}

/// The differences that an operation reports. Dropped before it has succeeded, they are noted
/// again.
pub(super) struct Unreported<'r> {
    replica: &'r Arc<Replica>,
    pending: Option<Pending>,
    caps: &'r Owned,
    report: &'r Report,
}

impl<'r> Unreported<'r> {
    pub(super) const fn new(
        replica: &'r Arc<Replica>,
        caps: &'r Owned,
        report: &'r Report,
        pending: Pending,
    ) -> Self {
        Self {
            replica,
            pending: Some(pending),
            caps,
            report,
        }
    }

    pub(super) fn forget(mut self) {
        self.pending = None;
    }
}

impl Drop for Unreported<'_> {
    fn drop(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.replica.inner().pending.put_back(&pending);
            self.caps
                .state()
                .spending
                .caps
                .not_reported(&self.report.caps);
        }
    }
}
