//! What a stream holds of its upstream.

use crate::{
    call::Call,
    route::{FailoverRoute, PolicySource},
    scope::StandIn,
    upstream::{KeyHandle, Upstream, UpstreamHandle},
};
use std::{fmt, ops::Deref};

/// The upstream of a stream, for as long as the stream lasts.
pub trait StreamUpstream {
    /// The upstream, if the call went through one.
    fn handle(&self) -> Option<UpstreamHandle<'_>>;
}

/// A call without an upstream.
#[derive(Clone, Copy, Debug)]
pub struct NoHeldUpstream;

impl StreamUpstream for NoHeldUpstream {
    #[inline]
    fn handle(&self) -> Option<UpstreamHandle<'_>> {
        None
    }
}

/// The upstream that a call went through, and its key.
#[derive(Debug)]
pub struct HeldUpstream<D> {
    upstream: D,
    /// The stream may leave the test in which it was opened.
    stand_in: StandIn<Upstream>,
    key: Option<KeyHandle>,
}

impl<D: Deref<Target = Upstream>> HeldUpstream<D> {
    /// The upstream of a call.
    pub fn new(upstream: D, key: Option<KeyHandle>) -> Self {
        Self {
            stand_in: upstream.stand_in(),
            upstream,
            key,
        }
    }
}

impl HeldUpstream<&'static Upstream> {
    /// That of the target that serves a call.
    pub fn of_target<R, C, O, W, P: PolicySource>(
        call: &Call<R, C, O, W, FailoverRoute<P>>,
    ) -> Self {
        let (upstream, key) = call.held_target();
        Self::new(upstream, Some(key))
    }
}

impl<D: Deref<Target = Upstream>> StreamUpstream for HeldUpstream<D> {
    fn handle(&self) -> Option<UpstreamHandle<'_>> {
        let upstream = self.stand_in.or(&self.upstream);
        Some(UpstreamHandle::held(upstream, self.key.as_ref()))
    }
}

/// The upstream of a stream whose type is written out.
pub type AnyUpstream = Box<dyn StreamUpstream + Send + Sync>;

impl StreamUpstream for AnyUpstream {
    fn handle(&self) -> Option<UpstreamHandle<'_>> {
        (**self).handle()
    }
}

impl fmt::Debug for dyn StreamUpstream + Send + Sync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamUpstream").finish_non_exhaustive()
    }
}
