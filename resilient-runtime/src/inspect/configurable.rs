//! The functions and upstreams that follow a configuration.

use super::registry::functions;
use crate::{
    ConfigError, Policy,
    call_site::CallSite,
    policy::{Overlay, PolicyRef},
    upstream::{RunningUpstream, Upstream},
};
use std::sync::{Arc, OnceLock};

/// A function that has been called, with its upstream.
pub(crate) struct Configurable {
    pub(crate) site: &'static CallSite,
    pub(crate) upstream: Option<Arc<RunningUpstream>>,
    /// The policy of its first call, without the arguments that are in the layer.
    policy: Policy,
}

/// Hears of the first call of each function.
static ON_FIRST_CALL: OnceLock<fn(&Configurable)> = OnceLock::new();

/// Says who hears of the first call of each function, from now on.
pub(crate) fn on_first_call(follow: fn(&Configurable)) {
    let _ = ON_FIRST_CALL.set(follow);
}

/// Whether there is a configuration.
#[inline]
pub(crate) fn is_configured() -> bool {
    ON_FIRST_CALL.get().is_some()
}

/// All functions that have been called.
pub(crate) fn configurables() -> Vec<Configurable> {
    let functions = functions();
    let all = functions.values().flatten();
    all.map(|function| Configurable {
        site: function.site,
        upstream: function.upstream.clone(),
        policy: function.below,
    })
    .collect()
}

pub(super) fn first_call(
    site: &'static CallSite,
    policy: PolicyRef<'_>,
    upstream: Option<&Upstream>,
) {
    if let Some(follow) = ON_FIRST_CALL.get() {
        follow(&Configurable {
            site,
            upstream: upstream.map(|upstream| Arc::clone(upstream.running())),
            policy: *policy.base(),
        });
    }
}

impl Configurable {
    /// Checks the policy that the function has with these values.
    pub(crate) fn check(&self, overlay: &Overlay) -> Result<(), ConfigError> {
        let upstream = self.upstream.as_deref().map(RunningUpstream::policy_ref);
        let layer = self.site.layer.as_ref();
        let policy = self.site.policy(&self.policy, layer, upstream);
        let values = upstream.and_then(|it| it.values.get());
        let values = values.as_ref().and_then(|guard| guard.as_deref());
        policy.under(policy.parts_of(overlay, values)).validate()
    }
}
