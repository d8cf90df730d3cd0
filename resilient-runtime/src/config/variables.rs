//! Environment variables: `RESILIENT__SECTION__NAME__SETTING`.

use super::{
    error::{ConfigFileError, Mistakes},
    lookup::{find, level},
    parse::Config,
    section::{Entry, Origin, Pattern, Place, Section},
};
use std::ffi::{OsStr, OsString};

/// The start of every variable.
const PREFIX: &str = "RESILIENT__";

/// The name of the variables in messages.
const SOURCE: &str = "environment";

impl Config {
    /// Adds the values of environment variables, which override those of the file at the same
    /// place.
    ///
    /// The parts of a name are separated by two underscores; cases do not matter:
    /// `RESILIENT__DEFAULT__ATTEMPTS`, `RESILIENT__UPSTREAM__OPENAI__REQUESTS__BURST`,
    /// `RESILIENT__CALL__APP__ASK__TIMEOUT` for the function `app::ask`. In the names of functions
    /// and upstreams, `_` stands for any signs that are neither letters nor digits. Other variables
    /// are ignored.
    ///
    /// ```
    /// use resilient_runtime::config::Config;
    ///
    /// let variables = [("RESILIENT__CALL__APP__ASK__TIMEOUT", "20s"), ("HOME", "/")];
    /// assert!(Config::default().with_variables(variables).is_ok());
    /// let mistakes = Config::default().with_variables([("RESILIENT__DEFAULT__ATEMPTS", "3")]);
    /// assert!(mistakes.unwrap_err().to_string().contains("did you mean `attempts`?"));
    /// ```
    ///
    /// # Errors
    /// All mistakes, by the names of the variables. Values other than numbers are not repeated:
    /// one may be a secret in the wrong variable.
    pub fn with_variables<N: Into<OsString>, V: Into<OsString>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigFileError> {
        let mut mistakes = Mistakes::new(SOURCE, "");
        let mut sections: Vec<Section> = Vec::new();
        let all = variables.into_iter();
        let mut own: Vec<(String, OsString)> = all
            .filter_map(|(name, value)| Some((own_name(&name.into())?, value.into())))
            .collect();
        // In a stable order: two names may differ by case only.
        own.sort();
        for (name, value) in own {
            let mut add = || -> Result<(), String> {
                let text = value.to_str().ok_or("the value is not UTF-8")?;
                let parts: Vec<&str> = name.split("__").collect();
                match parts.as_slice() {
                    ["levels", event] => {
                        let level = level(event, text.trim()).map_err(|(_, message)| message)?;
                        self.levels.retain(|(event, _)| *event != level.0);
                        self.levels.push(level);
                        return Ok(());
                    }
                    [section, rest @ ..] => {
                        let (place, setting) = place(section, rest)?;
                        let (key, class) = find(&place, &setting)?;
                        let value = key.kind.read_text(text)?;
                        let entry = Entry {
                            key,
                            class,
                            value,
                            origin: Origin::Environment,
                            at: 0,
                        };
                        match sections.iter_mut().find(|it| it.place == place) {
                            Some(section) => section.entries.push(entry),
                            None => sections.push(Section {
                                place,
                                entries: vec![entry],
                            }),
                        }
                    }
                    [] => {}
                }
                Ok(())
            };
            if let Err(message) = add() {
                mistakes.elsewhere(format!("{PREFIX}{}: {message}", name.to_uppercase()));
            }
        }
        for section in &mut sections {
            section.entries.sort_by_key(Entry::order);
            for (entry, message) in section.contradictions() {
                let (place, name) = (&section.place, entry.name());
                mistakes.elsewhere(format!("`{name}` of `{place}`: {message}"));
            }
        }
        self.sections.extend(sections);
        mistakes.or(self)
    }
}

/// The name without the prefix, in lower case; `None` if the variable belongs to others.
fn own_name(name: &OsStr) -> Option<String> {
    let name = name.to_str()?;
    let start = name.get(..PREFIX.len())?;
    let is_own = start.eq_ignore_ascii_case(PREFIX);
    is_own.then(|| name.get(PREFIX.len()..).unwrap_or_default().to_lowercase())
}

/// The place and the name of the setting. A name of a function has as many parts as are left.
fn place(section: &str, rest: &[&str]) -> Result<(Place, String), String> {
    let pattern = |parts: &[&str]| Pattern {
        text: parts.join("__"),
        is_loose: true,
    };
    let names = || rest.iter().enumerate().skip(1);
    let unknown = |place: &Place, parts: &[&str]| {
        let last = parts.last().copied().unwrap_or_default();
        find(place, last).err().unwrap_or_default()
    };
    match section {
        "default" => Ok((Place::Default, rest.join("."))),
        "call" => {
            // The longest setting wins: `on__timeout__retry` before a function `on::timeout`.
            let split = names().find(|(at, _)| {
                let setting = rest.get(*at..).unwrap_or_default().join(".");
                find(&Place::Default, &setting).is_ok()
            });
            let any = Place::Default;
            let (at, _) = split.ok_or_else(|| match rest {
                [] | [_] => "write RESILIENT__CALL__NAME__SETTING".to_owned(),
                parts => unknown(&any, parts),
            })?;
            let (name, setting) = rest.split_at(at);
            Ok((Place::Call(pattern(name)), setting.join(".")))
        }
        "upstream" => {
            let is_key = rest.get(1) == Some(&"key");
            match (is_key, rest) {
                (true, [name, _, key, setting @ ..]) if !setting.is_empty() => {
                    let place = Place::Key(pattern(&[name]), pattern(&[key]));
                    Ok((place, setting.join(".")))
                }
                (false, [name, setting @ ..]) if !setting.is_empty() => {
                    Ok((Place::Upstream(pattern(&[name])), setting.join(".")))
                }
                _ => Err("write RESILIENT__UPSTREAM__NAME__SETTING".to_owned()),
            }
        }
        _ => Err("the parts are DEFAULT, UPSTREAM, CALL or LEVELS, and a setting".to_owned()),
    }
}
