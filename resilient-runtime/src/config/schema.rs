//! The JSON schema of the file, for editors, and the table of the documentation: from the table of
//! keys.

use super::{
    keys::{Key, POLICY, RULE, UPSTREAM},
    lookup::LEVELS,
    value::Kind,
};
use crate::{Class, event::EVENTS};
use std::fmt::Write as _;

/// The JSON schema (draft 2020-12) of the file, for editors: `resilient.schema.json` of this crate.
pub fn schema() -> String {
    let mut out = Json::default();
    out.open("");
    out.text("$schema", "https://json-schema.org/draft/2020-12/schema");
    out.text("title", "resilient.toml");
    out.text("type", "object");
    out.raw("additionalProperties", "false");
    out.open("properties");
    out.reference("default", "policy");
    out.map("call", "policy");
    out.map("upstream", "upstream");
    out.open("levels");
    out.text("type", "object");
    out.raw("additionalProperties", "false");
    out.open("properties");
    let levels = quoted(LEVELS.iter().map(|(name, _)| *name));
    for event in EVENTS {
        out.raw(event, &format!("{{ \"enum\": [{levels}] }}"));
    }
    out.close();
    out.close();
    out.close();
    out.open("$defs");
    out.open("policy");
    out.object(|out| {
        out.keys(POLICY);
        out.classes();
    });
    out.close();
    out.open("rule");
    out.object(|out| out.keys(RULE));
    out.close();
    out.open("limits");
    out.object(|out| out.keys(UPSTREAM));
    out.close();
    out.open("upstream");
    out.object(|out| {
        out.keys(POLICY);
        out.classes();
        out.keys(UPSTREAM);
        out.map("key", "limits");
    });
    out.close();
    out.close();
    out.close();
    out.text.push('\n');
    out.text
}

/// The rows of the table of settings.
#[cfg(test)]
pub(super) fn rows() -> Vec<String> {
    let row = |before: &str, key: &Key| {
        let (name, kind, meaning) = (key.name, key.kind.in_words(), key.meaning);
        format!("| `{before}{name}` | {kind} | {meaning} |")
    };
    let policy = POLICY.iter().map(|key| row("", key));
    let rules = RULE.iter().map(|key| row("on.CLASS.", key));
    let limits = UPSTREAM.iter().map(|key| row("", key));
    policy.chain(rules).chain(limits).collect()
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// A JSON object in the making.
#[derive(Default)]
struct Json {
    text: String,
    depth: usize,
    is_first: bool,
}

impl Json {
    fn member(&mut self, name: &str) {
        if self.depth > 0 {
            self.text.push_str(if self.is_first { "\n" } else { ",\n" });
        }
        self.is_first = false;
        self.text.push_str(&"  ".repeat(self.depth));
        if !name.is_empty() {
            let _ = write!(self.text, "\"{name}\": ");
        }
    }

    fn open(&mut self, name: &str) {
        self.member(name);
        self.text.push('{');
        self.depth = self.depth.saturating_add(1);
        self.is_first = true;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.is_first = false;
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push('}');
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.member(name);
        self.text.push_str(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &format!("\"{}\"", value.replace('"', "\\\"")));
    }

    fn reference(&mut self, name: &str, to: &str) {
        self.raw(name, &format!("{{ \"$ref\": \"#/$defs/{to}\" }}"));
    }

    /// A table of named tables.
    fn map(&mut self, name: &str, to: &str) {
        let value = format!(
            "{{ \"type\": \"object\", \"additionalProperties\": {{ \"$ref\": \"#/$defs/{to}\" }} }}"
        );
        self.raw(name, &value);
    }

    fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.text("type", "object");
        self.raw("additionalProperties", "false");
        self.open("properties");
        members(self);
        self.close();
    }

    fn classes(&mut self) {
        self.open("on");
        self.object(|out| {
            for class in Class::ALL {
                out.reference(class.as_str(), "rule");
            }
        });
        self.close();
    }

    /// The keys of a table: those with a point are in tables, and in quotes at the same place.
    fn keys(&mut self, keys: &[Key]) {
        let mut done: Vec<&str> = Vec::new();
        for key in keys {
            let group = key.name.split('.').next().unwrap_or_default();
            if done.contains(&group) {
                continue;
            }
            done.push(group);
            let prefix = format!("{group}.");
            let parts = keys.iter().filter_map(|it| {
                let name = it.name.strip_prefix(&prefix)?;
                Some((name, it))
            });
            let parts: Vec<_> = parts.collect();
            let own = keys.iter().find(|it| it.name == group);
            if parts.is_empty() {
                self.raw(key.name, &of_key(key));
                continue;
            }
            self.open(group);
            let first = match group {
                "requests" | "tokens" => "rate",
                "concurrency" => "limit",
                _ => "enabled",
            };
            let names = own.into_iter().map(|own| (first, own));
            self.open_any(own);
            self.object(|out| {
                for (name, key) in names.chain(parts.iter().copied()) {
                    out.raw(name, &of_key(key));
                }
            });
            self.close_any();
            self.close();
            for (_, key) in &parts {
                self.raw(key.name, &of_key(key));
            }
        }
    }

    /// A table, or a value in its place.
    fn open_any(&mut self, value: Option<&Key>) {
        self.member("anyOf");
        self.text.push('[');
        self.depth = self.depth.saturating_add(1);
        self.is_first = true;
        if let Some(value) = value {
            self.raw("", &of_key(value));
        }
        self.open("");
    }

    fn close_any(&mut self) {
        self.close();
        self.depth = self.depth.saturating_sub(1);
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push(']');
    }
}

