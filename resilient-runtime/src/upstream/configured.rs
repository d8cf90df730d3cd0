//! The limits of a configuration, in the place of those of the code.

use super::{Upstream, control::UNCOUNTED, running::RunningUpstream, state::UpstreamState};
use crate::{
    ConfigError, UpstreamConfig,
    policy::{Configured, ConfiguredPart, UpstreamPolicyRef},
    scope::{self, Identity},
    sync::lock,
};
use arc_swap::Guard;
use std::{
    ops::Deref,
    sync::{Arc, PoisonError, RwLock},
};

/// The limits that a configuration has for upstreams and their keys.
pub(crate) trait Limits: Send + Sync {
    /// The names of the configuration that are none of these functions and upstreams.
    fn unmatched(&self, functions: &[&str], upstreams: &[&str]) -> Vec<String>;
    /// The values for the policy of an upstream.
    fn policy_of(&self, upstream: &str) -> ConfiguredPart;

    /// An upstream is used for the first time.
    fn follow(&self, upstream: &RunningUpstream);

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
pub(crate) type ConfiguredLimits = Configured<UpstreamConfig>;

impl Upstream {
    /// Its policy, with the place of the values that a configuration has for it.
    #[inline]
    pub(crate) fn policy_ref(&self) -> UpstreamPolicyRef<'_> {
        UpstreamPolicyRef {
            policy: &self.config.policy,
            values: &self.running().policy,
        }
    }
}

/// An upstream is used for the first time.
#[cold]
pub(super) fn first_use(upstream: &RunningUpstream) {
    if let Some(limits) = published() {
        limits.follow(upstream);
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

/// The settings, as far as they are valid: with a contradiction in the policy, the limits.
fn valid(
    mut config: UpstreamConfig,
    code: &UpstreamConfig,
) -> (Option<UpstreamConfig>, Result<(), ConfigError>) {
    let result = config.validate();
    if result.is_err() {
        config.policy = code.policy;
    }
    let is_valid = config.validate().is_ok();
    (is_valid.then_some(config), result)
}

impl UpstreamState {
    /// The settings in effect.
    #[inline]
    pub(crate) fn settings<'u>(&self, built: &'u UpstreamConfig) -> CurrentSettings<'u> {
        CurrentSettings {
            built,
            configured: self.configured.get(),
        }
    }

    /// The state with the limits of the code and of the configuration.
    pub(super) fn with_limits(config: &UpstreamConfig, key: Option<&str>) -> Self {
        let configured = configured(config, key).and_then(|it| valid(it, config).0);
        let state = Self::new(configured.as_ref().unwrap_or(config), key);
        state.configured.set(configured);
        state
    }

    /// Follows the configuration. `now` are the settings of the code.
    fn follow(&self, now: &UpstreamConfig) -> Result<(), ConfigError> {
        let before = self.configured.get();
        let before = before.as_ref().and_then(|guard| guard.as_deref());
        let after = configured(now, self.key.as_deref());
        if before.is_none() && after.is_none() {
            return Ok(());
        }
        let (mut after, mut result) = after.map_or((None, Ok(())), |it| valid(it, now));
        if let Some(after) = &mut after {
            if after.concurrency.is_some() && !self.concurrency.is_limited() {
                after.concurrency = None;
                result = Err(UNCOUNTED);
            }
        }
        let was = before.unwrap_or(now).clone();
        let is = after.as_ref().unwrap_or(now).clone();
        if was.requests != is.requests {
            self.requests.set(is.requests);
        }
        if was.tokens != is.tokens {
            self.tokens.set(is.tokens);
        }
        if (was.caps, was.key_caps, was.price) != (is.caps, is.key_caps, is.price) {
            self.set_caps(&is);
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

impl RunningUpstream {
    /// The policy as it was built, with the place of the values that a configuration has for it.
    pub(crate) fn policy_ref(&self) -> UpstreamPolicyRef<'_> {
        UpstreamPolicyRef {
            policy: &self.built.policy,
            values: &self.policy,
        }
    }

    /// Follows the configuration, and so do all its keys.
    ///
    /// # Errors
    /// Why some values cannot take effect.
    pub(crate) fn follow_configuration(&self) -> Result<(), ConfigError> {
        let _changing = lock(&self.changing);
        let now = lock(&self.now).clone();
        let policy = published().map(|limits| limits.policy_of(&self.built.name));
        self.policy.set(policy.filter(|it| !it.is_empty()));
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
        let configured = configured.as_ref().and_then(|guard| guard.as_deref());
        configured
            .cloned()
            .unwrap_or_else(|| lock(&self.now).clone())
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
