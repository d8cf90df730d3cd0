//! The values of a configuration for one function, over and under those of the code.

use super::{Policy, PolicyRef};
use arc_swap::{ArcSwapOption, Guard};
use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A value of a configuration for one setting of a policy.
pub(crate) trait ConfiguredValue: Send + Sync {
    /// Puts the value into a policy.
    fn apply(&self, policy: &mut Policy);

    /// Whether the policy has the built-in value of that setting.
    fn is_default(&self, policy: &Policy) -> bool;

    /// The name of the setting, as in `policy_of`.
    fn name(&self) -> String;

    /// Whether it comes from an environment variable.
    fn is_from_environment(&self) -> bool;

    /// The time, if it is the setting of this name.
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    fn time_of(&self, name: &str) -> Option<Option<Duration>>;
}

/// The values of one place, in the order of their application.
#[derive(Default)]
#[expect(clippy::option_option, reason = "not set, set to none, or a time")]
pub(crate) struct ConfiguredPart {
    values: Vec<Box<dyn ConfiguredValue>>,
    timeout: Option<Option<Duration>>,
    deadline: Option<Option<Duration>>,
}

impl ConfiguredPart {
    pub(crate) fn new(values: Vec<Box<dyn ConfiguredValue>>) -> Self {
        let last = |name| values.iter().rev().find_map(|it| it.time_of(name));
        Self {
            timeout: last("timeout"),
            deadline: last("deadline"),
            values,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn apply(&self, policy: &mut Policy) {
        for value in &self.values {
            value.apply(policy);
        }
    }

    /// Whether the last value for this setting comes from the environment, if there is one.
    fn origin(&self, name: &str) -> Option<bool> {
        let mut values = self.values.iter().rev();
        let value = values.find(|value| value.name() == name);
        value.map(|value| value.is_from_environment())
    }
}

/// The values for one function.
#[derive(Default)]
pub(crate) struct Overlay {
    /// In the place of built-in values.
    pub(crate) default: ConfiguredPart,
    /// In the place of those of the upstream's policy.
    pub(crate) upstream: ConfiguredPart,
    /// In the place of all others.
    pub(crate) call: ConfiguredPart,
    /// Whether the policy of the upstream is below the arguments, if the attribute says so.
    pub(crate) is_of_upstream: Option<bool>,
}

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay").finish_non_exhaustive()
    }
}

impl Overlay {
    pub(crate) fn is_empty(&self) -> bool {
        self.default.is_empty() && self.upstream.is_empty() && self.call.is_empty()
    }

    /// Whether the value of this setting comes from the environment; `None` if it is not from here.
    /// Arguments of the attribute have been left out.
    fn origin(&self, name: &str, base: &Policy, is_of_upstream: bool) -> Option<bool> {
        let upstream = || self.upstream.origin(name).filter(|_| is_of_upstream);
        self.call.origin(name).or_else(upstream).or_else(|| {
            let mut defaults = self.default.values.iter();
            let value = defaults.rfind(|value| value.name() == name)?;
            value.is_default(base).then(|| value.is_from_environment())
        })
    }

    /// The values of the configuration below the arguments of the attribute.
    pub(crate) fn below(&self, base: &Policy, is_of_upstream: bool) -> Policy {
        let mut policy = *base;
        for value in &self.default.values {
            if value.is_default(base) {
                value.apply(&mut policy);
            }
        }
        if is_of_upstream {
            self.upstream.apply(&mut policy);
        }
        policy
    }
}

/// The place of an overlay, which is replaced while calls run.
#[derive(Debug)]
pub(crate) struct Configured {
    is_set: AtomicBool,
    overlay: ArcSwapOption<Overlay>,
}

impl Configured {
    pub(crate) const fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            overlay: ArcSwapOption::const_empty(),
        }
    }

    pub(crate) fn set(&self, overlay: Option<Overlay>) {
        let is_set = overlay.is_some();
        self.overlay.store(overlay.map(Arc::new));
        self.is_set.store(is_set, Ordering::Release);
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<Guard<Option<Arc<Overlay>>>> {
        self.is_set
            .load(Ordering::Acquire)
            .then(|| self.overlay.load())
    }
}

/// The place of the configuration of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConfiguredBy<'p> {
    configured: &'p Configured,
    /// The policy of the upstream, if there is one.
    upstream: Option<&'p Policy>,
}

impl<'p> PolicyRef<'p> {
    /// A configuration changes it. `upstream` is the policy of the call's upstream.
    #[inline]
    pub(crate) const fn configured(
        mut self,
        configured: &'p Configured,
        upstream: Option<&'p Policy>,
    ) -> Self {
        self.by = Some(ConfiguredBy {
            configured,
            upstream,
        });
        self
    }

    /// Whether the base is the policy of the upstream. A given one that is like it is not told
    /// apart.
    fn is_of_upstream(self, overlay: &Overlay) -> bool {
        if let Some(is_of_upstream) = overlay.is_of_upstream {
            return is_of_upstream;
        }
        let upstream = self.by.and_then(|by| by.upstream);
        upstream.is_some_and(|policy| std::ptr::eq(policy, self.base) || policy == self.base)
    }

    /// The timeout of the configuration, if there is one.
    #[inline]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    pub(super) fn configured_timeout(self) -> Option<Option<Duration>> {
        let guard = self.by?.configured.get()?;
        self.time(
            guard.as_deref()?,
            |part| part.timeout,
            self.layer.and_then(|layer| layer.timeout),
            self.base.timeout == Policy::DEFAULT.timeout,
        )
    }

    /// The deadline of the configuration, if there is one.
    #[inline]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    pub(super) fn configured_deadline(self) -> Option<Option<Duration>> {
        let guard = self.by?.configured.get()?;
        self.time(
            guard.as_deref()?,
            |part| part.deadline,
            self.layer.and_then(|layer| layer.deadline),
            self.base.deadline == Policy::DEFAULT.deadline,
        )
    }

    #[cold]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    fn time(
        self,
        overlay: &Overlay,
        of: fn(&ConfiguredPart) -> Option<Option<Duration>>,
        argument: Option<Option<Duration>>,
        is_default: bool,
    ) -> Option<Option<Duration>> {
        let below = || {
            let upstream = of(&overlay.upstream).filter(|_| self.is_of_upstream(overlay));
            upstream.or_else(|| of(&overlay.default).filter(|_| is_default))
        };
        of(&overlay.call).or(argument).or_else(below)
    }

    /// The whole policy with the values of the configuration.
    pub(crate) fn current(self) -> Cow<'p, Policy> {
        let guard = self.by.and_then(|by| by.configured.get());
        match guard.as_ref().and_then(|guard| guard.as_deref()) {
            Some(overlay) => Cow::Owned(self.under(overlay)),
            None => self.own(),
        }
    }

    /// Whether the configured value of a setting, if there is one, comes from the environment.
    pub(crate) fn configured_origin(self, name: &str) -> Option<bool> {
        let guard = self.by?.configured.get()?;
        let overlay = guard.as_deref()?;
        overlay.origin(name, self.base, self.is_of_upstream(overlay))
    }

    /// The whole policy with these values.
    #[cold]
    pub(crate) fn under(self, overlay: &Overlay) -> Policy {
        let mut policy = overlay.below(self.base, self.is_of_upstream(overlay));
        if let Some(layer) = self.layer {
            policy = (layer.apply)(policy);
        }
        overlay.call.apply(&mut policy);
        policy
    }
}
