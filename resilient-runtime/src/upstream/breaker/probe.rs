//! Probes of a half-open circuit.
//!
//! A half-open phase lasts from the end of a break until the circuit closes or opens again. Its
//! probes are sent in rounds: a new one, with a generation of its own, begins when the timeout of
//! the latest probe is over.

use crate::{
    clock::Moment,
    event::CircuitCause,
    sync::{MutexGuard, Ordering, lock},
    upstream::breaker::{
        Breaker, Circuit,
        inner::Inner,
        state::{Change, HALF_OPEN, OPEN, Ticket, tag},
    },
};
use std::time::Duration;

impl Circuit {
    /// The break is over. The caller holds the lock.
    pub(super) fn begin_phase(&self, inner: &mut Inner) -> Change {
        let change = self.turn(HALF_OPEN);
        inner.phase = self.word.load(Ordering::Relaxed);
        (inner.in_flight, inner.succeeded, inner.failed) = (0, 0, 0);
        self.consecutive_failures.store(0, Ordering::Relaxed);
        change
    }

    /// The server has answered that the request is at fault. A closed circuit does not count that;
    /// a probe has shown that the server works.
    #[cold]
    pub(crate) fn answered(&self, breaker: &Breaker, ticket: Ticket) -> Option<Change> {
        self.probe_succeeded(breaker, ticket)
    }

    /// Counts a successful probe, also one whose timeout is over: the server works. If others have
    /// opened the circuit meanwhile, the break is the shortest.
    #[cold]
    pub(super) fn probe_succeeded(&self, breaker: &Breaker, ticket: Ticket) -> Option<Change> {
        let mut inner = self.lock_in_phase(ticket)?;
        let word = self.word.load(Ordering::Relaxed);
        if tag(word) == OPEN {
            return inner.shorten(breaker).then_some(Change::SHORTENED);
        }
        if word == ticket.0 {
            inner.in_flight = inner.in_flight.saturating_sub(1);
        }
        self.consecutive_failures.store(0, Ordering::Relaxed);
        inner.succeeded = inner.succeeded.saturating_add(1);
        (inner.succeeded >= breaker.probes()).then(|| self.close(&mut inner))
    }

    /// Counts a failed probe, unless its timeout is over. `cause` is why it counts as failed.
    #[cold]
    pub(super) fn probe_failed(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        cause: CircuitCause,
        server_wait: Option<Duration>,
    ) -> Option<Change> {
        let mut inner = self.lock_at(ticket)?;
        if !inner.is_before_end(now) {
            return None;
        }
        inner.in_flight = inner.in_flight.saturating_sub(1);
        inner.failed = inner.failed.saturating_add(1);
        let in_a_row = self.count_consecutive();
        let cause = if breaker.consecutive_reached(in_a_row) {
            CircuitCause::ConsecutiveFailures
        } else if breaker.probes_fail(inner.succeeded, inner.failed, in_a_row) {
            cause
        } else {
            return None;
        };
        Some(self.trip(&mut inner, breaker, now, server_wait, cause))
    }

    /// Frees the place of a probe.
    #[cold]
    pub(super) fn give_back(&self, ticket: Ticket) {
        let mut inner = lock(&self.inner);
        if self.word.load(Ordering::Relaxed) == ticket.0 {
            inner.in_flight = inner.in_flight.saturating_sub(1);
        }
    }

    /// Locks the state in the half-open phase of this probe, or in the break after it.
    fn lock_in_phase(&self, probe: Ticket) -> Option<MutexGuard<'_, Inner>> {
        let is_after = |word| matches!(tag(word), HALF_OPEN | OPEN);
        if !probe.is_probe() || !is_after(self.word.load(Ordering::Relaxed)) {
            return None;
        }
        let inner = lock(&self.inner);
        let counts = is_after(self.word.load(Ordering::Relaxed)) && probe.0 >= inner.phase;
        counts.then_some(inner)
    }
}
