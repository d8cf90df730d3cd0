//! The limits of the code, without a configuration.

use super::{running::RunningUpstream, state::UpstreamState};
use crate::{UpstreamConfig, sync::lock};

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
