//! The keys of a scope.

use crate::sharing::messages::Scope;
use redis::Script;
use std::fmt::Write as _;

/// The number of the layout: see `script.lua`.
const PREFIX: &str = "resilient:1:";
/// The longest name of a scope in a key, in bytes. A longer one is shortened to its begin and a
/// hash.
const LONGEST: usize = 200;
const BEGIN: usize = 60;

/// The keys of the state, the replicas and the caps. The name of the scope is their hash tag, so
/// that a cluster has them in one slot.
pub(super) fn keys(scope: &Scope) -> [String; 3] {
    let name = name(scope);
    ["s", "n", "c"].map(|suffix| format!("{PREFIX}{{{name}}}:{suffix}"))
}

fn name(scope: &Scope) -> String {
    let mut name = escaped(&scope.upstream);
    if let Some(key) = &scope.key {
        name.push('/');
        name.push_str(&escaped(key));
    }
    if name.is_empty() {
        // No other name has this one, for an escape has two digits. An empty tag is none.
        name.push('%');
    }
    if name.len() <= LONGEST {
        return name;
    }
    // Of the hashes that are the same in every process the one that is here already.
    let hash = Script::new(&name).get_hash().to_owned();
    let end = (0..=BEGIN).rev().find(|end| name.is_char_boundary(*end));
    name.truncate(end.unwrap_or_default());
    format!("{name}~{hash}")
}

/// Without the characters that end a name or a tag, and without those that break a line.
fn escaped(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '{' | '}' | '%' | '/' | '~') || c.is_ascii_control() {
            // Formatting into a string does not fail.
            let _ = write!(name, "%{:02X}", u32::from(c));
        } else {
            name.push(c);
        }
    }
    name
}
