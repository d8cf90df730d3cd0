//! The upstream of a call.

use crate::{
    Policy, Upstream,
    call::without_attribute::ByKey,
    call_site::CallSite,
    route::{NoUpstream, Start},
    upstream::UpstreamHandle,
};

/// The upstream of a call, with the key and the cost that are set.
#[derive(Debug)]
pub struct Through<'u, K = (), N = NoCost> {
    pub(super) upstream: &'u Upstream,
    pub(super) key: K,
    pub(super) cost: N,
}

/// A cost that is not set.
#[derive(Clone, Copy, Debug)]
pub struct NoCost;

impl From<NoCost> for u64 {
    fn from(NoCost: NoCost) -> Self {
        0
    }
}

impl<'q> Start<&'q Policy> for &NoUpstream {
    type Route = <NoUpstream as Start<&'q Policy>>::Route;

    #[inline(always)]
    fn start(self, site: &'static CallSite, policy: &'q Policy) -> Self::Route {
        NoUpstream::NEW.start(site, policy)
    }
}

impl<'q, 'a, K: ByKey, N: Copy + Into<u64>> Start<&'q Policy> for &'a Through<'_, K, N> {
    type Route = <UpstreamHandle<'a> as Start<&'q Policy>>::Route;

    #[inline(always)]
    fn start(self, site: &'static CallSite, policy: &'q Policy) -> Self::Route {
        let handle = self.key.handle(self.upstream);
        handle.cost(self.cost.into()).start(site, policy)
    }
}

impl<'u> Through<'u> {
    pub(super) const fn to(upstream: &'u Upstream) -> Self {
        Self {
            upstream,
            key: (),
            cost: NoCost,
        }
    }
}
