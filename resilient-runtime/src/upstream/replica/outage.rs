//! A store that cannot be reached: the limits of this replica while that lasts, and what it has
//! taken meanwhile.

use crate::{
    Upstream,
    clock::Moment,
    event::EventKind,
    sharing::{Health, Outage, Part, StoreError},
    sync::lock,
    upstream::{
        replica::{Inner, Owned, Replica, place::wake},
        state::UpstreamState,
    },
};
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
};

impl Inner {
    /// Whether the limits are those of an outage if there is one.
    fn follows(&self, health: &Health) -> bool {
        let is_lost = !health.is_up() || self.unserved_since.is_some();
        self.is_cut == is_lost
    }
}

impl Replica {
    /// An operation has failed.
    pub(super) fn lost(self: &Arc<Self>, owned: &Owned, error: &StoreError, now: Moment) {
        let is_first = self.sharing.health.failed(now);
        self.follow_health(&owned.upstream, owned.state(), now);
        // They look again, and those that are gone leave nothing behind.
        let watching = std::mem::take(&mut self.inner().watching);
        wake(watching);
        if is_first {
            let kind = EventKind::StoreLost {
                reason: error.reason().into(),
            };
            owned.state().origin(&owned.upstream).emit(kind);
        }
    }

    /// An operation has succeeded.
    pub(super) fn found(&self, owned: &Owned, now: Moment) {
        if let Some(lasted) = self.sharing.health.answered(now) {
            self.follow_health(&owned.upstream, owned.state(), now);
            let kind = EventKind::StoreRestored { lasted };
            owned.state().origin(&owned.upstream).emit(kind);
        }
    }

    /// Cuts the limits down if the store is lost, and restores them when it is back. Whoever looks
    /// first does it: the outage may have been found by another upstream.
    pub(super) fn follow_health(&self, upstream: &Upstream, state: &UpstreamState, now: Moment) {
        if self.inner().follows(&self.sharing.health) {
            return;
        }
        // One at a time, or the limits could be divided in another order than was decided.
        let dividing = lock(&self.dividing);
        let mut inner = self.inner();
        if inner.follows(&self.sharing.health) {
            return;
        }
        let is_lost = !inner.is_cut;
        inner.is_cut = is_lost;
        let replicas = inner.replicas.max(self.sharing.replicas);
        let is_divided = self.sharing.outage == Outage::Share && self.shares(Part::Limits);
        let parts = if is_lost && is_divided { replicas } else { 1 };
        if !is_lost && self.shares(Part::Limits) {
            // Sent without places, and not come back yet, they are a debt to the others.
            let (requests, tokens) = (state.requests.taken(now), state.tokens.taken(now));
            inner.pending.requests = inner.pending.requests.min(requests);
            inner.pending.tokens = inner.pending.tokens.min(tokens);
            inner.pending.urgent(now);
        }
        let mut wakers = if is_lost {
            inner.answered_at = None;
            let (wakers, unused) = inner.line.give_up();
            inner.pending.unused(unused, now);
            wakers
        } else {
            Vec::new()
        };
        wakers.append(&mut inner.watching);
        drop(inner);
        state.requests.divide(parts, now);
        state.tokens.divide(parts, now);
        if is_lost && self.shares(Part::Limits) {
            let concurrency = state.settings(upstream.config()).concurrency;
            if let Some(concurrency) = concurrency {
                let part = concurrency.limit.checked_div(parts).unwrap_or_default();
                state.concurrency.divide(part.max(1));
            }
        }
        drop(dividing);
        wake(wakers);
        self.work.notify_one();
    }

    /// The task ends. The store gives the permits to others when it has not heard of it for a time.
    pub(super) fn give_up_permits(&self, state: &UpstreamState) {
        if self.shares(Part::Limits) {
            state.concurrency.divide(0);
        }
    }
}

/// A panic of the store is a failure of it.
pub(super) async fn whole<T>(
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut operation = pin!(operation);
    poll_fn(|cx| {
        let poll = || operation.as_mut().poll(cx);
        catch_unwind(AssertUnwindSafe(poll))
            .unwrap_or_else(|_| Poll::Ready(Err(StoreError::new("the store panicked"))))
    })
    .await
}
