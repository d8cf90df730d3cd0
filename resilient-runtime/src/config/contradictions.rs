//! Values of one section that contradict each other.

use super::section::{Entry, Section};
use crate::{Breaker, ConfigError, Policy, Price, UpstreamConfig};
use std::time::Duration;

impl Section {
    /// The contradictions within the section, each with the entry that it is about. Values that the
    /// section does not set agree with all.
    pub(super) fn contradictions(&self) -> Vec<(&Entry, String)> {
        let mut found: Vec<_> = self.too_long().chain(self.set_twice()).collect();
        let mut config = UpstreamConfig::new("any");
        self.make_neutral(&mut config);
        for entry in &self.entries {
            entry.apply_to_upstream(&mut config);
        }
        let mistake = config.policy.validate().and_then(|()| {
            config.policy = Policy::DEFAULT;
            config.validate()
        });
        if let Err(mistake) = mistake {
            if let Some(entry) = self.entry_of(mistake) {
                found.push((entry, mistake.message().to_owned()));
            }
        }
        found
    }

    /// Settings with two values under different spellings, such as `requests` and `requests.rate`.
    fn set_twice(&self) -> impl Iterator<Item = (&Entry, String)> {
        // The entries are in the order of the table of keys.
        let pairs = self.entries.iter().zip(self.entries.iter().skip(1));
        pairs.filter_map(|(first, second)| {
            let is_same = std::ptr::eq(first.key, second.key) && first.class == second.class;
            let later = if first.at > second.at { first } else { second };
            let name = later.name();
            is_same.then(|| (later, format!("`{name}` has two values in this section")))
        })
    }

    fn sets(&self, name: &str) -> bool {
        let is_it = |entry: &Entry| entry.class.is_none() && entry.key.name == name;
        self.entries.iter().any(is_it)
    }

    /// Settings that the section leaves open get values with which every other one is valid.
    fn make_neutral(&self, config: &mut UpstreamConfig) {
        let backoff = &mut config.policy.backoff;
        if !self.sets("backoff.initial") {
            backoff.initial = Duration::ZERO;
        }
        if !self.sets("backoff.max") {
            backoff.max = Duration::MAX;
        }
        let is_breaker = |entry: &Entry| entry.key.name.starts_with("breaker.");
        if self.entries.iter().any(is_breaker) {
            let breaker = config.breaker.get_or_insert(Breaker::DEFAULT);
            if !self.sets("breaker.break_duration") {
                breaker.break_duration = Duration::from_nanos(1);
            }
            if !self.sets("breaker.max_break_duration") {
                breaker.max_break_duration = Duration::MAX;
            }
        }
        if let Some(code) = self.currency_of_caps() {
            config.price = Some(Price::new(0.0, 0.0).in_code(code));
        }
    }

    /// The currency of the caps on money, unless the section sets one: that of the code may be it.
    fn currency_of_caps(&self) -> Option<[u8; 3]> {
        let mut codes = self.entries.iter().filter_map(Entry::currency_of_caps);
        codes.next().filter(|_| !self.sets("price.currency"))
    }

    /// Times that the deadline of the section cuts off.
    fn too_long(&self) -> impl Iterator<Item = (&Entry, String)> {
        let deadline = self.entries.iter().find_map(|it| it.time_of("deadline"));
        let deadline = deadline.flatten();
        self.entries.iter().filter_map(move |entry| {
            let name = entry.key.name;
            let is_shorter = ["timeout", "first", "idle", "max_retry_after"].contains(&name);
            let time = entry.time_of(name)??;
            let deadline = deadline.filter(|deadline| is_shorter && time > *deadline)?;
            let message = format!("`{name}` is longer than the `deadline`, {deadline:?}");
            Some((entry, message))
        })
    }

    /// The entry that a mistake is about.
    fn entry_of(&self, mistake: ConfigError) -> Option<&Entry> {
        let (setting, message) = (mistake.setting(), mistake.message());
        let is_of = |entry: &&Entry| match entry.class {
            Some(_) => setting == "on" || setting == "backoff",
            None => entry.key.name.split('.').next() == Some(setting),
        };
        let is_named = |entry: &&Entry| {
            let last = entry.key.name.rsplit('.').next().unwrap_or_default();
            message.contains(&format!("`{last}`"))
        };
        let of_it = || self.entries.iter().filter(is_of);
        of_it()
            .find(is_named)
            .or_else(|| of_it().next())
            .or_else(|| self.entries.first())
    }
}
