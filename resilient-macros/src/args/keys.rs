//! The names of all arguments, in one table for each list they can stand in.

use crate::{
    classes::CLASSES,
    suggest::{listed, nearest},
};
use proc_macro2::Ident;
use std::slice;
use syn::ext::IdentExt;

/// A name that may stand in a list of arguments.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// How to write it.
    pub(crate) example: &'static str,
    /// What others call it.
    others: &'static [&'static str],
}

const fn key(name: &'static str, example: &'static str, others: &'static [&'static str]) -> Key {
    Key {
        name,
        example,
        others,
    }
}

/// What may stand in `#[resilient(..)]`.
pub(crate) const ARGUMENTS: &[Key] = &[
    key(
        "attempts",
        "attempts = 5",
        &[
            "retries",
            "tries",
            "max_attempts",
            "max_retries",
            "max_tries",
        ],
    ),
    key("timeout", "timeout = \"30s\"", &["attempt_timeout"]),
    key(
        "deadline",
        "deadline = \"2m\"",
        &["total_timeout", "overall_timeout", "max_elapsed_time"],
    ),
    key(
        "backoff",
        "backoff(initial = \"1s\", max = \"32s\")",
        &[
            "delay", "wait", "interval", "initial", "factor", "max", "jitter", "kind", "strategy",
        ],
    ),
    key(
        "on",
        "on(rate_limited, attempts = 8)",
        &["retry_on", "retry", "class"],
    ),
    key(
        "max_retry_after",
        "max_retry_after = \"2m\"",
        &["retry_after"],
    ),
    key("idempotent", "idempotent = false", &[]),
    key("repeat_nested", "repeat_nested = true", &["nested"]),
    key("policy", "policy = self.policy", &["config"]),
    key(
        "classify",
        "classify = path::to::function",
        &["retry_if", "when", "classifier"],
    ),
    key(
        "classify_ok",
        "classify_ok = path::to::function",
        &["classify_success"],
    ),
    key("context", "context = attempt", &["ctx"]),
    key(
        "by_ref",
        "by_ref(argument)",
        &["ref", "skip", "no_clone", "borrow"],
    ),
    key("name", "name = \"openai.chat\"", &["label"]),
    key("level", "level = \"debug\"", &["log"]),
    key("fields", "fields(model = model)", &["field"]),
    key("crate", "crate = path::to::resilient_runtime", &["runtime"]),
];

/// What may stand in `backoff(..)`.
pub(crate) const BACKOFF: &[Key] = &[
    key("kind", "kind = \"exponential\"", &["strategy", "type"]),
    key(
        "initial",
        "initial = \"1s\"",
        &["base", "min", "delay", "start", "first"],
    ),
    key("factor", "factor = 2", &["multiplier", "exponent"]),
    key("max", "max = \"32s\"", &["cap", "max_delay", "limit"]),
    key("jitter", "jitter = \"full\"", &["random"]),
];

/// What may stand in `on(class, ..)`, beside what may stand in `backoff(..)`.
pub(crate) const RULE: &[Key] = &[
    key("retry", "retry = true", &["retryable", "retried"]),
    key(
        "attempts",
        "attempts = 8",
        &["retries", "tries", "max_attempts", "max_retries"],
    ),
];

/// What may stand in `#[classify(..)]`: the classes, and these.
pub(crate) const DERIVE: &Tables = &[CLASS_WORDS, CLASSIFY];

const CLASSIFY: &[Key] = &[
    key("status", "status = field", &["status_code", "http_status"]),
    key(
        "retry_after",
        "retry_after = field",
        &["wait", "after", "delay", "retry_in"],
    ),
    key("code", "code = field", &["error_code"]),
    key("kind", "kind = field", &["type", "error_type"]),
    key("message", "message = field", &["msg", "text"]),
    key("param", "param = field", &["parameter"]),
    key("request_id", "request_id = field", &["id"]),
    key(
        "delegate",
        "delegate",
        &["transparent", "source", "from", "forward", "inner"],
    ),
    key("rejection", "rejection", &["rejected"]),
    key("crate", "crate = path::to::resilient_runtime", &["runtime"]),
];

/// Each class as a word of its own; others may write it as the runtime's variant.
const CLASS_WORDS: &[Key] = &class_words();

const fn class_words() -> [Key; CLASSES.len()] {
    let mut words = [const { key("", "", &[]) }; CLASSES.len()];
    let (mut left, mut rest): (&mut [Key], _) = (&mut words, CLASSES);
    while let ([word, words @ ..], [(name, variant), classes @ ..]) = (left, rest) {
        *word = key(name, name, slice::from_ref(variant));
        (left, rest) = (words, classes);
    }
    words
}

/// Where keys are looked up: tables one after another, and the words they stand in.
pub(crate) type Tables = [&'static [Key]];

/// The key with this name, or what to write instead.
pub(crate) fn find(word: &Ident, tables: &Tables) -> syn::Result<&'static Key> {
    let name = word.unraw().to_string();
    known(&name, tables).ok_or_else(|| {
        let names = || tables.iter().copied().flatten().map(|key| key.name);
        let named_so_by_others = tables
            .iter()
            .copied()
            .flatten()
            .find(|key| key.others.contains(&name.as_str()));
        let is_class =
            known("on", tables).is_some() && CLASSES.iter().any(|(class, _)| *class == name);
        let of_a_class = is_class.then(|| format!("; did you mean `on({name}, retry = true)`?"));
        let hint = named_so_by_others
            .map(|key| key.name)
            .or_else(|| nearest(&name, names()))
            .and_then(|meant| known(meant, tables))
            .map(|key| format!("; did you mean `{}`?", key.example))
            .or(of_a_class)
            .unwrap_or_default();
        let message = format!(
            "unknown argument `{name}`{hint}\nknown here: {}",
            listed(names())
        );
        syn::Error::new(word.span(), message)
    })
}

/// The key with this name.
pub(crate) fn known(name: &str, tables: &Tables) -> Option<&'static Key> {
    tables
        .iter()
        .copied()
        .flatten()
        .find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn message(word: &str) -> String {
        find(&Ident::new(word, Span::call_site()), &[ARGUMENTS])
            .expect_err(word)
            .to_string()
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_one_and_the_list() {
        assert!(message("atempts").contains("did you mean `attempts = 5`?"));
        assert!(message("retries").contains("did you mean `attempts = 5`?"));
        assert!(
            message("banana").starts_with("unknown argument `banana`\nknown here: `attempts`, ")
        );
    }

    #[test]
    fn no_name_stands_twice_and_no_nickname_is_a_name() {
        for tables in [&[ARGUMENTS] as &Tables, &[RULE, BACKOFF], DERIVE] {
            let keys: Vec<_> = tables.iter().copied().flatten().collect();
            for key in &keys {
                assert_eq!(
                    keys.iter().filter(|other| other.name == key.name).count(),
                    1
                );
                assert!(
                    key.others
                        .iter()
                        .all(|other| known(other, tables).is_none()),
                    "{key:?}"
                );
                assert!(key.example.starts_with(key.name));
            }
        }
    }
}
