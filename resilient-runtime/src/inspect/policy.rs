//! The policy of a function as it is in effect.

use super::{
    registry::{Base, Function},
    setting::{Setting, Source, limit, write_lines},
};
#[cfg(feature = "config")]
use crate::upstream::RunningUpstream;
use crate::{BackoffKind, Class, Explanation, GiveUp, Jitter, Policy, Rule, switch};
use std::{borrow::Cow, fmt};

/// The policy of a function, from [`policy_of`](crate::policy_of). Its `Display` has a line for
/// each value, such as `attempts: 4 (argument)`.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectivePolicy {
    function: &'static str,
    policy: Policy,
    settings: Vec<Setting>,
}

impl EffectivePolicy {
    pub(super) fn of(function: &Function) -> Self {
        let policy = function.policy_now();
        let source = |name: &str, is_default| {
            let configured = function.configured_source(name);
            configured.unwrap_or_else(|| function.source(name, is_default))
        };
        let has = (function.has_schedule(), function.sets("stream"));
        let settings = settings(&policy, has, source);
        let own = Self {
            function: function.name,
            policy,
            settings,
        };
        let mut own = own.changed_by_test(has);
        own.settings.extend(switched_off(function));
        own
    }

    /// The change of `with_policy` around the code that asks.
    #[cfg(feature = "testing")]
    fn changed_by_test(mut self, has: (bool, bool)) -> Self {
        let Some(change) = crate::scope::get::<crate::policy::PolicyChange>() else {
            return self;
        };
        self.policy = (change.0)(self.policy);
        let before = std::mem::take(&mut self.settings);
        // The source is decided below: a value that is the same has the one before.
        let after = settings(&self.policy, has, |_, _| Source::Test);
        self.settings = after
            .into_iter()
            .map(|setting| {
                let same = before
                    .iter()
                    .find(|it| it.name() == setting.name() && it.value() == setting.value());
                match same {
                    Some(same) => setting.from(same.source()),
                    None => setting,
                }
            })
            .collect();
        self
    }

    #[cfg(not(feature = "testing"))]
    fn changed_by_test(self, _: (bool, bool)) -> Self {
        self
    }

    /// The name of the function.
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The policy itself.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The schedule for failures of `class`, as [`Policy::explain`] shows it. An attempt of a
    /// function that gives a stream takes until its first content. If the waits come from a
    /// schedule of its own (`backoff = expr`), only the first attempt is known.
    pub fn explain(&self, class: Class) -> Explanation {
        let policy = &self.policy;
        let timeout = match self.get("first") {
            Some(_) => policy.longest_until_content(),
            None => policy.timeout,
        };
        let has_schedule = self.get("backoff").is_some();
        let is_off = |name: &str| self.get(name).is_some();
        let upstream = is_off("upstream").then_some(GiveUp::UpstreamOff);
        let halted = upstream.or(is_off("retries").then_some(GiveUp::RetriesOff));
        Explanation::new(policy, class, timeout, !has_schedule, halted)
    }

    /// All values, and what is [switched off](crate::switch). The settings of classes are those
    /// that have been set.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The value with this name; see [`Setting::name`].
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|it| it.name() == name)
    }

    /// Where the value with this name comes from.
    pub fn source(&self, name: &str) -> Option<Source> {
        self.get(name).map(Setting::source)
    }
}

impl fmt::Display for EffectivePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format_args!("policy of {}", self.function);
        write_lines(f, title, &self.settings)
    }
}

/// The parts that are switched off for a function.
fn switched_off(function: &Function) -> Vec<Setting> {
    let config = function.upstream.as_ref().map(|config| &config.built);
    let upstream = config.map(|config| &*config.name);
    let off = [("retries", switch::retries()), ("hedges", switch::hedges())];
    let off = off.into_iter().filter(|(_, switch)| {
        let is_off = |name: &str| switch.is_off_for(name);
        is_off(function.name) || upstream.is_some_and(is_off)
    });
    let is_off = |name: &&str| switch::upstream(name).is_off();
    let whole = upstream.filter(is_off).map(|_| "upstream");
    off.map(|(name, _)| name)
        .chain(whole)
        .map(|name| Setting::new(name, "off".to_owned(), Source::Switched))
        .collect()
}

impl Function {
    /// Whether the waits come from `backoff = expr`.
    fn has_schedule(&self) -> bool {
        self.sets("backoff")
    }

    /// The policy with the values of the configuration.
    #[cfg(feature = "config")]
    fn policy_now(&self) -> Policy {
        *self.policy_ref().current()
    }

