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
use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::Arc,
    task::{Poll, Waker},
    time::Duration,
};

/// An attempt that asks for a probe.
#[derive(Clone, Copy)]
enum Ask {
    Open,
    Granted,
    /// It may ask again then.
    Denied(Moment),
}

/// The circuit of all replicas, as far as this one knows it, and its own probes.
#[derive(Default)]
pub(super) struct SharedCircuit {
    /// The version.
    pub(super) version: u64,
    pub(super) is_open: bool,
    /// Attempts that have asked and not seen the answer, by their numbers.
    asks: BTreeMap<u64, Ask>,
    last_ask: u64,
    /// Probes that attempts have taken and not sent yet.
    taken: u32,
    /// Those that were granted, until a report says that they have ended.
    leased: u32,
    /// When to ask again.
    denied_until: Moment,
}

impl SharedCircuit {
    /// Whether an attempt asks for a probe now.
    pub(super) fn asks(&self, now: Moment) -> bool {
        let is_open = |ask: &Ask| matches!(ask, Ask::Open);
        self.denied_until <= now && self.asks.values().any(is_open)
    }

    /// Follows the store. Returns whether the circuit of all has opened or closed.
    pub(super) fn follow(&mut self, view: CircuitView) -> bool {
        let is_open = view.break_left.is_some();
        if view.version == self.version && is_open == self.is_open {
            return false;
        }
        let was_open = self.is_open;
        let mut asks = std::mem::take(&mut self.asks);
        for ask in asks.values_mut() {
            *ask = Ask::Open;
        }
        *self = Self {
            version: view.version,
            is_open,
            asks,
            last_ask: self.last_ask,
            ..Self::default()
        };
        // A circuit that was not open for all is the own one's matter.
        is_open || was_open
    }

    /// The probes that have ended since the last report, if so many are in flight: others may be
    /// sent in their place.
    pub(super) fn ended(&mut self, in_flight: u32) -> u32 {
        let granted = self.asks.values().filter(|ask| matches!(ask, Ask::Granted));
        let granted = u32::try_from(granted.count()).unwrap_or(u32::MAX);
        let held = granted.saturating_add(self.taken);
        let left = held.saturating_add(in_flight).min(self.leased);
        let ended = self.leased.saturating_sub(left);
        self.leased = left;
        ended
    }

    /// Returns whether a probe was granted that no attempt waits for any more. The next report
    /// tells that it has ended.
    pub(super) fn answered(&mut self, granted: Granted, now: Moment) -> bool {
        let mut open = self
            .asks
            .values_mut()
            .filter(|ask| matches!(ask, Ask::Open));
        match granted {
            Granted::Yes => {
                self.leased = self.leased.saturating_add(1);
                let first = open.next();
                let is_unused = first.is_none();
                if let Some(ask) = first {
                    *ask = Ask::Granted;
                }
                is_unused
            }
            Granted::No { wait } => {
                self.denied_until = now.after(wait);
                for ask in open {
                    *ask = Ask::Denied(self.denied_until);
                }
                false
            }
        }
    }

    /// The answer to this ask, if there is one.
    fn take_answer(&mut self, number: u64) -> Option<Ask> {
        let ask = *self.asks.get(&number)?;
        if !matches!(ask, Ask::Open) {
            self.asks.remove(&number);
        }
        Some(ask)
    }

    fn ask(&mut self) -> u64 {
        self.last_ask = self.last_ask.wrapping_add(1);
        self.asks.insert(self.last_ask, Ask::Open);
        self.last_ask
    }

    /// A probe of this version was sent, or is not.
    fn untake(&mut self, version: u64) {
        if version == self.version {
            self.taken = self.taken.saturating_sub(1);
        }
    }
}

/// The right to send a probe, of this version of the circuit. Dropped before it is used, it goes
/// back.
pub(crate) struct ProbeLease(Option<(Arc<Replica>, u64)>);

impl ProbeLease {
    /// No right is needed.
    pub(crate) const NONE: Self = Self(None);

    /// The probe is sent.
    pub(crate) fn used(mut self) {
        if let Some((replica, version)) = self.0.take() {
            replica.inner().circuit.untake(version);
        }
    }
}

impl Drop for ProbeLease {
    fn drop(&mut self) {
        if let Some((replica, version)) = self.0.take() {
            replica.inner().circuit.untake(version);
            // The next report tells that it has ended.
            replica.note(Pending::urgent);
        }
    }
}

/// An attempt that asks for a probe. Dropped before its answer, it leaves nothing behind.
struct Asking<'r> {
    replica: &'r Arc<Replica>,
    number: Option<u64>,
}

impl Asking<'_> {
    /// The lease, or the time until it may ask again; `None` while there is no answer.
    fn poll(&mut self, waker: &Waker) -> Option<Result<ProbeLease, Duration>> {
        let now = Moment::now();
        let mut inner = self.replica.inner();
        let is_needed = !inner.is_cut && inner.circuit.is_open;
        let circuit = &mut inner.circuit;
        let asked = self.number.and_then(|it| circuit.take_answer(it));
        match asked {
            Some(Ask::Granted) => {
                self.number = None;
                circuit.taken = circuit.taken.saturating_add(1);
                let lease = (Arc::clone(self.replica), circuit.version);
                return Some(Ok(ProbeLease(Some(lease))));
            }
            // In an outage, or closed by another: the caller checks again.
            _ if !is_needed => return Some(Ok(ProbeLease::NONE)),
            Some(Ask::Denied(until)) => {
                self.number = None;
                return Some(Err(until.since(now)));
            }
            Some(Ask::Open) => {}
            None if circuit.denied_until > now => {
                return Some(Err(circuit.denied_until.since(now)));
            }
            None => self.number = Some(circuit.ask()),
        }
        inner.watch(waker, now);
        None
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else {
            return;
        };
        let asked = self.replica.inner().circuit.asks.remove(&number);
        if matches!(asked, Some(Ask::Granted)) {
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
            number: None,
        };
        poll_fn(|cx| match asking.poll(cx.waker()) {
            Some(answer) => Poll::Ready(answer),
            None => {
                self.begin();
                self.work.notify_one();
                Poll::Pending
            }
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
