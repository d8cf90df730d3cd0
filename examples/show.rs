//! What the demo shows: a live line for each attempt, made of the library's events, and the table at the end.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::scenarios::{Outcome, REPORTED, Row};

/// Writes a line of the result. A reader that went away is not a failure.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes a line beside the result.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Colours, or none.
#[derive(Clone, Copy)]
pub(crate) struct Ink {
    on: bool,
}

impl Ink {
    /// Colours for a terminal, unless [`NO_COLOR`](https://no-color.org) is set.
    pub(crate) fn new(terminal: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            on: terminal && !refused,
        }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        let text = text.to_string();
        if self.on && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text
        }
    }
}

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const DIM: &str = "2";

/// Widths of columns.
const NEXT: usize = 40;
const MESSAGE: usize = 40;
const ADVICE: usize = 56;

/// A layer that turns each event of the library into a line.
#[derive(Clone)]
pub(crate) struct Show {
    ink: Ink,
    write: fn(&str),
    attempts: Arc<AtomicU64>,
}

impl Show {
    pub(crate) fn new(ink: Ink, write: fn(&str)) -> Self {
        Self {
            ink,
            write,
            attempts: Arc::default(),
        }
    }

    /// How many attempts the latest call took.
    pub(crate) fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }

    fn line(&self, fields: &Fields) -> Option<String> {
        let (colour, result, next) = match fields.get("message") {
            "retrying" => {
                let source = match fields.get("delay.source") {
                    "schedule" => "by the schedule".to_owned(),
                    header => format!("as {header} asks"),
                };
                (
                    YELLOW,
                    fields.failure(),
                    format!("again in {}, {source}", fields.get("delay")),
                )
            }
            "giving up" => (
                RED,
                fields.failure(),
                format!("stop: {}", fields.get("reason")),
            ),
            "recovered" | "succeeded" => (GREEN, "ok".to_owned(), "done".to_owned()),
            _ => return None,
        };
        let attempt = fields.get("attempt");
        self.attempts
            .store(attempt.parse().unwrap_or_default(), Ordering::Relaxed);

        let elapsed = fields.get("elapsed");
        let result = self.ink.paint(colour, format_args!("{result:<20}"));
        // A long reason takes the place of the message.
        let said = if next.len() > NEXT {
            ""
        } else {
            fields.get("error.message")
        };
        let said = self.ink.paint(DIM, shortened(said, MESSAGE));
        let line = format!("  attempt {attempt}  {elapsed:>6}  {result}  {next:<NEXT$}  {said}");
        Some(line.trim_end().to_owned())
    }
}

impl<S: Subscriber> Layer<S> for Show {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let line = Fields::of(event).and_then(|fields| self.line(&fields));
        if let Some(line) = line {
            (self.write)(&line);
        }
    }
}

/// The fields of an event of the library.
#[derive(Default)]
pub(crate) struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    /// None for the events of others.
    pub(crate) fn of(event: &Event<'_>) -> Option<Self> {
        let mut fields = Self::default();
        event.record(&mut fields);
        (event.metadata().target() == "resilient").then_some(fields)
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn failure(&self) -> String {
        format!(
            "{:<3} {}",
            self.get("http.response.status_code"),
            self.get("error.type")
        )
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = match field.name() {
            "elapsed" | "delay" => short(value),
            _ => format!("{value:?}"),
        };
        self.0.insert(field.name(), text);
    }
}

/// Prints what became of each call, with advice on those that failed.
pub(crate) fn table(rows: &[Row], ink: Ink) {
    let head = format!(
        "\n{:<26}  attempts    time  {:<15}  advice",
        "scenario", "outcome"
    );
    say(&ink.bold(head));
    for Row {
        name,
        attempts,
        time,
        outcome,
    } in rows
    {
        let (colour, outcome, advice) = match outcome {
            Outcome::Answered => (GREEN, "ok", ""),
            Outcome::Failed(error) => (RED, error.failure().class.as_str(), error.help()),
        };
        let outcome = ink.paint(colour, format_args!("{outcome:<15}"));
        let mut advice = wrapped(advice, ADVICE).into_iter();
        let first = advice.next().unwrap_or_default();
        let line = format!(
            "{name:<26}  {attempts:>8}  {:>6}  {outcome}  {first}",
            short(time)
        );
        say(line.trim_end());
        for more in advice {
            say(&format!("{:61}  {more}", ""));
        }
    }
}

/// Prints all that the error of one scenario has to say.
pub(crate) fn report(rows: &[Row], ink: Ink) {
    let reported = rows.iter().find(|row| row.name == REPORTED);
    if let Some(Outcome::Failed(error)) = reported.map(|row| &row.outcome) {
        say(&ink.bold(format_args!("\nthe report of: {REPORTED}")));
        say(&format!("{error:#}"));
    }
}

/// A duration as people read it: whole milliseconds, or seconds with one decimal.
fn short(duration: &dyn Debug) -> String {
    match format!("{duration:.0?}") {
        text if text.ends_with("ns") || text.ends_with("µs") => "<1ms".to_owned(),
        text if text.ends_with("ms") => text,
        _ => format!("{duration:.1?}"),
    }
}

fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars()
        .take(length.saturating_sub(1))
        .chain(['…'])
        .collect()
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len().saturating_add(word.len()) < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