    #[cfg(feature = "config")]
    fn policy_ref(&self) -> crate::policy::PolicyRef<'_> {
        let upstream = self.upstream.as_deref().map(RunningUpstream::policy_ref);
        let layer = self.site.layer.as_ref();
        self.site.policy(&self.below, layer, upstream)
    }

    /// The source of a value that the configuration sets.
    #[cfg(feature = "config")]
    fn configured_source(&self, name: &str) -> Option<Source> {
        let origin = self.policy_ref().configured_origin(name);
        origin.map(Setting::configured)
    }

    #[cfg(not(feature = "config"))]
    const fn policy_now(&self) -> Policy {
        self.policy
    }

    #[cfg(not(feature = "config"))]
    #[expect(clippy::unused_self, reason = "without a configuration")]
    const fn configured_source(&self, _: &str) -> Option<Source> {
        None
    }

    /// The source of a value of the policy.
    fn source(&self, name: &str, is_default: bool) -> Source {
        // A kind comes with its factor.
        let is_argument = match name.strip_suffix("factor") {
            Some(steps) => self.sets(name) || self.sets(&format!("{steps}kind")),
            None => self.sets(name),
        };
        match self.base {
            _ if is_argument => Source::Argument,
            _ if is_default => Source::Default,
            Base::Own => Source::FromPolicy,
            Base::Upstream => Source::FromUpstream,
        }
    }
}

/// All settings of a policy. `source` gets the name of each, and whether it has its default.
fn settings(
    policy: &Policy,
    (has_schedule, is_stream): (bool, bool),
    source: impl Fn(&str, bool) -> Source,
) -> Vec<Setting> {
    let default = Policy::DEFAULT;
    let mut settings = Vec::new();
    let mut add = |name: &'static str, value: String, default: String| {
        let source = source(name, value == default);
        settings.push(Setting::new(name, value, source));
    };
    let mut each = |name: &'static str, text: fn(&Policy) -> String| {
        add(name, text(policy), text(&default));
    };
    each("attempts", |it| it.attempts.to_string());
    each("timeout", |it| limit(it.timeout));
    each("deadline", |it| limit(it.deadline));
    if is_stream {
        each("first", |it| limit(it.first));
        each("idle", |it| limit(it.idle));
    }
    each("max_retry_after", |it| format!("{:?}", it.max_retry_after));
    each("idempotent", |it| it.idempotent.to_string());
    each("repeat_nested", |it| it.repeat_nested.to_string());
    each("budget", |it| it.budget.to_string());
    if policy.seed.is_some() {
        each("seed", |it| {
            it.seed.map_or_else(String::new, |seed| seed.to_string())
        });
    }
    if has_schedule {
        add("backoff", "a schedule".to_owned(), String::new());
    } else {
        backoff(policy.backoff.kind, each);
    }
    for class in Class::ALL {
        for (name, value) in rule(policy.rule(*class)) {
            let name = format!("on({}).{name}", class.as_str());
            let source = source(&name, false);
            settings.push(Setting::new(Cow::Owned(name), value, source));
        }
    }
    settings
}

/// The settings of a backoff, as far as a kind uses them.
fn backoff(kind: BackoffKind, mut each: impl FnMut(&'static str, fn(&Policy) -> String)) {
    each("backoff.kind", |it| kind_name(it.backoff.kind).to_owned());
    each("backoff.initial", |it| format!("{:?}", it.backoff.initial));
    if matches!(kind, BackoffKind::Exponential | BackoffKind::Decorrelated) {
        each("backoff.factor", |it| it.backoff.factor.to_string());
    }
    if kind != BackoffKind::Fixed {
        each("backoff.max", |it| format!("{:?}", it.backoff.max));
    }
    if kind != BackoffKind::Decorrelated {
        each("backoff.jitter", |it| jitter(it.backoff.jitter).to_owned());
    }
}

/// The settings of a rule.
fn rule(rule: Rule) -> impl Iterator<Item = (&'static str, String)> {
    let texts = [
        ("retry", rule.retry.map(|it| it.to_string())),
        ("attempts", rule.attempts.map(|it| it.to_string())),
        ("kind", rule.kind.map(|it| kind_name(it).to_owned())),
        ("initial", rule.initial.map(|it| format!("{it:?}"))),
        ("factor", rule.factor.map(|it| it.to_string())),
        ("max", rule.max.map(|it| format!("{it:?}"))),
        ("jitter", rule.jitter.map(|it| jitter(it).to_owned())),
    ];
    texts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
}

const fn kind_name(kind: BackoffKind) -> &'static str {
    match kind {
        BackoffKind::Exponential => "exponential",
        BackoffKind::Linear => "linear",
        BackoffKind::Fixed => "fixed",
        BackoffKind::Decorrelated => "decorrelated",
    }
}

const fn jitter(jitter: Jitter) -> &'static str {
    match jitter {
        Jitter::None => "none",
        Jitter::Equal => "equal",
        Jitter::Full => "full",
    }
}
