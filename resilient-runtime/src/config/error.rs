//! The mistakes of a configuration, each with its place.

use crate::Redacted;
use std::{fmt, io, ops::Range, path::Path};

/// A configuration that was not accepted: it changes nothing.
///
/// Its `Display` shows every mistake with file, line, column and the line itself.
///
/// ```
/// use resilient_runtime::config::Config;
///
/// let mistakes = Config::parse("[default]\natempts = 3\n", "resilient.toml").unwrap_err();
/// let text = mistakes.to_string();
/// assert!(text.starts_with("resilient.toml:2:1: unknown setting `atempts`: did you mean `attempts`?"));
/// assert_eq!((mistakes.mistakes()[0].line, mistakes.mistakes()[0].column), (2, 1));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigFileError {
    source: String,
    mistakes: Vec<Mistake>,
    /// The file could not be read: it may be readable later without another change.
    pub(super) is_unreadable: bool,
}

/// A mistake in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The line in the file, from 1. Zero for the file as a whole and for an environment variable.
    pub line: usize,
    /// The column of the first character, from 1, counted in characters. Zero as for `line`.
    pub column: usize,
    /// The mistake, with the remedy if it is known.
    pub message: String,
    /// The line, unless it has a secret, and the number of characters that are wrong.
    shown: Option<(String, usize)>,
}

/// The longest part of a line that is shown.
const LONGEST_LINE: usize = 160;

impl ConfigFileError {
    /// The name of the file, or of what else was read.
    pub fn source_name(&self) -> &str {
        &self.source
    }

    /// All mistakes, in the order of the file; at least one.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// A mistake of the whole.
    pub(super) fn whole(source: &str, message: String) -> Self {
        Self {
            source: source.to_owned(),
            mistakes: vec![Mistake {
                line: 0,
                column: 0,
                message,
                shown: None,
            }],
            is_unreadable: false,
        }
    }

    /// The file cannot be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let message = format!("the file cannot be read: {error}");
        Self {
            is_unreadable: true,
            ..Self::whole(&path.display().to_string(), message)
        }
    }
}

/// The mistakes found so far.
pub(super) struct Mistakes<'t> {
    source: &'t str,
    text: &'t str,
    /// The first byte of each line.
    lines: Vec<usize>,
    found: Vec<(usize, Mistake)>,
}

/// The most mistakes that are reported, so that a file that is something else is not repeated.
const MOST: usize = 100;

/// The longest message: a name in it may have any length.
const LONGEST_MESSAGE: usize = 1_000;

impl<'t> Mistakes<'t> {
    pub(super) fn new(source: &'t str, text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let begins = ends.map(|(at, _)| at.saturating_add(1));
        Self {
            source,
            text,
            lines: std::iter::once(0).chain(begins).collect(),
            found: Vec::new(),
        }
    }

    /// Adds a mistake at these bytes of the text.
    pub(super) fn at(&mut self, span: &Range<usize>, message: impl AsRef<str>) {
        if self.found.len() >= MOST {
            return;
        }
        let line = self.line(span.start);
        let begin = self.lines.get(line.saturating_sub(1)).copied();
        let rest = self.text.get(begin.unwrap_or_default()..);
        let text = rest.and_then(|rest| rest.lines().next());
        let before = self.text.get(begin.unwrap_or_default()..span.start);
        let before = before.unwrap_or_default().chars().count();
        let column = before.saturating_add(1);
        let is_blanked = |text: &&str| {
            let shown = Redacted::bounded(text, usize::MAX);
            shown.as_str() != *text
        };
        let shown = text.filter(|text| !is_blanked(text)).map(|text| {
            let rest = text
                .chars()
                .count()
                .saturating_sub(column)
                .saturating_add(1);
            let wrong = self.text.get(span.clone()).unwrap_or_default();
            let wrong = wrong.lines().next().unwrap_or_default().chars().count();
            (text.to_owned(), wrong.clamp(1, rest.max(1)))
        });
        let mistake = Mistake {
            line,
            column,
            message: printable(message.as_ref()),
            shown,
        };
        self.found.push((span.start, mistake));
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= at)
    }

    /// Adds a mistake without a place in the text.
    pub(super) fn elsewhere(&mut self, message: impl AsRef<str>) {
        let mistake = Mistake {
            line: 0,
            column: 0,
            message: printable(message.as_ref()),
            shown: None,
        };
        self.found.push((0, mistake));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// `value`, or all mistakes in order.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, ConfigFileError> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|(at, _)| *at);
        self.found.dedup();
        Err(ConfigFileError {
            source: self.source.to_owned(),
            mistakes: self.found.into_iter().map(|(_, it)| it).collect(),
            is_unreadable: false,
        })
    }
}

/// A message without control characters and secrets, and not too long.
fn printable(message: &str) -> String {
    let shown = Redacted::bounded(message, LONGEST_MESSAGE);
    let shown = shown.as_str().chars();
    let shown = shown.map(|c| if c.is_control() { '\u{fffd}' } else { c });
    shown.collect()
}

/// Line and column of a byte, from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let column = before.get(start..).unwrap_or_default().chars().count();
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    (lines.saturating_add(1), column.saturating_add(1))
}

impl fmt::Display for ConfigFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.mistakes.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&printable(&self.source))?;
            if mistake.line > 0 {
                write!(f, ":{}:{}", mistake.line, mistake.column)?;
            }
            write!(f, ": {}", mistake.message)?;
            if let Some((line, wrong)) = &mistake.shown {
                show(f, mistake, line, *wrong)?;
            }
        }
        Ok(())
    }
}

/// The line, and carets below what is wrong.
fn show(f: &mut fmt::Formatter<'_>, at: &Mistake, line: &str, wrong: usize) -> fmt::Result {
    // Of a long line, the part around the place.
    let before = at.column.saturating_sub(1);
    let skipped = before.saturating_sub(LONGEST_LINE / 2);
    let line = line.chars().skip(skipped).take(LONGEST_LINE);
    // A control character would move the carets, or the cursor of a terminal.
    let line: String = line.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let number = at.line;
    let margin = " ".repeat(number.to_string().len());
    let indent = " ".repeat(before.saturating_sub(skipped));
    let carets = "^".repeat(wrong.min(LONGEST_LINE));
    write!(f, "\n {number} | {line}\n {margin} | {indent}{carets}")
}

/// As `Display`: programs unwrap it.
impl fmt::Debug for ConfigFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigFileError {}
