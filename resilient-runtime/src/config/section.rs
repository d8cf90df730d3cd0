//! The content of a configuration, section by section.

use super::{
    keys::{self, Key, Target},
    value::Value,
};
use crate::{Amount, Class, Policy, Rule, UpstreamConfig, policy::ConfiguredValue};
use std::{fmt, sync::Arc, time::Duration};

/// The subject of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Default,
    Upstream(Pattern),
    Key(Pattern, Pattern),
    Call(Pattern),
}

/// A name in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(super) text: String,
    /// Names of environment variables have neither cases nor signs.
    pub(super) is_loose: bool,
}

/// The place where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Environment,
    /// The name of the file, and the line.
    File(Arc<str>, usize),
}

/// A setting with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(super) key: &'static Key,
    /// The class of a rule.
    pub(super) class: Option<Class>,
    pub(super) value: Value,
    pub(crate) origin: Origin,
    /// The place in the text.
    pub(super) at: usize,
}

/// The settings of one place, in the order of the table of keys.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) place: Place,
    pub(crate) entries: Vec<Entry>,
}

impl Pattern {
    pub(super) const fn new(text: String) -> Self {
        Self {
            text,
            is_loose: false,
        }
    }

    /// The closeness to this name; `None` if it does not. An exact name is closer than any pattern,
    /// a longer pattern closer than a shorter one.
    pub(crate) fn fits(&self, name: &str) -> Option<(bool, usize)> {
        let length = self.text.len();
        if self.is_loose {
            let (own, name) = (loose(&self.text), loose(name));
            return is_match(&own, &name).then(|| (!own.contains('*'), length));
        }
        is_match(&self.text, name).then(|| (!self.text.contains('*'), length))
    }
}

/// Lower case, with one underscore for each run of other signs than letters and digits.
fn loose(text: &str) -> String {
    let mut loose = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || c == '*' {
            loose.extend(c.to_lowercase());
        } else if !loose.ends_with('_') {
            loose.push('_');
        }
    }
    loose
}

/// Whether `*` in the pattern can stand for parts of the name so that both are the same.
fn is_match(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    rest.ends_with(last)
}

impl Entry {
    /// The name as in `policy_of`: that of a class is `on(class).name`.
    pub(crate) fn name(&self) -> String {
        match self.class {
            Some(class) => format!("on({}).{}", class.as_str(), self.key.name),
            None => self.key.name.to_owned(),
        }
    }

    /// The place in the table, which is the order of application.
    pub(super) fn order(&self) -> (bool, usize) {
        let tables = [keys::POLICY, keys::RULE, keys::UPSTREAM];
        let rows = tables.into_iter().flatten();
        let at = rows.take_while(|key| !std::ptr::eq(*key, self.key)).count();
        (self.class.is_some(), at)
    }

    pub(super) const fn is_of_policy(&self) -> bool {
        matches!(self.key.target, Target::Policy { .. } | Target::Rule(_))
    }

    /// Puts the value into a policy.
    pub(crate) fn apply(&self, policy: &mut Policy) {
        match (self.key.target, self.class) {
            (Target::Policy { put, .. }, _) => put(policy, self.value),
            (Target::Rule(put), Some(class)) => {
                let mut rule = Rule::new();
                put(&mut rule, self.value);
                *policy = policy.on(class, rule);
            }
            _ => {}
        }
    }

    /// Whether the policy has the built-in value there.
    pub(crate) fn is_default(&self, policy: &Policy) -> bool {
        match (self.key.target, self.class) {
            (Target::Policy { same, .. }, _) => same(policy, &Policy::DEFAULT),
            (Target::Rule(put), Some(class)) => {
                let mut changed = policy.rule(class);
                put(&mut changed, self.value);
                // Set before, or it would change to this.
                let mut empty = Rule::new();
                put(&mut empty, self.value);
                let mut cleared = policy.rule(class);
                clear(&mut cleared, &empty);
                cleared == policy.rule(class)
            }
            _ => false,
        }
    }

    /// Puts the value into the settings of an upstream.
    pub(crate) fn apply_to_upstream(&self, config: &mut UpstreamConfig) {
        match self.key.target {
            Target::Upstream(put) => put(config, self.value),
            _ => self.apply(&mut config.policy),
        }
    }

    /// The currency of the first cap on money, if it is a setting with one.
    pub(super) fn currency_of_caps(&self) -> Option<[u8; 3]> {
        let Value::Caps(caps) = self.value else {
            return None;
        };
        let mut money = caps.iter().filter_map(|cap| match cap.amount() {
            Amount::Money(money) => money.currency().as_bytes().try_into().ok(),
            _ => None,
        });
        money.next()
    }

    /// The time, if it is that setting; `None` inside for none.
    #[expect(clippy::option_option, reason = "not set, set to none, or a time")]
    pub(crate) fn time_of(&self, name: &str) -> Option<Option<Duration>> {
        (self.key.name == name && self.class.is_none()).then(|| self.value.time())
    }
}

impl ConfiguredValue for Entry {
    fn apply(&self, policy: &mut Policy) {
        Self::apply(self, policy);
    }

    fn is_default(&self, policy: &Policy) -> bool {
        Self::is_default(self, policy)
    }

    fn name(&self) -> String {
        Self::name(self)
    }

    fn is_from_environment(&self) -> bool {
        self.origin == Origin::Environment
    }

    fn time_of(&self, name: &str) -> Option<Option<Duration>> {
        Self::time_of(self, name)
    }
}

/// Removes from a rule what another one sets.
fn clear(rule: &mut Rule, set: &Rule) {
    fn remove<T>(own: &mut Option<T>, set: Option<&T>) {
        if set.is_some() {
            *own = None;
        }
    }
    remove(&mut rule.retry, set.retry.as_ref());
    remove(&mut rule.attempts, set.attempts.as_ref());
    remove(&mut rule.kind, set.kind.as_ref());
    remove(&mut rule.initial, set.initial.as_ref());
    remove(&mut rule.factor, set.factor.as_ref());
    remove(&mut rule.max, set.max.as_ref());
    remove(&mut rule.jitter, set.jitter.as_ref());
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.pad("default"),
            Self::Upstream(name) => write!(f, "upstream.\"{}\"", name.text),
            Self::Key(name, key) => write!(f, "upstream.\"{}\".key.\"{}\"", name.text, key.text),
            Self::Call(name) => write!(f, "call.\"{}\"", name.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_an_exact_name_is_closer() {
        for (pattern, name, fits) in [
            ("app::ask", "app::ask", true),
            ("app::ask", "app::asks", false),
            ("app::*", "app::chat::ask", true),
            ("*::ask", "app::chat::ask", true),
            ("*", "", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("", "a", false),
        ] {
            let fit = Pattern::new(pattern.to_owned()).fits(name);
            assert_eq!(fit.is_some(), fits, "{pattern} {name}");
        }
        let closeness = |pattern: &str| Pattern::new(pattern.to_owned()).fits("app::ask");
        assert!(closeness("app::ask") > closeness("app::as*"));
        assert!(closeness("app::as*") > closeness("app::*"));
    }

    #[test]
    fn names_of_variables_have_neither_cases_nor_signs() {
        let loose = |text: &str| Pattern {
            text: text.to_owned(),
            is_loose: true,
        };
        for name in ["app::ask", "APP.ask", "app_ask"] {
            assert!(loose("APP__ASK").fits(name).is_some(), "{name}");
        }
        assert!(loose("APP__ASK").fits("appask").is_none());
        assert!(loose("MY_API").fits("my-api").is_some());
    }
}
