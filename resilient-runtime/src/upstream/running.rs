//! An upstream in use: its settings as changed at run time, and the states of its keys.

use super::{Upstream, config::UpstreamConfig, keys::Keys, state::UpstreamState};
use crate::{
    clock::Moment,
    sync::{Mutex, lock},
};
use std::sync::{Arc, OnceLock};

/// Everything about an upstream that changes, apart from the upstream itself: what looks at all
/// upstreams of the program holds this.
#[derive(Debug)]
pub(crate) struct RunningUpstream {
    /// The settings as it was built.
    pub(crate) built: UpstreamConfig,
    /// The settings as changed at run time; new keys start with them.
    pub(crate) now: Mutex<UpstreamConfig>,
    /// Held by a change at run time to its end.
    pub(super) changing: Mutex<()>,
    /// The state of calls without a key.
    pub(crate) shared: UpstreamState,
    pub(super) keys: OnceLock<Keys<UpstreamState>>,
}

impl RunningUpstream {
    pub(super) fn new(config: &UpstreamConfig) -> Self {
        Self {
            built: config.clone(),
            now: Mutex::new(config.clone()),
            changing: Mutex::new(()),
            shared: UpstreamState::with_limits(config, None),
            keys: OnceLock::new(),
        }
    }

    /// The state of a key.
    pub(super) fn shared_by(&self, key: &str) -> Arc<UpstreamState> {
        let keys = self
            .keys
            .get_or_init(|| Keys::new(self.built.keys, UpstreamState::matters));
        keys.get_or_insert(key, Moment::now(), |key| {
            let state = UpstreamState::with_limits(&lock(&self.now), Some(key));
            // The state without a key is isolated and released before those of the keys are
            // visited.
            if self.shared.circuit.is_isolated() {
                state.circuit.isolate();
            }
            state
        })
    }

    /// The states of the keys, if there are any.
    pub(super) fn keys(&self) -> Option<&Keys<UpstreamState>> {
        self.keys.get()
    }

    pub(super) fn for_each(&self, change: impl Fn(&UpstreamState)) {
        change(&self.shared);
        if let Some(keys) = self.keys.get() {
            keys.for_each(|_, shared| change(shared));
        }
    }
}

impl Upstream {
    /// The part of it that changes, from its first use on.
    #[inline]
    pub(crate) fn running(&self) -> &Arc<RunningUpstream> {
        self.running.get_or_init(|| self.run())
    }

    #[cold]
    fn run(&self) -> Arc<RunningUpstream> {
        Arc::new(RunningUpstream::new(&self.config))
    }
}
