//! The right to send a probe of a circuit that replicas share.

use crate::{
    clock::Moment,
    event::{BreakerState, CircuitCause},
    sharing::{CircuitView, Granted, Part},
    upstream::{
        breaker::Change,
        replica::{Replica, pending::Pending},
        state::UpstreamState,
    },
};
use std::{future::poll_fn, sync::Arc, task::Poll, time::Duration};

/// The circuit of all replicas, as far as this one knows it, and its own probes.
#[derive(Default)]
pub(super) struct SharedCircuit {
    /// The version.
    pub(super) version: u64,
    pub(super) is_open: bool,
    /// Attempts that ask for one.
    wanted: u32,
    /// Those that were granted, and that no attempt has taken yet.
    granted: u32,
    /// Those that attempts have taken and not sent yet.
    taken: u32,
    /// All of them, until a report says that they have ended.
    leased: u32,
    /// When to ask again.
    denied_until: Moment,
}

impl SharedCircuit {
    /// Whether an attempt asks for a probe now.
    pub(super) fn asks(&self, now: Moment) -> bool {
        self.wanted > 0 && self.denied_until <= now
    }

    /// Follows the store. Returns whether the circuit of all has opened or closed.
    pub(super) fn follow(&mut self, view: CircuitView) -> bool {
        let is_open = view.break_left.is_some();
        if view.version == self.version && is_open == self.is_open {
            return false;
        }
        let was_open = self.is_open;
        *self = Self {
            version: view.version,
            is_open,
            wanted: self.wanted,
            ..Self::default()
        };
        // A circuit that was not open for all is the own one's matter.
        is_open || was_open
    }

    /// The probes that have ended since the last report, if so many are in flight: others may be
    /// sent in their place.
    pub(super) fn ended(&mut self, in_flight: u32) -> u32 {
        let held = self.granted.saturating_add(self.taken);
        let left = held.saturating_add(in_flight).min(self.leased);
        let ended = self.leased.saturating_sub(left);
        self.leased = left;
        ended
    }

    /// Returns whether a probe was granted that no attempt waits for any more. The next report
    /// tells that it has ended.
    pub(super) fn answered(&mut self, granted: Granted, now: Moment) -> bool {
        match granted {
            Granted::Yes => {
                self.leased = self.leased.saturating_add(1);
                let is_unused = self.wanted == 0;
                if !is_unused {
                    self.wanted = self.wanted.saturating_sub(1);
                    self.granted = self.granted.saturating_add(1);
                }
                is_unused
            }
            Granted::No { wait } => {
                self.wanted = 0;
                self.denied_until = now.after(wait);
                false
            }
        }
    }

    /// An attempt that has asked is gone. Returns whether a probe was granted in the meantime.
    const fn gone(&mut self) -> bool {
        if self.wanted > 0 {
            self.wanted = self.wanted.saturating_sub(1);
            return false;
        }
        let is_granted = self.granted > 0;
        self.granted = self.granted.saturating_sub(1);
        is_granted
    }
}

/// The right to send a probe. Dropped before it is used, it goes back.
pub(crate) struct ProbeLease(Option<Arc<Replica>>);

impl ProbeLease {
    /// No right is needed.
    pub(crate) const NONE: Self = Self(None);

    /// The probe is sent.
    pub(crate) fn used(mut self) {
        if let Some(replica) = self.0.take() {
            let mut inner = replica.inner();
            inner.circuit.taken = inner.circuit.taken.saturating_sub(1);
        }
    }
}

impl Drop for ProbeLease {
    fn drop(&mut self) {
        if let Some(replica) = self.0.take() {
            let mut inner = replica.inner();
            inner.circuit.taken = inner.circuit.taken.saturating_sub(1);
            drop(inner);
            // The next report tells that it has ended.
            replica.note(Pending::urgent);
        }
    }
}

/// An attempt that asks for a probe. Dropped before its answer, it leaves nothing behind.
struct Asking<'r> {
    replica: &'r Arc<Replica>,
    has_asked: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.has_asked && self.replica.inner().circuit.gone() {
            self.replica.note(Pending::urgent);
        }
    }
}

impl Replica {
    /// Whether a probe of this circuit needs the right of the other replicas.
    pub(crate) fn needs_probe(&self, state: &UpstreamState, now: Moment) -> bool {
        self.shares(Part::Breaker) && state.circuit.is_half_open(now) && {
            let inner = self.inner();
            !inner.is_cut && inner.circuit.is_open
        }
    }

    /// Asks for a probe.
    ///
    /// # Errors
    /// The time until it may ask again.
    pub(crate) async fn probe(self: &Arc<Self>) -> Result<ProbeLease, Duration> {
        let mut asking = Asking {
            replica: self,
            has_asked: false,
        };
        let lease = poll_fn(|cx| {
            let now = Moment::now();
            let mut inner = self.inner();
            let probes = &mut inner.circuit;
            if probes.granted > 0 {
                probes.granted = probes.granted.saturating_sub(1);
                probes.taken = probes.taken.saturating_add(1);
                return Poll::Ready(Ok(ProbeLease(Some(Arc::clone(self)))));
            }
            if probes.denied_until > now {
                return Poll::Ready(Err(probes.denied_until.since(now)));
            }
            // In an outage, or closed by another: the caller checks again.
            if inner.is_cut || !inner.circuit.is_open {
                return Poll::Ready(Ok(ProbeLease::NONE));
            }
            if !asking.has_asked {
                asking.has_asked = true;
                inner.circuit.wanted = inner.circuit.wanted.saturating_add(1);
            }
            inner.watch(cx.waker(), now);
            drop(inner);
            self.begin();
            self.work.notify_one();
            Poll::Pending
        })
        .await;
        asking.has_asked = false;
        lease
    }

    /// The own circuit has changed.
    pub(crate) fn circuit_changed(self: &Arc<Self>, change: &Change) {
        if !self.shares(Part::Breaker) {
            return;
        }
        let now = Moment::now();
        let mut inner = self.inner();
        let version = Some(inner.circuit.version).filter(|_| inner.circuit.is_open);
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
