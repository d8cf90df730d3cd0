//! The place of an attempt in the line of all replicas.

use crate::{
    Upstream,
    clock::Moment,
    sharing::{Outage, Part},
    upstream::{
        replica::{
            Replica,
            line::{Place, signed},
        },
        state::UpstreamState,
    },
};
use std::{sync::Arc, task::Waker, time::Duration};

/// The place of an attempt that is about to be sent. Dropped before that, it goes to another one.
pub(crate) struct HeldPlace {
    replica: Option<Arc<Replica>>,
    /// `None` in an outage: it needs a place when the store is back.
    place: Option<Place>,
}

impl HeldPlace {
    /// No place is needed.
    pub(crate) const NONE: Self = Self {
        replica: None,
        place: None,
    };

    pub(super) fn new(replica: &Arc<Replica>, place: Option<Place>) -> Self {
        Self {
            replica: Some(Arc::clone(replica)),
            place,
        }
    }

    /// Whether the outage is over, in which it needed no place.
    pub(crate) fn is_outdated(&self) -> bool {
        let replica = self.replica.as_ref().filter(|_| self.place.is_none());
        replica.is_some_and(|replica| !replica.inner().is_cut)
    }

    /// The attempt of this cost is sent.
    pub(crate) fn used(mut self, cost: u64) {
        let Some(replica) = self.replica.take() else {
            return;
        };
        let cost = signed(cost);
        if let Some(place) = self.place {
            let tokens = cost.saturating_sub(signed(place.cost));
            if tokens != 0 {
                replica.note(|pending, now| pending.used(0, tokens, now));
            }
        } else if replica.shares(Part::Limits) {
            // Told after the outage.
            let now = Moment::now();
            replica.inner().pending.used(1, cost, now);
        }
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        if let (Some(replica), Some(place)) = (self.replica.take(), self.place) {
            let wakers = replica.inner().line.put_back(place, Moment::now());
            wake(wakers);
            // It expires if nobody uses it.
            replica.work.notify_one();
        }
    }
}

pub(super) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

impl Replica {
    /// Whether attempts of this cost need places.
    pub(super) fn needs_place(&self, state: &UpstreamState, cost: u64) -> bool {
        self.shares(Part::Limits)
            && (state.requests.is_limited() || (cost > 0 && state.tokens.is_limited()))
    }

    /// A place for an attempt that does not wait for one.
    ///
    /// # Errors
    /// There is none now.
    pub(super) fn try_place(
        self: &Arc<Self>,
        state: &UpstreamState,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Result<HeldPlace, ()> {
        self.inner().line.arrived(cost, now);
        self.place_at_once(state, upstream, cost, now)
    }

    /// As [`try_place`](Self::try_place), for an attempt that has come before.
    ///
    /// # Errors
    /// There is none now.
    pub(super) fn place_at_once(
        self: &Arc<Self>,
        state: &UpstreamState,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Result<HeldPlace, ()> {
        self.follow_health(upstream, state, now);
        self.comes(upstream, state, now);
        let mut inner = self.inner();
        if inner.is_cut {
            return match self.sharing.outage {
                Outage::Wait => Err(()),
                Outage::Share | Outage::Whole => Ok(HeldPlace::new(self, None)),
            };
        }
        if inner.answered_at.is_none() {
            return Err(());
        }
        if !self.needs_place(state, cost) {
            return Ok(HeldPlace::NONE);
        }
        let place = inner.line.take(now).ok_or(())?;
        drop(inner);
        self.work.notify_one();
        Ok(HeldPlace::new(self, Some(place)))
    }

    /// The time until an attempt that comes now would have its place, as far as is known.
    pub(crate) fn wait_of_next(&self, now: Moment) -> Option<Duration> {
        let inner = self.inner();
        let wait = inner.line.earliest(now).since(now);
        (!inner.is_cut && !wait.is_zero()).then_some(wait)
    }
}
