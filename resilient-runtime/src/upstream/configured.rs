//! The limits of a configuration, in the place of those of the code.

use super::{running::RunningUpstream, state::UpstreamState};
use crate::{
    ConfigError, UpstreamConfig,
    scope::{self, Identity},
    sync::lock,
};
use arc_swap::{ArcSwapOption, Guard};
use std::{
    ops::Deref,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// The limits that a configuration has for upstreams and their keys.
pub(crate) trait Limits: Send + Sync {
    /// The names of the configuration that are none of these functions and upstreams.
    fn unmatched(&self, functions: &[&str], upstreams: &[&str]) -> Vec<String>;
    /// Changes the settings; false if there is nothing for this upstream and key.
    fn change(&self, config: &mut UpstreamConfig, key: Option<&str>) -> bool;

    /// Whether the value of a setting comes from an environment variable; `None` if it is not set.
    fn origin(&self, upstream: &str, setting: &str) -> Option<bool>;
}

struct Published(RwLock<Option<Arc<dyn Limits>>>);

impl Published {
    const fn new() -> Self {
        Self(RwLock::new(None))
    }

    /// Those of the program, or of the isolated test around the code that runs now.
    fn here() -> &'static Self {
        static LIMITS: Published = Published::new();
        static IDENTITY: Identity = Identity::new();
        scope::fresh(&IDENTITY, &LIMITS, Self::new)
    }
}

/// New upstreams and keys start with these limits from now on.
pub(crate) fn publish_limits(limits: Arc<dyn Limits>) {
    let mut published = Published::here()
        .0
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    *published = Some(limits);
}

fn published() -> Option<Arc<dyn Limits>> {
    let published = Published::here().0.read();
    published.unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether the configured value of a setting comes from an environment variable, if there is one.
pub(crate) fn configured_origin(upstream: &str, setting: &str) -> Option<bool> {
    published()?.origin(upstream, setting)
}

/// The names of the configuration that are none of these functions and upstreams.
pub(crate) fn unmatched_names(functions: &[&str], upstreams: &[&str]) -> Vec<String> {
    published().map_or_else(Vec::new, |it| it.unmatched(functions, upstreams))
}

/// The settings with those of the configuration; none without any.
fn configured(config: &UpstreamConfig, key: Option<&str>) -> Option<UpstreamConfig> {
    let limits = published()?;
    let mut changed = config.clone();
    limits.change(&mut changed, key).then_some(changed)
}

/// The settings of the configuration for an upstream or a key, which are replaced while calls run.
pub(crate) struct ConfiguredLimits {
    is_set: AtomicBool,
    config: ArcSwapOption<UpstreamConfig>,
}

impl ConfiguredLimits {
    pub(super) fn new(config: Option<UpstreamConfig>) -> Self {
        Self {
            is_set: AtomicBool::new(config.is_some()),
            config: ArcSwapOption::from_pointee(config),
        }
    }

    fn set(&self, config: Option<UpstreamConfig>) {
        let is_set = config.is_some();
        self.config.store(config.map(Arc::new));
        self.is_set.store(is_set, Ordering::Release);
    }

    pub(super) fn get(&self) -> Option<UpstreamConfig> {
        self.config.load().as_deref().cloned()
    }

    #[inline]
    fn load(&self) -> Option<Guard<Option<Arc<UpstreamConfig>>>> {
        self.is_set
            .load(Ordering::Acquire)
            .then(|| self.config.load())
    }
}

/// The settings in effect that an upstream or a key asks for at each attempt.
pub(crate) struct CurrentSettings<'u> {
    built: &'u UpstreamConfig,
    configured: Option<Guard<Option<Arc<UpstreamConfig>>>>,
}

impl Deref for CurrentSettings<'_> {
    type Target = UpstreamConfig;

    #[inline]
    fn deref(&self) -> &UpstreamConfig {
        let configured = self.configured.as_ref();
        configured
            .and_then(|guard| guard.as_deref())
            .unwrap_or(self.built)
    }
}

impl UpstreamState {
    /// The settings in effect.
    #[inline]
    pub(crate) fn settings<'u>(&self, built: &'u UpstreamConfig) -> CurrentSettings<'u> {
        CurrentSettings {
            built,
            configured: self.configured.load(),
        }
    }

    /// The state with the limits of the code and of the configuration.
    pub(super) fn with_limits(config: &UpstreamConfig, key: Option<&str>) -> Self {
        let configured = configured(config, key).filter(|it| it.validate().is_ok());
        let mut state = Self::new(configured.as_ref().unwrap_or(config), key);
        state.configured = ConfiguredLimits::new(configured);
        state
    }

    /// Follows the configuration. `now` are the settings of the code.
    fn follow(&self, now: &UpstreamConfig) -> Result<(), ConfigError> {
        let before = self.configured.get();
        let mut after = configured(now, self.key.as_deref());
        if before.is_none() && after.is_none() {
            return Ok(());
        }
        let mut result = after.as_ref().map_or(Ok(()), UpstreamConfig::validate);
        if result.is_err() {
            after = None;
        }
        if let Some(after) = &mut after {
            if after.concurrency.is_some() && !self.concurrency.is_limited() {
                after.concurrency = None;
                result = Err(UNCOUNTED);
            }
        }
        let was = before.as_ref().unwrap_or(now);
        let is = after.as_ref().unwrap_or(now).clone();
        if was.requests != is.requests {
            self.requests.set(is.requests);
        }
        if was.tokens != is.tokens {
            self.tokens.set(is.tokens);
        }
        if was.concurrency != is.concurrency {
            let limit = is.concurrency.map_or(u32::MAX, |it| it.limit);
            let queue = is.concurrency.map_or(u32::MAX, |it| it.queue);
            self.concurrency.set_queue(queue);
            self.concurrency.set(limit);
        }
        self.configured.set(after);
        if was.breaker.is_some() && is.breaker.is_none() && !self.circuit.is_isolated() {
            // Without a breaker, nothing would close it.
            let _ = self.circuit.release();
        }
        // Waiting calls look again: at a shorter break, or at no breaker at all.
        self.gate.notify_changed();
        result
    }
}

pub(super) const UNCOUNTED: ConfigError = ConfigError::new(
    "concurrency",
    "concurrency: this upstream was made without a limit, so its attempts are not counted",
);

impl RunningUpstream {
    /// Follows the configuration, and so do all its keys.
    ///
    /// # Errors
    /// Why some values cannot take effect.
    pub(crate) fn follow_configuration(&self) -> Result<(), ConfigError> {
        let _changing = lock(&self.changing);
        let now = lock(&self.now).clone();
        let result = std::sync::Mutex::new(Ok(()));
        self.for_each(|state| {
            if let Err(mistake) = state.follow(&now) {
                *result.lock().unwrap_or_else(PoisonError::into_inner) = Err(mistake);
            }
        });
        result.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of the state without a key as they are in effect.
    pub(crate) fn settings_now(&self) -> UpstreamConfig {
        let configured = self.shared.configured.get();
        configured.unwrap_or_else(|| lock(&self.now).clone())
    }

    /// Changes the states to new limits of the code, unless the configuration has others.
    pub(super) fn change_each(&self, change: impl Fn(&UpstreamState)) {
        let now = lock(&self.now).clone();
        self.for_each(|state| {
            if state.configured.get().is_none() {
                change(state);
            } else {
                // Values that cannot take effect have been reported.
                let _ = state.follow(&now);
            }
        });
    }
}
