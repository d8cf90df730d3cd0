//! The configuration in effect, and its way to functions and upstreams.

use super::{
    parse::Config,
    section::{Entry, Origin, Place, Section},
};
use crate::{
    UpstreamConfig,
    call_site::CallSite,
    event::{self, EventKind},
    inspect::{self, Configurable},
    policy::{ConfiguredPart, ConfiguredValue, Overlay},
    scope::{self, Identity},
    upstream::{Limits, RunningUpstream, publish_limits, used_upstreams},
};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The configuration in effect, and the file that it comes from.
#[derive(Default)]
pub(super) struct Current {
    pub(super) config: Arc<Config>,
    pub(super) path: Option<PathBuf>,
    /// Contradictions with the code that have been reported.
    reported: BTreeSet<String>,
}

struct Store(Mutex<Option<Current>>);

impl Store {
    const fn new() -> Self {
        Self(Mutex::new(None))
    }
}

/// That of the program, or of the isolated test around the code that runs now. It is locked until
/// all functions and upstreams have followed: one change at a time.
pub(super) fn current() -> MutexGuard<'static, Option<Current>> {
    static STORE: Store = Store::new();
    static IDENTITY: Identity = Identity::new();
    scope::fresh(&IDENTITY, &STORE, Store::new)
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

impl Config {
    /// Puts the configuration into effect, in the place of the one before: for attempts that are
    /// sent from now on. Functions and upstreams that have not been used yet follow when they are.
    ///
    /// No state is lost: breakers, limits and budgets keep theirs.
    pub fn apply(self) {
        report(&self.apply_from(None));
    }

    /// As [`apply`](Self::apply). Returns contradictions with the code, to be reported without any
    /// lock: a subscriber may read a configuration.
    pub(super) fn apply_from(self, path: Option<PathBuf>) -> Vec<String> {
        let config = Arc::new(self);
        let mut current = current();
        let store = current.get_or_insert_default();
        store.config = Arc::clone(&config);
        store.path = path.or(store.path.take());
        inspect::on_first_call(follow);
        event::set_levels(config.levels.clone());
        publish_limits(Arc::clone(&config) as Arc<dyn Limits>);
        // Upstreams first: a function is checked with the policy of its upstream.
        let upstreams = used_upstreams().get();
        let of_upstreams = upstreams.iter().map(|it| followed_by_upstream(it));
        let functions = inspect::configurables();
        let of_functions = functions.iter().map(|it| config.followed_by(it));
        let mistakes = of_upstreams.chain(of_functions);
        let mistakes: Vec<String> = mistakes.filter_map(Result::err).collect();
        store.new_of(mistakes)
    }

    /// A function follows.
    fn followed_by(&self, function: &Configurable) -> Result<(), String> {
        let overlay = self.overlay(function.site);
        let checked = function.check(&overlay);
        let overlay = match &checked {
            Err(_) => Some(Overlay::nothing(true)),
            Ok(()) => Some(overlay).filter(|overlay| !overlay.is_empty()),
        };
        function.site.state().configured.set(overlay);
        checked.map_err(|mistake| {
            let name = function.site.name();
            format!("the settings of `{name}` contradict each other: {mistake}")
        })
    }

    /// The values for a function.
    fn overlay(&self, site: &CallSite) -> Overlay {
        let is_argument = |entry: &Entry| site.arguments.contains(&&*entry.name());
        let default = self.entries(&|place| matches!(place, Place::Default).then_some((true, 0)));
        let default = default.into_iter().filter(|it| !is_argument(it));
        let call = self.entries(&|place| match place {
            Place::Call(name) => name.fits(site.name()),
            _ => None,
        });
        Overlay {
            default: part_of(default),
            call: part_of(call.into_iter()),
            is_rejected: false,
        }
    }

    /// The entries of the places that fit, those that win last: the closer of two places, and in
    /// places that are as close, those of the environment and later ones.
    fn entries(&self, closeness: &dyn Fn(&Place) -> Option<(bool, usize)>) -> Vec<&Entry> {
        let mut sections: Vec<_> = self
            .sections
            .iter()
            .filter_map(|section| Some((section.rank(closeness(&section.place)?), section)))
            .collect();
        sections.sort_by_key(|(rank, _)| *rank);
        let entries = sections.iter().flat_map(|(_, section)| &section.entries);
        entries.collect()
    }
}

/// The values for a policy.
fn part_of<'e>(entries: impl Iterator<Item = &'e Entry>) -> ConfiguredPart {
    let values = entries
        .filter(|entry| entry.is_of_policy())
        .map(|entry| Box::new(entry.clone()) as Box<dyn ConfiguredValue>);
    ConfiguredPart::new(values.collect())
}

