//! The terminal that the demo writes to: its colours and its width.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

pub(crate) const GREEN: &str = "32";
pub(crate) const YELLOW: &str = "33";
pub(crate) const RED: &str = "31";

/// The width where there is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Lines of a narrower terminal break again by themselves; longer lines are hard to read.
const MIN_WIDTH: usize = 60;
const MAX_WIDTH: usize = 200;

/// Writes a line to standard output. A closed pipe is not an error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes a line to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Whether an output takes colours, and how long its lines may be.
#[derive(Clone, Copy)]
pub(crate) struct Terminal {
    colours: bool,
    width: usize,
    write: fn(&str),
}

impl Terminal {
    pub(crate) fn stdout() -> Self {
        let columns = terminal_size::terminal_size_of(io::stdout());
        Self::new(io::stdout().is_terminal(), columns, say)
    }

    pub(crate) fn stderr() -> Self {
        let columns = terminal_size::terminal_size_of(io::stderr());
        Self::new(io::stderr().is_terminal(), columns, note)
    }

    /// Colours for a terminal, unless [`NO_COLOR`](https://no-color.org) is set. `COLUMNS`
    /// overrides the width.
    fn new(
        is_terminal: bool,
        size: Option<(terminal_size::Width, terminal_size::Height)>,
        write: fn(&str),
    ) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let columns = std::env::var("COLUMNS").ok();
        let width = columns
            .and_then(|columns| columns.parse().ok())
            .or_else(|| size.map(|(width, _)| usize::from(width.0)))
            .unwrap_or(DEFAULT_WIDTH);
        Self {
            colours: is_terminal && !no_colour,
            width: width.clamp(MIN_WIDTH, MAX_WIDTH),
            write,
        }
    }

    pub(crate) fn width(self) -> usize {
        self.width
    }

    /// Writes a line that is not longer than the width.
    pub(crate) fn line(self, line: &str) {
        (self.write)(line);
    }

    pub(crate) fn heading(self, text: impl Display) {
        let text = text.to_string();
        self.line(&self.paint("1", text.trim_end()));
    }

    /// Writes a line of any length. The lines that continue it are indented by two more spaces.
    pub(crate) fn wrap(self, line: &str) {
        let text = line.trim_start_matches(' ');
        let indent = line.len().saturating_sub(text.len());
        let rest = indent.saturating_add(2);
        let mut lines = wrapped(text, self.width.saturating_sub(rest)).into_iter();
        self.line(&format!(
            "{:indent$}{}",
            "",
            lines.next().unwrap_or_default()
        ));
        for line in lines {
            self.line(&format!("{:rest$}{line}", ""));
        }
    }

    pub(crate) fn paint(self, code: &str, text: impl Display) -> String {
        let text = text.to_string();
        if self.colours && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text
        }
    }

    /// Writes columns and then a text: beside them if there is room, else below.
    pub(crate) fn columns(self, columns: &str, columns_width: usize, text: &str) {
        let beside = self.width.saturating_sub(columns_width).saturating_sub(2);
        let is_below = beside < MIN_TEXT && text.chars().count() > beside;
        let (indent, room) = if is_below {
            self.line(columns.trim_end());
            (4, self.width.saturating_sub(4))
        } else {
            (columns_width.saturating_add(2), beside)
        };
        let mut lines = wrapped(text, room).into_iter();
        if !is_below {
            let first = lines.next().unwrap_or_default();
            self.line(format!("{columns}  {first}").trim_end());
        }
        for line in lines {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }
}

/// The narrowest text that is readable beside columns.
pub(crate) const MIN_TEXT: usize = 36;

/// Breaks a text at spaces, and a word longer than the width at any character.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0_usize;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room = room.saturating_sub(length).saturating_sub(1);
            }
            _ => {
                let letters: Vec<char> = word.chars().collect();
                for part in letters.chunks(width.max(1)) {
                    lines.push(part.iter().collect());
                    room = width.saturating_sub(part.len());
                }
            }
        }
    }
    lines
}
