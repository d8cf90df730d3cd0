//! Each rule is documented, and needed.

use super::{table::RULES, *};
use crate::http::prose::Prose;
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use std::{cell::Cell, time::Duration};

thread_local! {
    /// The rule that is left out.
    static REMOVED: Cell<Option<usize>> = const { Cell::new(None) };
}

pub(super) fn is_removed(rule: &Rule) -> bool {
    let removed = REMOVED.get().and_then(|at| RULES.get(at));
    removed.is_some_and(|removed| removed.name == rule.name)
}

#[test]
fn documentation_lists_every_rule_with_its_source_in_order() {
    let documentation = include_str!("../mod.rs");
    let mut rest = documentation;
    for Rule {
        name,
        class,
        source,
        ..
    } in RULES
    {
        let row = format!("    /// | {name} | `{class}` | <{source}> |");
        let behind = rest.split_once(&*row).map(|(_, behind)| behind);
        assert!(behind.is_some(), "no row at its place like\n{row}");
        rest = behind.unwrap_or_default();
    }
    let rows = documentation.matches("    /// | ").count();
    assert_eq!(rows, RULES.len() + 1, "with the heading");
}

const FIXTURES: [&str; 4] = [
    include_str!("../../../../tests/fixtures/error-answers.json"),
    include_str!("../../../../tests/fixtures/error-answers-2.json"),
    include_str!("../../../../tests/fixtures/error-answers-kinds.json"),
    include_str!("../../../../tests/fixtures/error-answers-reported.json"),
];

/// Whether the row has the class and the retry that it names.
fn holds(row: &Value) -> bool {
    let status = row["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let headers = row["headers"].as_object().into_iter().flatten();
    let headers: HeaderMap = headers
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value.as_str()?).ok()?))
        })
        .collect();
    let body = match &row["body"] {
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(1_778_846_400));
    let now = now.unwrap_or(SystemTime::UNIX_EPOCH);
    let status = status.unwrap_or(StatusCode::OK);
    let found = Classification::from_answer_at(status, &headers, body.as_bytes(), now);
    let by_class = found.class.is_retried_by_default();
    let retried = found
        .retryable
        .map_or(by_class, |word| word == Retryable::Yes);
    found.class.as_str() == row["class"] && (retried == row["retry"] || found.wait.is_some())
}

#[test]
fn every_phrase_can_be_found_and_no_name_is_listed_twice() {
    let (mut lost, mut twice) = (Vec::new(), Vec::new());
    for rule in RULES {
        let phrases = [rule.says, rule.rare, rule.and_says, rule.words];
        let phrases = phrases.into_iter().flatten();
        lost.extend(
            phrases
                .filter(|phrase| !Prose::of(phrase.text).says(phrase))
                .map(|phrase| phrase.text),
        );
        for (at, name) in rule.names.iter().enumerate() {
            if rule.names.iter().take(at).any(|other| other == name) {
                twice.push((rule.name, at));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:?}");
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_rule_has_an_answer_that_needs_it() {
    let rows: Vec<Value> = FIXTURES
        .iter()
        .filter_map(|file| {
            serde_json::from_str::<Value>(file)
                .ok()?
                .get("rows")?
                .as_array()
                .cloned()
        })
        .flatten()
        .filter(holds)
        .collect();
    assert!(rows.len() > 250, "{}", rows.len());
    let mut idle = Vec::new();
    for (at, rule) in RULES.iter().enumerate() {
        REMOVED.set(Some(at));
        if rows.iter().all(holds) {
            idle.push(rule.name);
        }
        REMOVED.set(None);
    }
    assert!(idle.is_empty(), "{idle:?}");
}
