//! Stage upstream: what a call goes through.

use crate::{
    clock::Moment,
    event::Origin,
    upstream::{Upstream, permit::Permit, state::UpstreamState},
};
use std::sync::Arc;

/// What a call goes through: an upstream, by key and cost.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamHandle<'u> {
    pub(crate) upstream: &'u Upstream,
    pub(crate) shared: &'u UpstreamState,
    pub(crate) cost: u64,
}

/// The state of a key, which is kept while a call uses it.
#[derive(Debug)]
pub struct KeyHandle(Arc<UpstreamState>);

/// The state of this key of an upstream.
pub fn key_handle<K: AsRef<str> + ?Sized>(upstream: &Upstream, key: &K) -> KeyHandle {
    KeyHandle(upstream.shared_by(key.as_ref()))
}

impl<'u> UpstreamHandle<'u> {
    /// Through the state that all share who name no key.
    #[inline(always)]
    pub fn of(upstream: &'u Upstream) -> Self {
        Self {
            upstream,
            shared: upstream.shared(),
            cost: 0,
        }
    }

    /// Through the state of a key.
    #[inline(always)]
    pub fn by(upstream: &'u Upstream, key: &'u KeyHandle) -> Self {
        Self {
            upstream,
            shared: &key.0,
            cost: 0,
        }
    }

    /// The tokens that each attempt is estimated to use.
    pub const fn cost(mut self, cost: u64) -> Self {
        self.cost = cost;
        self
    }

    /// Upstream and key, for events.
    pub(crate) fn origin(&self) -> Origin<'u> {
        self.shared.origin(self.upstream)
    }

    #[inline]
    pub(crate) fn try_admit(&self, now: Moment) -> Option<Permit> {
        self.shared.try_admit(self.upstream, self.cost, now)
    }
}
