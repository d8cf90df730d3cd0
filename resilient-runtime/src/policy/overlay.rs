//! The values of a configuration for one function, over and under those of the code.

mod configured;

pub(crate) use configured::Configured;

use super::{Policy, PolicyRef};
use arc_swap::Guard;
use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

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
#[expect(clippy::option_option, reason = "not set, set to none, or a time")]
pub(crate) struct ConfiguredPart {
    values: Vec<Box<dyn ConfiguredValue>>,
    timeout: Option<Option<Duration>>,
    deadline: Option<Option<Duration>>,
}

impl ConfiguredPart {
    const EMPTY: Self = Self {
        values: Vec::new(),
        timeout: None,
        deadline: None,
    };

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

/// The values for one function. Those for its upstream are with the upstream: a function may call
/// several.
pub(crate) struct Overlay {
    /// In the place of built-in values.
    pub(crate) default: ConfiguredPart,
    /// In the place of all others.
    pub(crate) call: ConfiguredPart,
    /// The values contradict those of the code: none is in effect, nor those for the upstream.
    pub(crate) is_rejected: bool,
}

static NOTHING: Overlay = Overlay::nothing(false);

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay").finish_non_exhaustive()
    }
}

impl Overlay {
    /// No values, because there are none or because they are rejected.
    pub(crate) const fn nothing(is_rejected: bool) -> Self {
        Self {
            default: ConfiguredPart::EMPTY,
            call: ConfiguredPart::EMPTY,
            is_rejected,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.default.is_empty() && self.call.is_empty()
    }
}

/// The policy of an upstream, and the values of a configuration for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpstreamPolicyRef<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) values: &'p Configured<ConfiguredPart>,
}

/// The places of the configuration of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConfiguredBy<'p> {
    pub(crate) function: &'p Configured<Overlay>,
    pub(crate) upstream: Option<UpstreamPolicyRef<'p>>,
    /// The names of the arguments of the attribute that set something.
    pub(crate) arguments: &'static [&'static str],
}

/// The values of a configuration that are in effect for a call.
struct Values {
    function: Option<Guard<Option<Arc<Overlay>>>>,
    upstream: Option<Guard<Option<Arc<ConfiguredPart>>>>,
}

/// The same, of which those for the upstream are left out unless the base is its policy.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'v> {
    overlay: &'v Overlay,
    upstream: Option<&'v ConfiguredPart>,
}

impl<'p> PolicyRef<'p> {
    /// A configuration changes it.
    #[inline]
    pub(crate) const fn configured(mut self, by: ConfiguredBy<'p>) -> Self {
        self.by = Some(by);
        self
    }

    /// Whether the base is the policy of the upstream. A given one that is like it is not told
    /// apart.
    fn is_of_upstream(self) -> bool {
        let Some(by) = self.by else {
            return false;
        };
        by.upstream.is_some_and(|upstream| match by.arguments {
            [] => std::ptr::eq(upstream.policy, self.base) || upstream.policy == self.base,
            arguments => !arguments.contains(&"policy"),
        })
    }

    #[inline]
    fn values(self) -> Option<Values> {
        let by = self.by?;
        let function = by.function.get();
        let upstream = by.upstream.and_then(|it| it.values.get());
        (function.is_some() || upstream.is_some()).then_some(Values { function, upstream })
    }

    fn parts(self, values: &Values) -> Parts<'_> {
        let function = values.function.as_ref();
        let overlay = function.and_then(|guard| guard.as_deref());
        let upstream = values.upstream.as_ref().and_then(|guard| guard.as_deref());
        self.parts_of(overlay.unwrap_or(&NOTHING), upstream)
    }

    /// The values of a function and of its upstream, as far as they are in effect.
    pub(crate) fn parts_of<'v>(
        self,
        overlay: &'v Overlay,
        upstream: Option<&'v ConfiguredPart>,
    ) -> Parts<'v> {
        let is_used = !overlay.is_rejected && self.is_of_upstream();
        Parts {
            overlay,
            upstream: upstream.filter(|_| is_used),
        }
    }

    /// The timeout of the configuration, if there is one.
    #[inline]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    pub(super) fn configured_timeout(self) -> Option<Option<Duration>> {
        self.time(
            &self.values()?,
            |part| part.timeout,
            self.layer.and_then(|layer| layer.timeout),
            self.base.timeout == Policy::DEFAULT.timeout,
        )
    }

    /// The deadline of the configuration, if there is one.
    #[inline]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    pub(super) fn configured_deadline(self) -> Option<Option<Duration>> {
        self.time(
            &self.values()?,
            |part| part.deadline,
            self.layer.and_then(|layer| layer.deadline),
            self.base.deadline == Policy::DEFAULT.deadline,
        )
    }

    #[cold]
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    fn time(
        self,
        values: &Values,
        of: fn(&ConfiguredPart) -> Option<Option<Duration>>,
        argument: Option<Option<Duration>>,
        is_default: bool,
    ) -> Option<Option<Duration>> {
        let Parts { overlay, upstream } = self.parts(values);
        let default = || of(&overlay.default).filter(|_| is_default);
        let below = || upstream.and_then(of).or_else(default);
        of(&overlay.call).or(argument).or_else(below)
    }

    /// The whole policy with the values of the configuration.
    pub(crate) fn current(self) -> Cow<'p, Policy> {
        match self.values() {
            Some(values) => Cow::Owned(self.under(self.parts(&values))),
            None => self.own(),
        }
    }

    /// Whether the configured value of a setting, if there is one, comes from the environment.
    pub(crate) fn configured_origin(self, name: &str) -> Option<bool> {
        let values = self.values()?;
        let Parts { overlay, upstream } = self.parts(&values);
        let arguments = self.by.map_or(&[][..], |by| by.arguments);
        let is_argument = arguments.contains(&name);
        let upstream = upstream.filter(|_| !is_argument);
        let default = || {
            let mut defaults = overlay.default.values.iter();
            let value = defaults.rfind(|value| value.name() == name)?;
            let is_default = value.is_default(self.base);
            is_default.then(|| value.is_from_environment())
        };
        let below = || upstream.and_then(|it| it.origin(name)).or_else(default);
        overlay.call.origin(name).or_else(below)
    }

    /// The whole policy with these values.
    #[cold]
    pub(crate) fn under(self, parts: Parts<'_>) -> Policy {
        let Parts { overlay, upstream } = parts;
        let mut policy = *self.base;
        for value in &overlay.default.values {
            if value.is_default(self.base) {
                value.apply(&mut policy);
            }
        }
        if let Some(upstream) = upstream {
            upstream.apply(&mut policy);
        }
        if let Some(layer) = self.layer {
            policy = (layer.apply)(policy);
        }
        overlay.call.apply(&mut policy);
        policy
    }
}
