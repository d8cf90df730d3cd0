//! The last events, as lines of text.

use crate::{table::Tone, words};
use resilient_runtime::{
    AttemptFailure, BreakerState, Event, EventKind, GiveUp, Observer, Outcome,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// So many lines are kept.
const LINES: usize = 60;
/// Events that differ only in their numbers share a line for this long.
const REPEATED: Duration = Duration::from_secs(5);

/// The lines of the last events.
#[derive(Clone, Debug)]
pub(crate) struct EventLines {
    start: Instant,
    lines: Arc<Mutex<VecDeque<Line>>>,
}

/// An event, or several of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it happened, since the start; the last one, if they are several.
    pub time: Duration,
    /// How serious it is.
    pub severity: Severity,
    /// The function, or the upstream.
    pub origin: String,
    /// The event.
    pub text: String,
    /// Numbers and reasons, of the last one if they are several.
    pub detail: String,
    /// How often it has happened.
    pub count: u32,
}

/// How serious an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A failure is over.
    Good,
    /// Nothing that needs attention.
    Info,
    /// A failure that is handled.
    Warning,
    /// A call has failed.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Error => "error",
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Good => Tone::Good,
            Self::Info => Tone::Quiet,
            Self::Warning => Tone::Notice,
            Self::Error => Tone::Bad,
        }
    }
}

impl EventLines {
    pub(crate) fn new(start: Instant) -> Self {
        let lines = Arc::default();
        Self { start, lines }
    }

    /// Makes a line of each event that is worth one. It may run on a thread of its own.
    pub(crate) fn observer(&self) -> impl Observer + 'static {
        let this = self.clone();
        move |event: &Event<'_>| {
            // The key of a call comes from an argument, and is not shown.
            let origin = event.function().or(event.upstream()).unwrap_or("all");
            if let Some((severity, text, detail)) = told(&event.kind) {
                this.push(Line {
                    time: this.start.elapsed(),
                    severity,
                    origin: origin.to_owned(),
                    text: text.to_owned(),
                    detail,
                    count: 1,
                });
            }
        }
    }

    fn push(&self, mut line: Line) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |it: &Line| {
            let is_recent = line.time.saturating_sub(it.time) < REPEATED;
            is_recent && it.origin == line.origin && it.text == line.text
        };
        let same = lines.iter().position(is_same);
        if let Some(before) = same.and_then(|place| lines.remove(place)) {
            line.count = before.count.saturating_add(1);
        }
        lines.push_front(line);
        lines.truncate(LINES);
    }

    /// The last lines, the newest one first.
    pub(crate) fn last(&self) -> Vec<Line> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

/// The line of an event: a text that is the same for all of its kind, and its numbers.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn told(kind: &EventKind<'_>) -> Option<(Severity, &'static str, String)> {
    Some(match kind {
        EventKind::Retrying {
            failed,
            delay,
            source,
            ..
        } => {
            let delay = words::time(*delay);
            let detail = format!("in {delay} ({source}): {}", attempt(failed));
            (Severity::Warning, "retries", detail)
        }
        EventKind::Deferring(failed) => {
            let detail = format!("the budget is empty: {}", attempt(failed));
            (Severity::Warning, "defers a retry", detail)
        }
        EventKind::Released { waited, by, .. } => {
            let detail = format!("after {}, by {}", words::time(*waited), by.as_str());
            (Severity::Info, "releases a retry", detail)
        }
        EventKind::GivingUp {
            failed,
            reason,
            end,
            ..
        } => {
            let class = failed.failure.class.as_str();
            let detail = match reason {
                GiveUp::AttemptsUsedUp => format!("{class}, after {} attempts", end.attempts),
                reason => format!("{class}: {}", reason.as_str()),
            };
            let severity = match end.outcome {
                Outcome::Fallback => Severity::Warning,
                _ => Severity::Error,
            };
            (severity, "gives up", detail)
        }
        EventKind::NotReady { polls, .. } => {
            (Severity::Info, "not ready", format!("after {polls} polls"))
        }
        EventKind::FallingBack { class, .. } => {
            (Severity::Warning, "falls back", class.as_str().to_owned())
        }
        EventKind::FailingOver {
            from, to, class, ..
        } => {
            let detail = format!("{from} to {to}: {class}");
            (Severity::Warning, "fails over", detail)
        }
        EventKind::TargetDown { target, class, .. } => {
            (Severity::Error, "target down", format!("{target}: {class}"))
        }
        EventKind::StoreLost { reason, .. } => (Severity::Error, "store lost", reason.to_string()),
        EventKind::StoreRestored { lasted, .. } => (
            Severity::Good,
            "store restored",
            format!("after {lasted:.1?}"),
        ),
        EventKind::TargetUp { target, .. } => (Severity::Good, "target up", target.to_string()),
        EventKind::Hedging { run, .. } => (Severity::Info, "hedges", format!("run {run}")),
        EventKind::RunFailed { failure, .. } => (
            Severity::Info,
            "a run failed",
            failure.class.as_str().to_owned(),
        ),
        EventKind::Queued { waits_for, .. } => (
            Severity::Info,
            "waits",
            format!("for {}", waits_for.as_str()),
        ),
        EventKind::LimitChanged {
            limit, from, to, ..
        } => {
            let (from, to) = (words::rate(*from), words::rate(*to));
            let detail = format!("{}: {from} to {to}", limit.as_str());
            (Severity::Warning, "limit changed", detail)
        }
        EventKind::GateClosed { pause, .. } => (
            Severity::Warning,
            "gate closed",
            format!("for {}", words::time(*pause)),
        ),
        EventKind::CapNearing { usage, .. } => {
            (Severity::Warning, "cap nearing", usage.to_string())
        }
        EventKind::CapReached { usage, .. } => {
            (Severity::Warning, "cap reached", usage.to_string())
        }
        EventKind::CircuitChanged {
            to,
            break_duration,
            cause,
            ..
        } => circuit(*to, *break_duration, cause.map_or("", |it| it.as_str())),
        EventKind::Recovered { end, .. } => {
            let detail = format!(
                "at attempt {}, after {}",
                end.attempts,
                words::time(end.elapsed)
            );
            (Severity::Good, "recovers", detail)
        }
        EventKind::Cancelled { end, .. } => {
            let detail = format!("after {}", words::time(end.elapsed));
            (Severity::Info, "is cancelled", detail)
        }
        EventKind::BatchSplit { failure, items, .. } => {
            let detail = format!("of {items} items, after {}", failure.class);
            (Severity::Info, "splits a batch", detail)
        }
        EventKind::ErrorRateJumped(jump) => {
            let (rate, usual) = (words::percent(jump.rate), words::percent(jump.usual));
            (
                Severity::Error,
                "error rate jumped",
                format!("to {rate}, usually {usual}"),
            )
        }
        _ => return None,
    })
}

fn circuit(
    to: BreakerState,
    break_duration: Option<Duration>,
    cause: &str,
) -> (Severity, &'static str, String) {
    match to {
        BreakerState::Closed => (Severity::Good, "circuit closed", String::new()),
        BreakerState::HalfOpen => (Severity::Warning, "circuit half-open", String::new()),
        _ => {
            let time = break_duration.map_or_else(String::new, words::time);
            (
                Severity::Error,
                "circuit opened",
                format!("for {time}, by {cause}"),
            )
        }
    }
}

fn attempt(failed: &AttemptFailure<'_>) -> String {
    let class = failed.failure.class.as_str();
    format!("{class}, attempt {} of {}", failed.attempt, failed.attempts)
}

#[cfg(test)]
#[path = "events_test.rs"]
mod tests;
