//! The right to send a probe of a circuit that replicas share.

use crate::{
    clock::Moment,
    event::{BreakerState, CircuitCause},
    sharing::{Granted, Part},
    upstream::{breaker::Change, replica::Replica, state::UpstreamState},
};
use std::{future::poll_fn, sync::Arc, task::Poll, time::Duration};

/// The probes of this replica.
#[derive(Default)]
pub(super) struct Probes {
    /// Attempts that ask for one.
    pub(super) wanted: u32,
    /// Those that were granted, and that no attempt has taken yet.
    pub(super) granted: u32,
    /// When to ask again.
    pub(super) denied_until: Moment,
}

/// The right to send a probe. Dropped before it is used, it goes back.
pub(crate) struct ProbeLease(Option<Arc<Replica>>);

impl ProbeLease {
    /// No right is needed.
    pub(crate) const NONE: Self = Self(None);

    /// The probe is sent.
    pub(crate) fn used(mut self) {
        self.0 = None;
    }
}

impl Drop for ProbeLease {
    fn drop(&mut self) {
        if let Some(replica) = self.0.take() {
            replica.note(|pending, now| {
                pending.unused_probes = pending.unused_probes.saturating_add(1);
                pending.urgent(now);
            });
        }
    }
}

impl Replica {
    /// Whether a probe of this circuit needs the right of the other replicas.
    pub(crate) fn needs_probe(&self, state: &UpstreamState, now: Moment) -> bool {
        self.shares(Part::Breaker) && state.circuit.is_half_open(now) && {
            let inner = self.inner();
            !inner.is_cut && inner.is_shared_open
        }
    }

    /// Asks for a probe.
    ///
    /// # Errors
    /// The time until it may ask again.
    pub(crate) async fn probe(self: &Arc<Self>) -> Result<ProbeLease, Duration> {
        let mut has_asked = false;
        poll_fn(|cx| {
            let now = Moment::now();
            let mut inner = self.inner();
            let probes = &mut inner.probes;
            if probes.granted > 0 {
                probes.granted = probes.granted.saturating_sub(1);
                return Poll::Ready(Ok(ProbeLease(Some(Arc::clone(self)))));
            }
            if probes.denied_until > now {
                return Poll::Ready(Err(probes.denied_until.since(now)));
            }
            // In an outage, or closed by another: the caller checks again.
            if inner.is_cut || !inner.is_shared_open {
                return Poll::Ready(Ok(ProbeLease::NONE));
            }
            if !has_asked {
                has_asked = true;
                inner.probes.wanted = inner.probes.wanted.saturating_add(1);
            }
            inner.watch(cx.waker());
            drop(inner);
            self.begin();
            self.work.notify_one();
            Poll::Pending
        })
        .await
    }

    /// The own circuit has changed.
    pub(crate) fn circuit_changed(self: &Arc<Self>, change: &Change) {
        if !self.shares(Part::Breaker) {
            return;
        }
        let now = Moment::now();
        let mut inner = self.inner();
        let version = Some(inner.version).filter(|_| inner.is_shared_open);
        match (change.from, change.to) {
            (BreakerState::HalfOpen, BreakerState::Closed) if version.is_some() => {
                inner.pending.closes = version;
            }
            (BreakerState::HalfOpen, BreakerState::Open) if version.is_some() => {
                inner.pending.reopens = version;
            }
            (_, BreakerState::Open) if change.cause != Some(CircuitCause::Replicas) => {
                inner.pending.is_for_all = change.cause.is_some_and(is_for_all);
            }
            _ => return,
        }
        inner.pending.urgent(now);
        drop(inner);
        self.begin();
        self.work.notify_one();
    }
}

/// Whether the cause is one of the key that all replicas use: no other one has to see it too.
const fn is_for_all(cause: CircuitCause) -> bool {
    matches!(cause, CircuitCause::Class(_))
}

impl super::Inner {
    pub(super) fn probe_answered(&mut self, granted: Granted, now: Moment) {
        self.probes.wanted = self.probes.wanted.saturating_sub(1);
        match granted {
            Granted::Yes => self.probes.granted = self.probes.granted.saturating_add(1),
            Granted::No { wait } => {
                self.probes.wanted = 0;
                self.probes.denied_until = now.after(wait);
            }
        }
    }
}
