//! The longest time that a call can take.

use super::values::known_or;
use crate::{
    args::{
        Args, Steps, Value,
        policy::{Base, known},
    },
    text::{duration::written, names::defaults},
};
use std::time::Duration;

/// The longest time, if every number is known: all attempts time out, and all waits are the longest
/// possible.
///
/// A stream without a deadline may give items for ever.
pub(super) fn text(args: &Args, is_stream: bool) -> Option<String> {
    let deadline = match args.deadline.value() {
        Some(Value::Known(limit)) => *limit,
        Some(Value::Expr(_)) => return None,
        None if !matches!(args.base(), Base::BuiltIn) => return None,
        None => None,
    };
    let longest = if is_stream {
        Some(Duration::MAX)
    } else {
        without_deadline(args)
    };
    let text = match (deadline, longest) {
        (Some(deadline), longest) => Some(written(longest.map_or(deadline, |it| it.min(deadline)))),
        (None, Some(Duration::MAX)) => Some("unbounded".to_owned()),
        (None, Some(longest)) => Some(format!(
            "{}, if every attempt times out and the server asks for the longest wait each time",
            written(longest)
        )),
        (None, None) => None,
    };
    let fallback = args.fallback.value().map_or("", |_| ", and the fallback");
    text.map(|text| format!("{text}{fallback}"))
}

/// The longest time without the deadline, if it is known; `MAX` if it is unbounded.
///
/// `attempts * timeout + (attempts - 1) * (max_retry_after + longest wait)`
fn without_deadline(args: &Args) -> Option<Duration> {
    // The limits of an upstream add waits of unknown length.
    if !args.is_on_built_in() || args.schedule().is_some() || args.source().is_some() {
        return None;
    }
    let mut attempts = known_or(args.attempts.value(), defaults::ATTEMPTS)?;
    let mut wait = longest_wait(args.steps())?;
    for rule in &args.on {
        let settings = &rule.value.settings;
        attempts = attempts.max(known_or(settings.attempts.value(), 0)?);
        wait = wait.max(longest_wait(&settings.steps)?);
    }
    let timeout = Some(Duration::from_secs(defaults::TIMEOUT_SECS));
    let timeout = known_or(args.timeout.value(), timeout)?.unwrap_or(Duration::MAX);
    let server = Duration::from_secs(defaults::MAX_RETRY_AFTER_SECS);
    let server = known_or(args.max_retry_after.value(), server)?;
    // The wait of the schedule is added to `Retry-After` as jitter.
    let waits = server
        .saturating_add(wait)
        .saturating_mul(attempts.saturating_sub(1));
    Some(timeout.saturating_mul(attempts).saturating_add(waits))
}

/// The `max` of the schedule bounds every wait.
fn longest_wait(steps: &Steps) -> Option<Duration> {
    let max = Duration::from_secs(defaults::MAX_SECS);
    if steps.max.is_empty() {
        Some(max)
    } else {
        known(&steps.max)
    }
}
