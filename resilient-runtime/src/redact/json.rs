//! JSON without secrets: blanked by member, whatever the shape of a value.

use crate::redact::{Redacted, names, secret, text};
use serde_json::Value;

/// Blanks every member with a telling name and every text that contains a secret.
pub(crate) fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // `{"name": "API_KEY", "value": …}` announces a secret, too.
            let announced = members.values().any(announces);
            for (name, value) in members.iter_mut() {
                if names::is_member(name, value.is_number()) || announced && !announces(value) {
                    clear(value);
                } else {
                    blank(value);
                }
            }
            // A secret may be the name itself.
            if members.keys().any(|name| contains_secret(name)) {
                let old = std::mem::take(members);
                let pairs = old.into_iter().enumerate().map(|(at, (name, value))| {
                    if contains_secret(&name) {
                        (format!("{} {at}", Redacted::BLANK), value)
                    } else {
                        (name, value)
                    }
                });
                *members = pairs.collect();
            }
        }
        Value::Array(items) => {
            let announced = items.iter().any(announces);
            for item in items {
                if announced && !announces(item) {
                    clear(item);
                } else {
                    blank(item);
                }
            }
        }
        Value::String(text) => {
            // JSON within a text, as in the arguments of a tool.
            let inner = text.trim_start().starts_with(['{', '[']);
            match inner.then(|| serde_json::from_str::<Value>(text)) {
                Some(Ok(mut inner)) => {
                    blank(&mut inner);
                    *text = inner.to_string();
                }
                _ if contains_secret(text) => Redacted::BLANK.clone_into(text),
                _ => {}
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The secrets in it that an answer may repeat.
pub(crate) fn secrets<'v>(value: &'v Value, is_secret: bool, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            let announced = is_secret || members.values().any(announces);
            for (name, value) in members {
                let named = names::is_member(name, value.is_number());
                secrets(value, announced && !announces(value) || named, found);
            }
        }
        Value::Array(items) => {
            let announced = is_secret || items.iter().any(announces);
            for item in items {
                secrets(item, announced && !announces(item), found);
            }
        }
        Value::String(whole) => {
            if is_secret {
                found.push(whole);
            }
            // A part of it may be repeated by itself.
            text::secrets(whole, found);
        }
        _ => {}
    }
}

/// Whether a text is the name of a secret and nothing else.
fn announces(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.len() <= 64 && !text.contains(' ') && names::named(text).is_some())
}

fn clear(value: &mut Value) {
    if !value.is_null() {
        *value = Redacted::BLANK.into();
    }
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"'`,;<>()[]{}".contains(c))
}

/// Whether a text of a body contains a secret.
fn contains_secret(text: &str) -> bool {
    text.contains("-----BEGIN") || words(text).any(secret::is_secret) || super::has_secret(text)
}
