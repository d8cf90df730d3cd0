//! The texts of an explanation.

use super::{Explanation, Explanations, PlannedAttempt};
use crate::{Class, failure::GiveUp};
use std::{fmt, time::Duration};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, .. } = self;
        if !self.is_retried() {
            write!(f, "{class}: not retried: {}", self.why())?;
            return write_longest(f, self.longest, "; it is over after at most");
        }
        let at_most = if self.policy.deadline.is_some() {
            "at most, as the deadline permits,"
        } else {
            "at most"
        };
        write!(f, "{class}: {at_most} {} attempts", self.most)?;
        let mut rows = vec![["attempt", "wait before it", "begins after"].map(str::to_owned)];
        rows.extend(self.attempts.iter().map(row));
        write_table(f, &rows)?;
        if !self.has_waits {
            f.write_str(
                "\nthe waits come from a schedule of the call's own, which is not known here",
            )?;
        } else if self.is_shortened() {
            f.write_str("\nand so on")?;
        }
        write!(f, "\nthen it gives up: {}", self.gives_up)?;
        write_longest(f, self.longest, "; it is over after at most")?;
        if self.longest.is_some() && self.longest != self.policy.deadline {
            f.write_str(", unless the server asks for longer waits")?;
        }
        write!(
            f,
            "\na wait that the server asks for (Retry-After) is the minimum, up to {}; a longer one ends the call",
            in_short(self.policy.max_retry_after)
        )?;
        f.write_str("\nnot included: waits for limits of an upstream and for the retry budget")
    }
}

impl Explanation {
    /// Why it is not retried.
    fn why(&self) -> &'static str {
        match self.gives_up {
            GiveUp::NotRetryable if self.class == Class::CircuitOpen => {
                if self.policy.waits_for_breaker() {
                    "the call waits until the circuit breaker admits it, before an attempt is made"
                } else {
                    "the call fails fast; `on(circuit_open, retry = true)` lets it wait"
                }
            }
            GiveUp::NotRetryable if self.class.is_never_retried() => {
                "no retry of such a failure can succeed"
            }
            GiveUp::NotRetryable if self.policy.retries(self.class) == Some(false) => {
                "a rule of the policy says so"
            }
            GiveUp::NotRetryable => {
                "by default; a rule with `retry = true`, or the server, can say otherwise"
            }
            GiveUp::MaybeProcessed => {
                "the call is not idempotent, and may have been processed; one that certainly was not is retried"
            }
            GiveUp::AttemptsUsedUp => "the policy permits one attempt",
            GiveUp::NoTimeLeft { .. } => "the deadline leaves no time for another attempt",
            reason => reason.as_str(),
        }
    }

    fn is_shortened(&self) -> bool {
        let listed = u32::try_from(self.attempts.len()).unwrap_or(u32::MAX);
        self.gives_up == GiveUp::AttemptsUsedUp && listed < self.most
    }

    /// One line of the table of all classes.
    fn line(&self) -> [String; 5] {
        let waits = self.attempts.get(1..).unwrap_or_default();
        let waits = match waits {
            [] => String::new(),
            [only] => wait(only),
            [first, .., last] => format!("{}, .., {}", wait(first), wait(last)),
        };
        let end = if self.is_retried() {
            self.gives_up.as_str()
        } else {
            self.why()
        };
        [
            self.class.to_string(),
            self.most.to_string(),
            waits,
            self.longest
                .map_or_else(|| "unbounded".to_owned(), in_short),
            end.to_owned(),
        ]
    }
}

fn write_longest(f: &mut fmt::Formatter<'_>, longest: Option<Duration>, text: &str) -> fmt::Result {
    match longest {
        Some(longest) => write!(f, "{text} {}", in_short(longest)),
        None => Ok(()),
    }
}

fn row(attempt: &PlannedAttempt) -> [String; 3] {
    let PlannedAttempt {
        number,
        earliest,
        latest,
        ..
    } = *attempt;
    let begins = match latest {
        Some(latest) => range(earliest, latest),
        None => format!("{} or more", in_short(earliest)),
    };
    [number.to_string(), wait(attempt), begins]
}

fn wait(attempt: &PlannedAttempt) -> String {
    if attempt.number == 1 {
        return "none".to_owned();
    }
    range(attempt.wait_from, attempt.wait_to)
}

fn range(from: Duration, to: Duration) -> String {
    let (from, to) = (in_short(from), in_short(to));
    if from == to {
        return from;
    }
    format!("{from} to {to}")
}

/// As `Duration` prints it, but in whole microseconds: jitter is at least a nanosecond.
fn in_short(time: Duration) -> String {
    let micros = u64::try_from(time.as_micros()).map_or(time, Duration::from_micros);
    if micros.is_zero() {
        return "0s".to_owned();
    }
    format!("{micros:?}")
}

/// Rows with columns of one width, the first of them the head.
fn write_table<const N: usize>(f: &mut fmt::Formatter<'_>, rows: &[[String; N]]) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    for (at, row) in rows.iter().enumerate() {
        write_row(f, row, &widths)?;
        if at == 0 {
            write_row(f, &widths.map(|width| "-".repeat(width)), &widths)?;
        }
    }
    Ok(())
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: &[String], widths: &[usize]) -> fmt::Result {
    f.write_str("\n|")?;
    cells
        .iter()
        .zip(widths)
        .try_for_each(|(cell, width)| write!(f, " {cell:width$} |"))
}

impl fmt::Display for Explanations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the schedule for each class")?;
        let head = ["class", "attempts", "waits", "longest", "then"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.0.iter().map(Explanation::line));
        write_table(f, &rows)
    }
}
