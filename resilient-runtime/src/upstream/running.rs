//! An upstream in use: its settings as changed at run time, and the states of its keys.

use super::{Upstream, config::UpstreamConfig, keys::Keys, state::UpstreamState, stats::Totals};
#[cfg(feature = "config")]
use crate::policy::{Configured, ConfiguredPart};
use crate::{
    clock::Moment,
    scope::{self, Identity},
    sync::{Mutex, lock},
};
// Not those of the model checkers, which no `static` can hold.
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, OnceLock, PoisonError, Weak};

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
    /// The values of a configuration for its policy.
    #[cfg(feature = "config")]
    pub(super) policy: Configured<ConfiguredPart>,
    /// The store over which it is shared with other processes.
    #[cfg(feature = "sharing")]
    pub(super) sharing: Mutex<Option<super::replica::SharedOver>>,
    /// The tokens of all keys, also of those that have no state any more.
    pub(super) usage_of_keys: Totals,
}

impl RunningUpstream {
    pub(super) fn new(config: &UpstreamConfig) -> Self {
        Self {
            built: config.clone(),
            now: Mutex::new(config.clone()),
            changing: Mutex::new(()),
            shared: UpstreamState::with_limits(config, None),
            keys: OnceLock::new(),
            #[cfg(feature = "config")]
            policy: Configured::new(),
            #[cfg(feature = "sharing")]
            sharing: Mutex::new(None),
            usage_of_keys: Totals::new(),
        }
    }

    /// The state of a key.
    pub(super) fn shared_by(&self, key: &str) -> Arc<UpstreamState> {
        let keys = self
            .keys
            .get_or_init(|| Keys::new(self.built.keys, UpstreamState::matters));
        let whole = key;
        keys.get_or_insert(key, Moment::now(), |key| {
            let state = UpstreamState::with_limits(&lock(&self.now), Some(key));
            // The state without a key is isolated and released before those of the keys are
            // visited.
            if self.shared.circuit.is_isolated() {
                state.circuit.isolate();
            }
            #[cfg(feature = "sharing")]
            self.share_key(&state, whole);
            #[cfg(not(feature = "sharing"))]
            let _ = whole;
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

/// The upstreams that were used, as long as they exist.
#[derive(Debug, Default)]
pub(crate) struct RunningUpstreams {
    all: Vec<Weak<RunningUpstream>>,
    /// The most that there may be before those that are gone are removed.
    most: usize,
}

impl RunningUpstreams {
    fn add(&mut self, running: &Arc<RunningUpstream>) {
        if self.all.len() >= self.most {
            self.all.retain(|it| it.strong_count() > 0);
            self.most = self.all.len().saturating_mul(2).max(16);
        }
        self.all.push(Arc::downgrade(running));
    }

    fn list(&self) -> Vec<Arc<RunningUpstream>> {
        self.all.iter().filter_map(Weak::upgrade).collect()
    }
}

/// The list of the program, or of the isolated test around the code that runs now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpstreamList(&'static StdMutex<RunningUpstreams>);

impl UpstreamList {
    /// The upstreams that still exist, in the order of their first use.
    pub(crate) fn get(self) -> Vec<Arc<RunningUpstream>> {
        self.lock().list()
    }

    fn lock(self) -> MutexGuard<'static, RunningUpstreams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The upstreams that were used.
pub(crate) fn used() -> UpstreamList {
    const fn none() -> StdMutex<RunningUpstreams> {
        StdMutex::new(RunningUpstreams {
            all: Vec::new(),
            most: 0,
        })
    }
    static ALL: StdMutex<RunningUpstreams> = none();
    static IDENTITY: Identity = Identity::new();

    UpstreamList(scope::fresh(&IDENTITY, &ALL, none))
}

impl Upstream {
    /// The part of it that changes, from its first use on.
    #[inline(always)]
    pub(crate) fn running(&self) -> &Arc<RunningUpstream> {
        match self.running.get() {
            Some(running) => running,
            None => self.run(),
        }
    }

    #[cold]
    #[inline(never)]
    fn run(&self) -> &Arc<RunningUpstream> {
        let mut is_new = false;
        let running = self.running.get_or_init(|| {
            is_new = true;
            let running = Arc::new(RunningUpstream::new(&self.config));
            used().lock().add(&running);
            running
        });
        #[cfg(feature = "config")]
        if is_new {
            super::configured::first_use(running);
        }
        #[cfg(not(feature = "config"))]
        let _ = is_new;
        running
    }
}
