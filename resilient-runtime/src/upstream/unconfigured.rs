//! The limits of the code, without a configuration.

use super::{Upstream, running::RunningUpstream, state::UpstreamState};
use crate::{UpstreamConfig, policy::UpstreamPolicyRef, sync::lock};
use std::marker::PhantomData;

impl Upstream {
    /// Its policy: nothing changes it.
    #[inline(always)]
    #[expect(clippy::unused_self, reason = "with a configuration, it has values")]
    pub(crate) const fn policy_ref(&self) -> UpstreamPolicyRef<'_> {
        UpstreamPolicyRef(PhantomData)
    }
}

impl UpstreamState {
    /// The settings in effect.
    #[inline(always)]
    #[expect(clippy::unused_self, reason = "with a configuration, it has them")]
    pub(crate) const fn settings<'u>(&self, built: &'u UpstreamConfig) -> &'u UpstreamConfig {
        built
    }

    /// The state with these limits.
    pub(super) fn with_limits(config: &UpstreamConfig, key: Option<&str>) -> Self {
        Self::new(config, key)
    }
}

impl RunningUpstream {
    /// Changes the states to new limits.
    pub(super) fn change_each(&self, change: impl Fn(&UpstreamState)) {
        self.for_each(change);
    }

    /// The settings as they are in effect.
    pub(crate) fn settings_now(&self) -> UpstreamConfig {
        lock(&self.now).clone()
    }
}
