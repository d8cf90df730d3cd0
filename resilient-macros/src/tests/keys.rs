//! The tables of keys: every key is read, and unknown ones are answered.

use super::{derived, expanded};
use crate::{
    args::{read_into, tables::*},
    derive::WORDS,
    text::errors::Errors,
};
use std::collections::BTreeMap;

/// A list of arguments: the examples of its keys, and how to write one of them.
type List = (Vec<(&'static str, &'static str)>, fn(&str) -> String);

fn attribute(arguments: &str) -> String {
    let function = "/// Documented.\nasync fn f(&self, argument: String, tenant: &str) -> R { x }";
    expanded(&format!("#[resilient({arguments})] {function}")).to_string()
}

fn derive(words: &str) -> String {
    let variant = format!("#[classify({words})] A {{ field: F }}");
    derived(&format!("#[derive(Classify)] enum E {{ {variant} }}")).to_string()
}

/// The same on a function that gives a stream.
fn of_stream(arguments: &str) -> String {
    let result = "Result<impl Stream<Item = Result<T, E>>, E>";
    expanded(&format!(
        "#[resilient({arguments})] async fn f() -> {result} {{ x }}"
    ))
    .to_string()
}

#[test]
fn every_key_of_every_table_has_an_effect_of_its_own() {
    let is_of_stream =
        |(name, _): &_| ["first", "idle", "content", "last", "usage", "resume"].contains(name);
    let (of_streams, others): (Vec<_>, _) =
        ARGUMENTS.examples().into_iter().partition(is_of_stream);
    effects_differ(&of_streams, of_stream, &of_stream(""));
    let lists: [List; 9] = [
        (others, attribute),
        (BACKOFF.examples(), |it| {
            attribute(&format!("backoff({it})"))
        }),
        (RULE.examples(), |it| {
            attribute(&format!("on(timeout, {it})"))
        }),
        (BREAKER.examples(), |it| {
            attribute(&format!("breaker({it})"))
        }),
        (RATE.examples(), |it| {
            attribute(&format!("requests(\"10/s\", {it})"))
        }),
        (CONCURRENCY.examples(), |it| {
            attribute(&format!("concurrency(min = 9, {it})"))
        }),
        (HEDGE.examples(), |it| attribute(&format!("hedge({it})"))),
        (RESUME.examples(), |it| {
            of_stream(&format!("resume(f, {it})"))
        }),
        (FALLBACK.examples(), |it| {
            attribute(&format!("fallback({it})"))
        }),
    ];
    for (keys, write) in lists {
        effects_differ(&keys, write, &attribute(""));
    }
    effects_differ(&WORDS.examples(), derive, &derive(""));
}

/// Checks that each example expands to something else than no argument and than every other
/// example, and that no key is unknown.
#[track_caller]
fn effects_differ(keys: &[(&str, &str)], write: fn(&str) -> String, without: &str) {
    let mut effects = BTreeMap::from([(without.to_owned(), "no argument")]);
    assert!(!keys.is_empty());
    for (name, example) in keys {
        let effect = write(example);
        assert!(!effect.contains("unknown argument"), "{name}: {effect}");
        if let Some(same) = effects.insert(effect, name) {
            panic!("`{name}` has the same effect as {same}");
        }
    }
}

#[test]
fn names_are_unique_and_examples_begin_with_their_key() {
    ARGUMENTS.check();
    BACKOFF.check();
    RULE.check();
    BREAKER.check();
    RATE.check();
    CONCURRENCY.check();
    HEDGE.check();
    FALLBACK.check();
    WORDS.check();
}

fn message(written: &str) -> String {
    let mut errors = Errors::default();
    let mut args = crate::args::Args::default();
    read_into(&mut args, written.parse().unwrap(), &ARGUMENTS, &mut errors);
    errors.or(()).unwrap_err().to_string()
}

#[test]
fn unknown_keys_are_answered_with_the_nearest_key_and_the_list() {
    assert!(message("atempts = 3").contains("did you mean `attempts = 5`?"));
    assert!(message("retries = 3").contains("did you mean `attempts = 5`?"));
    let banana = message("banana = 3");
    assert!(banana.starts_with("unknown argument `banana`\nknown here: `attempts`, "));
}

#[test]
fn keys_of_other_libraries_are_answered_with_the_form_of_this_one() {
    for (written, answer) in [
        ("max_delay = \"5s\"", "`backoff(max = \"32s\")`"),
        ("initial = \"5s\"", "`backoff(initial = \"1s\")`"),
        ("jitter = true", "`backoff(jitter = \"full\")`"),
        ("on_retry = log", "`context = attempt` has"),
        ("rate_limited", "`on(rate_limited, retry = true)`"),
    ] {
        let message = message(written);
        assert!(message.contains(answer), "{written}: {message}");
    }
}

#[test]
fn the_list_of_keys_is_printed_once_for_each_attribute() {
    let text = attribute("banana = 3, cherry = 4, backoff(banana = 1, cherry = 2)");
    assert_eq!(text.matches("unknown argument").count(), 4, "{text}");
    assert_eq!(text.matches("known here: `attempts`").count(), 1, "{text}");
    assert_eq!(text.matches("known here: `kind`").count(), 1, "{text}");
}
