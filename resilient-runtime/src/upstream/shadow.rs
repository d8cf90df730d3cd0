//! Shadow mode: attempts are counted that breaker, gate or limits would hold back, and are sent.

use crate::{
    call_site::CallSite,
    clock::Moment,
    event::{EventKind, WaitsFor},
    upstream::{
        breaker::Ticket,
        handle::UpstreamHandle,
        permit::{Ahead, Permit, Taken},
    },
};
use std::time::Duration;

impl UpstreamHandle<'_> {
    /// Whether the upstream is in shadow mode.
    pub(crate) fn is_shadow(&self) -> bool {
        self.shared.settings(self.upstream.config()).shadow
    }

    /// For how long the circuit breaker lets nothing through, if it does not. In shadow mode it
    /// does, unless it was isolated by hand.
    pub(crate) fn circuit_open(&self, now: Moment) -> Option<Duration> {
        let wait = self.shared.circuit.check(now).err()?;
        (!self.sends_in_shadow()).then_some(wait)
    }

    /// Admits an attempt in shadow mode that could not be admitted at once. `is_inner` is true
    /// inside an attempt that holds a permit of the same upstream.
    ///
    /// It holds a permit, if need be beyond the limit, so that attempts in flight are counted. It
    /// takes neither requests nor tokens, which would be a debt that grows without bound, and the
    /// breaker does not hear of its result: with the limits enforced, it would not have been sent
    /// at this moment.
    #[cold]
    pub(crate) fn admit_in_shadow(
        &self,
        site: &'static CallSite,
        is_inner: bool,
        now: Moment,
    ) -> Option<Permit> {
        if !self.sends_in_shadow() {
            return None;
        }
        let Self {
            upstream, shared, ..
        } = *self;
        // Or an attempt that could be sent at once would wait for this report.
        shared.emit_ended_limits(upstream);
        let waits_for = match self.take(is_inner, now) {
            Ok(permit) => return Some(permit),
            Err(waits_for) => waits_for,
        };
        self.take_permit();
        if shared.spending.caps.is_counting() {
            shared.count_in_shadow(upstream);
        }
        let permit = Permit::new(Ticket::SHADOW, now);
        // A subscriber may panic.
        let mut unsent = Taken::all(upstream, shared, permit.ticket, 0);
        self.not_enforced(site, waits_for);
        if shared.spending.caps.is_counting() {
            shared.emit_caps(upstream);
        }
        unsent.keep();
        Some(permit)
    }

    /// Counts an attempt that would have been held back, and reports it.
    #[cold]
    pub(crate) fn not_enforced(&self, site: &'static CallSite, waits_for: WaitsFor) {
        self.shared.counts.not_enforced.count();
        let kind = EventKind::NotEnforced { waits_for };
        site.events(self.origin()).emit_if_recorded(kind);
    }

    /// Isolation by hand stops the upstream in shadow mode too.
    fn sends_in_shadow(&self) -> bool {
        self.is_shadow() && !self.shared.circuit.is_isolated()
    }

    /// Takes a free permit, or one beyond the limit.
    fn take_permit(&self) {
        let concurrency = &self.shared.concurrency;
        if !concurrency.try_acquire() {
            concurrency.acquire_beyond_limit();
        }
    }

    /// Takes everything that an attempt needs, or nothing.
    ///
    /// # Errors
    /// The first thing that the attempt would have to wait for.
    fn take(&self, is_inner: bool, now: Moment) -> Result<Permit, WaitsFor> {
        let Self {
            upstream,
            shared,
            cost,
        } = *self;
        let is_in_probe = is_inner && shared.circuit.is_half_open(now);
        if shared.circuit.check(now).is_err() && !is_in_probe {
            return Err(WaitsFor::Breaker);
        }
        let mut taken = Taken::new(upstream, shared);
        if is_inner {
            // Inside the holder of a permit, this limit holds nothing back.
            self.take_permit();
            taken.resources.permit = true;
        }
        shared.take_with_caps(upstream, &mut taken.resources, cost, now, Ahead::NONE)?;
        taken.keep();
        let permit = shared.enter(upstream, cost, now, is_in_probe);
        permit.map_err(|_| WaitsFor::Breaker)
    }
}
