//! The upstream of one call, with its key and cost.

use crate::{
    Rejection,
    clock::Moment,
    event::{CircuitCause, Origin},
    upstream::{Upstream, permit::Permit, state::UpstreamState},
};
use std::{sync::Arc, time::Duration};

/// A call's access to an upstream: its state, by key, and its cost.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamHandle<'u> {
    pub(crate) upstream: &'u Upstream,
    pub(crate) shared: &'u UpstreamState,
    pub(crate) cost: u64,
}

/// The state of a key, kept alive while a call uses it.
#[derive(Clone, Debug)]
pub struct KeyHandle(Arc<UpstreamState>);

/// The state of this key of an upstream.
pub fn key_handle<K: AsRef<str> + ?Sized>(upstream: &Upstream, key: &K) -> KeyHandle {
    KeyHandle(upstream.here().running().shared_by(key.as_ref()))
}

impl<'u> UpstreamHandle<'u> {
    /// With the state of calls without a key.
    #[inline(always)]
    pub fn of(upstream: &'u Upstream) -> Self {
        let upstream = upstream.here();
        Self {
            upstream,
            shared: upstream.shared(),
            cost: 0,
        }
    }

    /// With the state of a key.
    #[inline(always)]
    pub fn by(upstream: &'u Upstream, key: &'u KeyHandle) -> Self {
        Self {
            upstream: upstream.here(),
            shared: &key.0,
            cost: 0,
        }
    }

    /// That of a call whose upstream is known, also in another isolated test.
    #[inline(always)]
    pub(crate) fn held(upstream: &'u Upstream, key: Option<&'u KeyHandle>) -> Self {
        Self {
            upstream,
            shared: key.map_or_else(|| upstream.shared(), |key| &key.0),
            cost: 0,
        }
    }

    /// Sets the estimated tokens per attempt.
    pub const fn cost(mut self, cost: u64) -> Self {
        self.cost = cost;
        self
    }

    /// Upstream and key, for events.
    pub(crate) fn origin(&self) -> Origin<'u> {
        self.shared.origin(self.upstream)
    }

    /// The rejection while the circuit is open.
    #[cold]
    pub(crate) fn open(&self, wait: Duration) -> Rejection {
        let cause = self.shared.circuit.cause().map(CircuitCause::as_str);
        Rejection::circuit_open(self.upstream.config().name.clone(), wait, cause)
    }

    /// # Errors
    /// The rejection, if a cap is reached: no attempt waits for the end of its window.
    pub(crate) fn check_caps(&self) -> Result<(), Rejection> {
        match self.shared.cap_reached(self.upstream) {
            Some(reached) => Err(reached.rejection(self.upstream)),
            None => Ok(()),
        }
    }

    #[inline]
    pub(crate) fn try_admit(&self, now: Moment) -> Option<Permit> {
        if self.shared.spending.caps.is_counting() {
            return self
                .shared
                .try_admit_with_caps(self.upstream, self.cost, now);
        }
        self.shared.try_admit(self.upstream, self.cost, now)
    }
}
