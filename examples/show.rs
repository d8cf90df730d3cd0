//! The output of the demo: a line for each attempt, from the library's events, and the table at the
//! end.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::scenarios::{Outcome, REPORTED, Row};
use crate::terminal::{GREEN, MIN_TEXT, RED, Terminal, YELLOW};

/// Widths of the columns left of the text: of an attempt, and of the table.
const ATTEMPT: usize = 41;
const TABLE: usize = 60;

/// A layer that prints the events of the library.
#[derive(Clone)]
pub(crate) struct Show {
    terminal: Terminal,
    attempts: Arc<AtomicU64>,
}

impl Show {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            attempts: Arc::default(),
        }
    }

    /// The number of attempts of the last call.
    pub(crate) fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Writes the line of an event, if it is the end of an attempt.
    fn line(&self, fields: &Fields) {
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
            "resuming stream" => (
                YELLOW,
                fields.failure(),
                format!("goes on behind item {}", fields.get("items")),
            ),
            "recovered" | "succeeded" => (GREEN, "ok".to_owned(), "done".to_owned()),
            _ => return,
        };
        let attempt = fields.get("attempt");
        self.attempts
            .store(attempt.parse().unwrap_or_default(), Ordering::Relaxed);

        let elapsed = fields.get("elapsed");
        let result = self.terminal.paint(colour, format_args!("{result:<20}"));
        let columns = format!("  attempt {attempt}  {elapsed:>6}  {result}");
        let text = match fields.get("error.message") {
            "" => next,
            message => format!("{next} – {message}"),
        };
        self.terminal.columns(&columns, ATTEMPT, &text);
    }
}

impl<S: Subscriber> Layer<S> for Show {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(fields) = Fields::of(event) {
            self.line(&fields);
        }
    }
}

/// The fields of an event of the library.
#[derive(Default)]
pub(crate) struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    /// `None` for events of other crates.
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

/// Prints the result of each call, with advice on those that failed.
pub(crate) fn table(rows: &[Row], terminal: Terminal) {
    let beside = terminal.width().saturating_sub(TABLE) >= MIN_TEXT;
    let advice = if beside { "  advice" } else { "" };
    terminal.heading(format_args!(
        "\n{:<25}  attempts    time  {:<15}{advice}",
        "scenario", "outcome"
    ));
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
        let outcome = terminal.paint(colour, format_args!("{outcome:<15}"));
        let columns = format!("{name:<25}  {attempts:>8}  {:>6}  {outcome}", short(time));
        terminal.columns(&columns, TABLE, advice);
    }
}

/// Prints the report of one scenario's error.
pub(crate) fn report(rows: &[Row], terminal: Terminal) {
    let reported = rows.iter().find(|row| row.name == REPORTED);
    if let Some(Outcome::Failed(error)) = reported.map(|row| &row.outcome) {
        terminal.heading(format_args!("\nthe report of: {REPORTED}"));
        for line in format!("{error:#}").lines() {
            terminal.wrap(line);
        }
    }
}

/// A duration for display: whole milliseconds, or seconds with one decimal.
fn short(duration: &dyn Debug) -> String {
    match format!("{duration:.0?}") {
        text if text.ends_with("ns") || text.ends_with("µs") => "<1ms".to_owned(),
        text if text.ends_with("ms") => text,
        _ => format!("{duration:.1?}"),
    }
}
