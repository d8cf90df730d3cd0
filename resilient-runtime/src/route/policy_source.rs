//! Where the policy of a call comes from.

use crate::{
    Policy,
    call_site::CallSite,
    policy::PolicyRef,
    upstream::{Upstream, policy_of},
};

/// The source of the policy of a call through an upstream. A call that succeeds needs little of its
/// policy, and takes it from there.
pub trait PolicySource: Copy {
    /// The policy.
    fn policy<'a>(&'a self, upstream: &'a Upstream, site: &'a CallSite) -> PolicyRef<'a>;
}

/// The upstream's policy.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamPolicy;

/// The upstream's policy, under the layer of the call site.
#[derive(Clone, Copy, Debug)]
pub struct LayeredPolicy;

impl PolicySource for UpstreamPolicy {
    #[inline]
    fn policy<'a>(&'a self, upstream: &'a Upstream, site: &'a CallSite) -> PolicyRef<'a> {
        site.policy(policy_of(upstream), None, Some(upstream.policy_ref()))
    }
}

impl PolicySource for LayeredPolicy {
    #[inline]
    fn policy<'a>(&'a self, upstream: &'a Upstream, site: &'a CallSite) -> PolicyRef<'a> {
        let (policy, layer) = (policy_of(upstream), site.layer.as_ref());
        site.policy(policy, layer, Some(upstream.policy_ref()))
    }
}

/// A policy of the call's own.
impl PolicySource for &Policy {
    #[inline]
    fn policy<'a>(&'a self, upstream: &'a Upstream, site: &'a CallSite) -> PolicyRef<'a> {
        site.policy(self, None, Some(upstream.policy_ref()))
    }
}

/// The policy of a call, apart from its route.
pub trait CallPolicy: Copy {
    /// The policy.
    fn get(&self) -> PolicyRef<'_>;
}

/// The policy of a call without an upstream.
#[derive(Clone, Copy, Debug)]
pub struct DirectCallPolicy<'q> {
    pub(super) policy: &'q Policy,
    pub(super) site: &'static CallSite,
}

impl CallPolicy for DirectCallPolicy<'_> {
    #[inline]
    fn get(&self) -> PolicyRef<'_> {
        self.site.policy(self.policy, None, None)
    }
}

/// The policy of a call through an upstream.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamCallPolicy<'u, P> {
    pub(super) source: P,
    pub(super) upstream: &'u Upstream,
    pub(super) site: &'static CallSite,
}

impl<P: PolicySource> CallPolicy for UpstreamCallPolicy<'_, P> {
    #[inline]
    fn get(&self) -> PolicyRef<'_> {
        self.source.policy(self.upstream, self.site)
    }
}