const NONE: &str = "{ \"enum\": [\"none\", false] }";

fn of_key(key: &Key) -> String {
    let meaning = key.meaning;
    let kind = of_kind(key.kind);
    format!("{{ \"description\": \"{meaning}\", {kind} }}")
}

fn of_kind(kind: Kind) -> String {
    let pattern = |pattern: &str| format!("{{ \"type\": \"string\", \"pattern\": \"{pattern}\" }}");
    let time = "^ *[0-9]+(\\\\.[0-9]+)? *(ns|us|ms|s|m|min|h|d) *$";
    let rate = "^ *[0-9_]+ */ *(s|m|min|h|day) *$";
    let either = |one: String| format!("\"anyOf\": [{one}, {NONE}]");
    match kind {
        Kind::Count(least, _) => format!("\"type\": \"integer\", \"minimum\": {least}"),
        Kind::CountOrNone(least, _) => {
            either(format!("{{ \"type\": \"integer\", \"minimum\": {least} }}"))
        }
        Kind::Factor => "\"type\": \"number\", \"minimum\": 1".to_owned(),
        Kind::Ratio => "\"type\": \"number\", \"exclusiveMinimum\": 0, \"maximum\": 1".to_owned(),
        Kind::Price => "\"type\": \"number\", \"minimum\": 0".to_owned(),
        Kind::Currency => "\"type\": \"string\", \"pattern\": \"^[A-Z]{3}$\"".to_owned(),
        Kind::Caps => either(pattern("^[^/]+/ *(hour|day|week|month).*$")),
        Kind::Time => format!("\"type\": \"string\", \"pattern\": \"{time}\""),
        Kind::TimeOrNone => either(pattern(time)),
        Kind::Flag => "\"type\": \"boolean\"".to_owned(),
        Kind::Rate => either(pattern(rate)),
        Kind::Budget => either(pattern("^ *([1-9][0-9]?|100) *% *$")),
        Kind::Choice(choices) => format!("\"enum\": [{}]", quoted(choices.iter().copied())),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "test code fails loudly")]
mod tests {
    use super::*;
    use std::{env, fs, path::Path};

    #[test]
    fn the_schema_is_that_of_the_code() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("resilient.schema.json");
        if env::var_os("BLESS").is_some() {
            fs::write(&path, schema()).unwrap();
        }
        assert_eq!(fs::read_to_string(path).unwrap(), schema(), "bless it");
    }

    #[test]
    fn the_table_of_the_guide_has_every_setting() {
        let guide = include_str!("../guide/settings.rs");
        if env::var_os("BLESS").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/settings.rs");
            let (head, _) = guide.split_once("//! |---|---|---|\n").unwrap();
            let rows: Vec<_> = rows().iter().map(|row| format!("//! {row}\n")).collect();
            let rows = rows.concat();
            fs::write(path, format!("{head}//! |---|---|---|\n{rows}")).unwrap();
        }
        for row in rows() {
            assert!(guide.contains(&format!("//! {row}\n")), "{row}");
        }
        let rows = guide.lines().filter(|line| line.starts_with("//! | `"));
        assert_eq!(rows.count(), self::rows().len());
    }

    #[test]
    fn the_events_are_those_of_the_table_of_the_log() {
        let lib = include_str!("../lib.rs");
        let (_, table) = lib.split_once("//! # Logging").unwrap();
        let rows = table
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `"));
        let cells = rows.filter_map(|row| row.split('|').next());
        let mut names: Vec<&str> = cells
            .flat_map(|cell| cell.split(',').map(|it| it.trim().trim_matches('`')))
            .collect();
        names.sort_unstable();
        assert_eq!(names, EVENTS);
    }
}
