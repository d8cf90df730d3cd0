//! Finds settings, classes and events by their names, or says which ones may be meant.

use super::{
    keys::{Key, POLICY, RULE, UPSTREAM},
    names::{FIXED, NICKNAMES},
    section::Place,
};
use crate::{Class, Level, event::EVENTS, suggest};

/// The names of levels.
pub(super) const LEVELS: &[(&str, Level)] = &[
    ("trace", Level::Trace),
    ("debug", Level::Debug),
    ("info", Level::Info),
    ("warn", Level::Warn),
    ("error", Level::Error),
];

/// The level of an event, by their names; of an error, whether it is about the event.
pub(super) fn level(event: &str, level: &str) -> Result<(&'static str, Level), (bool, String)> {
    let asked = event.to_lowercase().replace('_', " ");
    let Some(known) = EVENTS.iter().find(|known| **known == asked) else {
        let near = suggest::nearest(&asked, EVENTS.iter().copied());
        return Err((
            true,
            match near {
                Some(near) => format!("unknown event `{event}`: did you mean `{near}`?"),
                None => format!("unknown event `{event}`; the table \"Logging\" lists all"),
            },
        ));
    };
    let asked = level.to_lowercase();
    match LEVELS.iter().find(|(name, _)| *name == asked) {
        Some((_, level)) => Ok((*known, *level)),
        None => {
            let names = suggest::listed(LEVELS.iter().map(|(name, _)| *name));
            Err((false, format!("a level is one of {names}, in quotes")))
        }
    }
}

/// The row of a setting and its class, if it may stand in this place.
pub(super) fn find(place: &Place, name: &str) -> Result<(&'static Key, Option<Class>), String> {
    let has_policy = !matches!(place, Place::Key(..));
    let has_limits = matches!(place, Place::Upstream(_) | Place::Key(..));
    let canonical = match name {
        "requests.rate" => "requests",
        "tokens.rate" => "tokens",
        "concurrency.limit" | "concurrency.max" => "concurrency",
        "breaker.enabled" => "breaker",
        // The caps of an upstream are for all its keys together.
        "cap" if matches!(place, Place::Key(..)) => "key_cap",
        name => name,
    };
    if let Some(of_class) = canonical.strip_prefix("on.") {
        if !has_policy {
            return Err("a key of an upstream has limits, and no policy".to_owned());
        }
        return of_rule(of_class);
    }
    let row = |table: &'static [Key]| table.iter().find(|key| key.name == canonical);
    if let Some(key) = row(POLICY) {
        if has_policy {
            return Ok((key, None));
        }
        return Err(format!(
            "`{name}` is a setting of a policy: a key of an upstream has limits, and no policy"
        ));
    }
    if let Some(key) = row(UPSTREAM) {
        if has_limits {
            return Ok((key, None));
        }
        return Err(format!(
            "`{name}` is a limit of an upstream: it belongs in `[upstream.NAME]`"
        ));
    }
    if let Some((_, reason)) = FIXED.iter().find(|(fixed, _)| *fixed == canonical) {
        return Err(format!("`{name}` cannot be configured: {reason}"));
    }
    let known = || {
        let policy = POLICY.iter().filter(|_| has_policy);
        let limits = UPSTREAM.iter().filter(|_| has_limits);
        policy.chain(limits).map(|key| key.name)
    };
    let nickname = NICKNAMES
        .iter()
        .find(|(nickname, _)| *nickname == canonical);
    let near = nickname
        .map(|(_, meant)| *meant)
        .filter(|meant| known().any(|name| name == *meant))
        .or_else(|| {
            known().find(|known| {
                known
                    .strip_prefix(canonical)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
        })
        .or_else(|| suggest::nearest(canonical, known()));
    Err(match near {
        Some(near) => format!("unknown setting `{name}`: did you mean `{near}`?"),
        None => format!(
            "unknown setting `{name}`; known here: {}",
            suggest::listed(known())
        ),
    })
}

/// The row of a setting of a class: `CLASS.name`.
fn of_rule(name: &str) -> Result<(&'static Key, Option<Class>), String> {
    let names = || RULE.iter().map(|key| key.name);
    let Some((class_name, setting)) = name.split_once('.') else {
        return Err(format!(
            "a rule has settings: write `on.{name}.retry = true`, or another of {}",
            suggest::listed(names())
        ));
    };
    let Some(class) = Class::from_name(class_name) else {
        let classes = Class::ALL.iter().map(|class| class.as_str());
        return Err(match suggest::nearest(class_name, classes) {
            Some(near) => format!("unknown class `{class_name}`: did you mean `{near}`?"),
            None => format!("unknown class `{class_name}`; the guide has a page with all of them"),
        });
    };
    let setting = setting.strip_prefix("backoff.").unwrap_or(setting);
    match RULE.iter().find(|key| key.name == setting) {
        Some(key) => Ok((key, Some(class))),
        None => Err(match suggest::nearest(setting, names()) {
            Some(near) => format!("unknown setting `{setting}` of a class: did you mean `{near}`?"),
            None => format!(
                "unknown setting `{setting}` of a class; known here: {}",
                suggest::listed(names())
            ),
        }),
    }
}

/// The row of a setting in any table.
pub(super) fn policy_or_upstream(name: &str) -> Option<&'static Key> {
    POLICY.iter().chain(UPSTREAM).find(|key| key.name == name)
}