/// An upstream and its keys follow.
fn followed_by_upstream(upstream: &RunningUpstream) -> Result<(), String> {
    upstream.follow_configuration().map_err(|mistake| {
        let name = &upstream.built.name;
        format!("values for the upstream `{name}` have no effect: {mistake}")
    })
}

impl Current {
    /// Those mistakes that have not been reported since they were made.
    fn new_of(&mut self, mistakes: Vec<String>) -> Vec<String> {
        let all: BTreeSet<String> = mistakes.into_iter().collect();
        let new = all.difference(&self.reported).cloned().collect();
        self.reported = all;
        new
    }
}

pub(super) fn report(mistakes: &[String]) {
    for mistake in mistakes {
        let mistake = Cow::Borrowed(&**mistake);
        event::Origin::default().emit_if_recorded(EventKind::ConfigurationRejected { mistake });
    }
}

/// A function makes its first call.
fn follow(function: &Configurable) {
    follow_one(|config| config.followed_by(function));
}

/// Something is used for the first time. A mistake is reported once.
fn follow_one(follow: impl FnOnce(&Config) -> Result<(), String>) {
    let mut current = current();
    let Some(store) = current.as_mut() else {
        return;
    };
    let config = Arc::clone(&store.config);
    let new = match follow(&config) {
        Err(mistake) if store.reported.insert(mistake.clone()) => vec![mistake],
        _ => Vec::new(),
    };
    drop(current);
    report(&new);
}

/// The sections of the configuration in effect that fit no function and no upstream that has been
/// used so far, such as `call."app::aks"`: most often a name that is misspelt.
pub fn unmatched() -> Vec<String> {
    inspect::unmatched()
}

impl Limits for Config {
    fn unmatched(&self, functions: &[&str], upstreams: &[&str]) -> Vec<String> {
        let is_unmatched = |section: &&Section| match &section.place {
            Place::Default => false,
            Place::Call(name) => !functions.iter().any(|it| name.fits(it).is_some()),
            Place::Upstream(name) | Place::Key(name, _) => {
                !upstreams.iter().any(|it| name.fits(it).is_some())
            }
        };
        let sections = self.sections.iter().filter(is_unmatched);
        let names: BTreeSet<String> = sections.map(|it| it.place.to_string()).collect();
        names.into_iter().collect()
    }

    fn policy_of(&self, upstream: &str) -> ConfiguredPart {
        let entries = self.entries(&|place| match place {
            Place::Upstream(name) => name.fits(upstream),
            _ => None,
        });
        part_of(entries.into_iter())
    }

    fn follow(&self, upstream: &RunningUpstream) {
        follow_one(|_| followed_by_upstream(upstream));
    }

    fn change(&self, config: &mut UpstreamConfig, key: Option<&str>) -> bool {
        let name = config.name.clone();
        let defaults = self.entries(&|place| matches!(place, Place::Default).then_some((true, 0)));
        let base = config.policy;
        for entry in defaults {
            if Entry::is_default(entry, &base) {
                Entry::apply(entry, &mut config.policy);
            }
        }
        let entries = self.limits(&name, key);
        // A rate before its burst, whichever section has them; the order is kept otherwise.
        let is_part = |entry: &&Entry| entry.key.name.contains('.');
        for entry in entries.iter().filter(|it| !is_part(it)) {
            entry.apply_to_upstream(config);
        }
        for entry in entries.iter().filter(|it| is_part(it)) {
            entry.apply_to_upstream(config);
        }
        !entries.is_empty() || config.policy != base
    }

    fn origin(&self, upstream: &str, setting: &str) -> Option<bool> {
        let mut entries = self.limits(upstream, None).into_iter();
        let entry = entries.rfind(|entry| entry.name() == setting)?;
        Some(entry.origin == Origin::Environment)
    }
}

impl Config {
    /// The limits for an upstream, or for a key of it.
    fn limits(&self, name: &str, key: Option<&str>) -> Vec<&Entry> {
        let of_upstream = self.entries(&|place| match place {
            Place::Upstream(pattern) => pattern.fits(name),
            _ => None,
        });
        let of_key = self.entries(&|place| match place {
            Place::Key(pattern, keys) => {
                let key = keys.fits(key?)?;
                pattern.fits(name).map(|_| key)
            }
            _ => None,
        });
        of_upstream.into_iter().chain(of_key).collect()
    }
}

impl Section {
    /// The order in which sections are applied.
    fn rank(&self, closeness: (bool, usize)) -> (bool, usize, bool) {
        let is_environment = |entry: &Entry| entry.origin == Origin::Environment;
        let is_environment = self.entries.first().is_some_and(is_environment);
        // A variable overrides the file at the same place, such as an exact name in the file.
        if is_environment {
            return (closeness.0, usize::MAX.saturating_sub(1), true);
        }
        (closeness.0, closeness.1, false)
    }
}
