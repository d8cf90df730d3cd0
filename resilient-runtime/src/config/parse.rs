//! Reads a configuration.

use super::{
    error::{ConfigFileError, Mistakes},
    lookup::{find, level, policy_or_upstream},
    section::{Entry, Origin, Pattern, Place, Section},
    value::Raw,
};
use crate::{Level, suggest};
use std::{ops::Range, sync::Arc};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A configuration that has been read, and is valid: sections with settings, and levels of events.
///
/// ```
/// use resilient_runtime::config::Config;
///
/// let config = Config::parse("[call.\"app::*\"]\nattempts = 3\ntimeout = \"20s\"\n", "resilient.toml");
/// assert!(config.is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(super) sections: Vec<Section>,
    pub(super) levels: Vec<(&'static str, Level)>,
}

/// The longest text that is read.
pub(super) const LONGEST: usize = 1 << 20;

/// The sections of a file.
const SECTIONS: [&str; 4] = ["default", "upstream", "call", "levels"];

impl Config {
    /// Reads TOML. `name` stands for the file in messages.
    ///
    /// # Errors
    /// All mistakes: of the syntax, or if there are none, unknown names, values of another kind and
    /// contradictions within a section. A text above 1 MiB is not read.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigFileError> {
        if text.len() > LONGEST {
            let message = format!("{} bytes are too many: at most {LONGEST}", text.len());
            return Err(ConfigFileError::whole(name, message));
        }
        let mut reader = Reader {
            mistakes: Mistakes::new(name, text),
            text,
            file: name.into(),
            config: Self::default(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let message = error.message();
            let hint = if message.contains("with a dotted key") {
                ": write a value and its parts as one table, such as `requests = { rate = \"500/min\", burst = 20 }`"
            } else {
                ""
            };
            reader.mistakes.at(&span, format!("{message}{hint}"));
        }
        // The rest of a broken file is not what was meant.
        if reader.mistakes.is_empty() {
            reader.root(table.get_ref());
        }
        reader.mistakes.or(reader.config)
    }
}

struct Reader<'t> {
    mistakes: Mistakes<'t>,
    text: &'t str,
    file: Arc<str>,
    config: Config,
}

impl Reader<'_> {
    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let (name, span) = (key.get_ref().as_ref(), key.span());
            let Some(table) = self.table(name, &span, value) else {
                continue;
            };
            match name {
                "default" => self.section(Place::Default, table),
                "call" => self.each(name, table, |reader, name, table| {
                    reader.section(Place::Call(Pattern::new(name)), table);
                }),
                "upstream" => self.each(name, table, Self::upstream),
                "levels" => self.levels(table),
                _ => {
                    let message = match suggest::nearest(name, SECTIONS) {
                        Some(near) => format!("unknown section: did you mean `{near}`?"),
                        None if policy_or_upstream(name).is_some() => format!(
                            "`{name}` belongs in a section, such as `[default]` or `[call.\"app::*\"]`"
                        ),
                        None => format!(
                            "unknown section: expected one of {}",
                            suggest::listed(SECTIONS)
                        ),
                    };
                    self.mistakes.at(&span, message);
                }
            }
        }
    }

    /// The table of a section, or a mistake.
    fn table<'v, 'i>(
        &mut self,
        name: &str,
        span: &Range<usize>,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let message = if SECTIONS.contains(&name) {
                format!("`{name}` is a section, not a value")
            } else {
                format!("`{name}` belongs in a section, such as `[default]` or `[call.\"app::*\"]`")
            };
            self.mistakes.at(span, message);
        }
        table
    }

    /// The named tables of a section.
    fn each(
        &mut self,
        section: &str,
        table: &DeTable<'_>,
        mut read: impl FnMut(&mut Self, String, &DeTable<'_>),
    ) {
        for (key, value) in table {
            let (name, span) = (key.get_ref().as_ref(), key.span());
            match value.get_ref().as_table() {
                _ if name.is_empty() => self.mistakes.at(&span, "a name is missing"),
                Some(table) => read(self, name.to_owned(), table),
                None => {
                    let message = format!(
                        "`{name}` needs a name before it: write `[{section}.NAME]`, and `{name}` in it"
                    );
                    self.mistakes.at(&span, message);
                }
            }
        }
    }

    fn upstream(&mut self, name: String, table: &DeTable<'_>) {
        let pattern = Pattern::new(name);
        if let Some((_, keys)) = table.iter().find(|(key, _)| key.get_ref() == "key") {
            if let Some(keys) = keys.get_ref().as_table() {
                self.each("upstream.NAME.key", keys, |reader, key, table| {
                    let place = Place::Key(pattern.clone(), Pattern::new(key));
                    reader.section(place, table);
                });
            }
        }
        self.section(Place::Upstream(pattern), table);
    }

    fn section(&mut self, place: Place, table: &DeTable<'_>) {
        let mut entries = Vec::new();
        self.settings(&place, "", table, &mut entries);
        entries.sort_by_key(Entry::order);
        let section = Section { place, entries };
        let found = section.contradictions();
        for (entry, message) in found {
            let end = entry.at.saturating_add(1);
            let end = self.text.get(entry.at..).map_or(end, |rest| {
                let length = rest.find(|c: char| c == '=' || c.is_whitespace());
                entry.at.saturating_add(length.unwrap_or(1))
            });
            self.mistakes.at(&(entry.at..end), message);
        }
        self.config.sections.push(section);
    }

    /// The settings of a table, whose names begin with `before`.
    fn settings(&mut self, place: &Place, before: &str, table: &DeTable<'_>, to: &mut Vec<Entry>) {
        for (key, value) in table {
            let name = format!("{before}{}", key.get_ref());
            let is_keys = name == "key" && matches!(place, Place::Upstream(_));
            match value.get_ref() {
                DeValue::Table(_) if is_keys => {}
                DeValue::Table(inner) => self.settings(place, &format!("{name}."), inner, to),
                DeValue::Array(tables) if tables.iter().any(|it| it.get_ref().is_table()) => {
                    let message =
                        format!("`{name}` is one table: write `[..]` instead of `[[..]]`");
                    self.mistakes.at(&key.span(), message);
                }
                leaf => match find(place, &name) {
                    Err(message) => self.mistakes.at(&key.span(), message),
                    Ok((key_row, class)) => match key_row.kind.read(raw(leaf)) {
                        Err(message) => {
                            let message = format!("`{name}`: {message}");
                            self.mistakes.at(&value.span(), message);
                        }
                        Ok(value) => {
                            let at = key.span().start;
                            let line = self.mistakes.line(at);
                            to.push(Entry {
                                key: key_row,
                                class,
                                value,
                                origin: Origin::File(Arc::clone(&self.file), line),
                                at,
                            });
                        }
                    },
                },
            }
        }
    }

    fn levels(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let text = value.get_ref().as_str().unwrap_or_default();
            match level(key.get_ref(), text) {
                Ok(level) => self.config.levels.push(level),
                Err((true, message)) => self.mistakes.at(&key.span(), message),
                Err((false, message)) => self.mistakes.at(&value.span(), message),
            }
        }
    }
}

fn raw<'v>(value: &'v DeValue<'_>) -> Raw<'v> {
    match value {
        DeValue::String(text) => Raw::Text(text),
        DeValue::Integer(number) => {
            let digits = number.as_str();
            Raw::Whole(i128::from_str_radix(digits, number.radix()).ok())
        }
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(number) => Raw::Decimal(number),
            Err(_) => Raw::Other("that number"),
        },
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Array(_) => Raw::Other("an array"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}
