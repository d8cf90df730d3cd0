//! The table of the attempts, if every number of the policy is known at expansion.

use super::{
    schedule::{Growth, Numbers, Range, Row, Shortest},
    values::known_or,
};
use crate::{
    args::{Args, Jitter, Kind, Value},
    text::{duration::written, names::defaults},
};
use std::time::Duration;

/// The attempts that are listed at most.
const LISTED: usize = 8;

/// The lines of the table, after an empty one; none if nothing is retried.
pub(super) fn lines(args: &Args, is_stream: bool) -> Vec<String> {
    let Some(numbers) = numbers(args, is_stream).filter(|numbers| numbers.attempts > 1) else {
        return Vec::new();
    };
    let rows = numbers.rows(LISTED);
    let overloaded = numbers.overloaded().rows(LISTED);
    let mut lines = vec![
        String::new(),
        "| attempt | wait before it | begins after | after an overload | begins after |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for (at, (row, overloaded)) in rows.iter().zip(&overloaded).enumerate() {
        let (wait, begins) = cells(at, row);
        let (wait_overloaded, begins_overloaded) = cells(at, overloaded);
        let number = at.saturating_add(1);
        lines.push(format!(
            "| {number} | {wait} | {begins} | {wait_overloaded} | {begins_overloaded} |"
        ));
    }
    let has_more = rows.len() == LISTED && numbers.attempts as usize > LISTED;
    lines.extend(has_more.then(|| "| .. | | | | |".to_owned()));
    lines.push(String::new());
    lines.push(
        "From the earliest, if attempts fail at once, to the latest, if each takes its whole time. Waits that \
         the server asks for, and those for limits and the retry budget, are not included."
            .to_owned(),
    );
    lines
}

/// Why there is no table, if a number is known only at run time.
pub(super) fn is_set_at_run_time(args: &Args, is_stream: bool) -> bool {
    args.schedule().is_none() && numbers(args, is_stream).is_none()
}

fn numbers(args: &Args, is_stream: bool) -> Option<Numbers> {
    if !args.is_on_built_in() || args.schedule().is_some() {
        return None;
    }
    let or = |limit: Option<&Value<Option<Duration>>>, default: Option<u64>| match limit {
        Some(limit) => limit.known().copied(),
        None => Some(default.map(Duration::from_secs)),
    };
    let timeout = or(args.timeout.value(), Some(defaults::TIMEOUT_SECS))?;
    let timeout = if is_stream {
        let first = or(args.first.value(), Some(defaults::FIRST_SECS))?;
        first.map(|first| first.max(timeout.unwrap_or_default()))
    } else {
        timeout
    };
    let steps = args.steps();
    let growth = match steps.kind.value() {
        None | Some(Kind::Exponential) => Growth::Exponential,
        Some(Kind::Linear) => Growth::Linear,
        Some(Kind::Fixed) => Growth::Fixed,
        Some(Kind::Decorrelated) => Growth::Decorrelated,
    };
    let factor = match growth {
        Growth::Decorrelated => defaults::DECORRELATED_FACTOR,
        _ => defaults::FACTOR,
    };
    Some(Numbers {
        attempts: known_or(args.attempts.value(), defaults::ATTEMPTS)?,
        timeout,
        deadline: or(args.deadline.value(), None)?,
        growth,
        initial: known_or(
            steps.initial.value(),
            Duration::from_secs(defaults::INITIAL_SECS),
        )?,
        factor: known_or(steps.factor.value(), factor)?,
        max: known_or(steps.max.value(), Duration::from_secs(defaults::MAX_SECS))?,
        shortest: match steps.jitter.value() {
            Some(Jitter::None) => Shortest::Step,
            Some(Jitter::Equal) => Shortest::Half,
            None | Some(Jitter::Full) => Shortest::Nothing,
        },
    })
}

fn cells(at: usize, row: &Row) -> (String, String) {
    let (earliest, latest) = row.begins;
    let begins = match latest {
        Some(latest) => range((earliest, latest)),
        None => format!("{} or more", in_short(earliest)),
    };
    if at == 0 {
        return ("none".to_owned(), begins);
    }
    (range(row.wait), begins)
}

fn range((from, to): Range) -> String {
    let (from, to) = (in_short(from), in_short(to));
    if from == to {
        return from;
    }
    format!("{from} to {to}")
}

/// In whole microseconds: jitter is at least a nanosecond.
fn in_short(time: Duration) -> String {
    u64::try_from(time.as_micros()).map_or_else(
        |_| written(time),
        |micros| written(Duration::from_micros(micros)),
    )
}
