//! Events in words: the last ones of a run, and the changes of its upstreams.

use super::micros;
use resilient_runtime::{AttemptFailure, BreakerState, Event, EventKind, Redacted};
use serde::Serialize;
use std::time::Duration;

/// An event in words. It has neither the key of a call nor an argument.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its time.
    pub at: u64,
    /// Its name, as in logs.
    pub name: &'static str,
    /// The function.
    pub function: Option<&'static str>,
    /// The upstream.
    pub upstream: Option<String>,
    /// More about it.
    pub text: String,
}

/// A change of an upstream, for all its callers.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The event.
    #[serde(flatten)]
    pub line: Line,
    /// The state of the circuit breaker from now on, if it is one of it.
    pub state: Option<&'static str>,
    /// The end of the break, or of the gate's pause, as planned.
    pub until: Option<u64>,
}

/// The change that an event tells of.
pub(super) fn change(event: &Event<'_>, at: u64) -> Option<Change> {
    let (state, length) = match &event.kind {
        EventKind::CircuitChanged {
            to, break_duration, ..
        } => (Some(to.as_str()), *break_duration),
        EventKind::GateClosed { pause, .. } => (None, Some(*pause)),
        EventKind::LimitChanged { .. } => (None, None),
        _ => return None,
    };
    Some(Change {
        line: line(event, at),
        state,
        until: length.map(|length| at.saturating_add(micros(length))),
    })
}

pub(super) fn line(event: &Event<'_>, at: u64) -> Line {
    let (name, text) = kind_in_words(&event.kind);
    Line {
        at,
        name,
        function: event.function(),
        upstream: event.upstream().map(ToOwned::to_owned),
        text,
    }
}

#[expect(clippy::too_many_lines, reason = "an arm for each kind of event")]
fn kind_in_words(kind: &EventKind<'_>) -> (&'static str, String) {
    match kind {
        EventKind::AttemptFailed(failed) => ("attempt failed", failure(failed)),
        EventKind::Retrying { delay, source, .. } => {
            ("retrying", format!("in {} ({source})", in_words(*delay)))
        }
        EventKind::Deferring(_) => ("deferring retry", "the retry budget is spent".to_owned()),
        EventKind::Released { waited, by, .. } => (
            "releasing retry",
            format!("after {} ({by})", in_words(*waited)),
        ),
        EventKind::GivingUp {
            failed,
            reason,
            end,
            ..
        } => (
            "giving up",
            format!(
                "{}: {reason}, after {}",
                failed.failure.class,
                in_words(end.elapsed)
            ),
        ),
        EventKind::NotReady { delay, .. } => {
            ("not ready", format!("next poll in {}", in_words(*delay)))
        }
        EventKind::FallingBack { class, .. } => ("falling back", class.to_string()),
        EventKind::FailingOver { from, to, .. } => ("failing over", format!("{from} to {to}")),
        EventKind::TargetDown { target, class, .. } => {
            ("target down", format!("{target}: {class}"))
        }
        EventKind::StoreAsked {
            operation, took, ..
        } => (
            "store asked",
            format!("{operation}, in {}", in_words(*took)),
        ),
        EventKind::StoreLost { reason, .. } => ("store lost", reason.to_string()),
        EventKind::StoreRestored { lasted, .. } => {
            ("store restored", format!("after {}", in_words(*lasted)))
        }
        EventKind::TargetUp { target, .. } => ("target up", target.to_string()),
        EventKind::Hedging { run, .. } => ("hedging", format!("run {run} starts")),
        EventKind::NotHedging { reason, .. } => ("not hedging", reason.as_str().to_owned()),
        EventKind::RunFailed { failure, .. } => ("run failed", failure.class.to_string()),
        EventKind::Queued { waits_for, .. } => ("queued", format!("for {}", waits_for.as_str())),
        EventKind::Admitted {
            waits_for, waited, ..
        } => (
            "admitted",
            format!("after {} ({})", in_words(*waited), waits_for.as_str()),
        ),
        EventKind::LimitChanged {
            limit, from, to, ..
        } => {
            let is_lower = to.amount < from.amount;
            let name = if is_lower {
                "limit lowered"
            } else {
                "limit restored"
            };
            (name, format!("{}: {from} to {to}", limit.as_str()))
        }
        EventKind::GateClosed { pause, .. } => ("gate closed", format!("for {}", in_words(*pause))),
        EventKind::CapNearing { usage, .. } => ("cap nearing", usage.to_string()),
        EventKind::CapReached { usage, .. } => ("cap reached", usage.to_string()),
        EventKind::CircuitChanged {
            to,
            break_duration,
            cause,
            ..
        } => {
            let cause = cause.map_or(String::new(), |cause| cause.as_str().replace('_', " "));
            let length = break_duration.map(|length| format!(", for {}", in_words(length)));
            (
                circuit(*to),
                format!("{cause}{}", length.unwrap_or_default()),
            )
        }
        EventKind::Recovered { end, took, .. } => (
            "recovered",
            format!(
                "attempt {} after {}, in {}",
                end.attempts,
                in_words(end.elapsed),
                in_words(*took)
            ),
        ),
        EventKind::Succeeded { took, .. } => ("succeeded", format!("in {}", in_words(*took))),
        EventKind::BatchSplit { failure, items, .. } => {
            ("batch split", format!("{items} items, {}", failure.class))
        }
        EventKind::StreamOpened => ("stream opened", String::new()),
        EventKind::FirstContent { elapsed, .. } => {
            ("first content", format!("after {}", in_words(*elapsed)))
        }
        EventKind::StreamBroken { failed, .. } => ("stream broken", failure(failed)),
        EventKind::StreamResuming { failed, .. } => ("resuming stream", failure(failed)),
        EventKind::StreamEnded { items, .. } => ("stream ended", format!("{items} items")),
        EventKind::StreamDropped { items, .. } => ("stream dropped", format!("{items} items")),
        EventKind::Cancelled { attempt, end, .. } => (
            "cancelled",
            format!("in attempt {attempt}, after {}", in_words(end.elapsed)),
        ),
        EventKind::ShuttingDown { waits, .. } => ("shutting down", format!("{waits} waits end")),
        EventKind::Switched { what, is_on, .. } => {
            let name = if *is_on {
                "switched on"
            } else {
                "switched off"
            };
            (name, (*what).to_owned())
        }
        EventKind::ErrorRateJumped(jump) => (
            "error rate jumped",
            format!("{:.0} % of {} calls", jump.rate * 100.0, jump.calls),
        ),
        // Kinds are added with minor releases.
        _ => ("other", String::new()),
    }
}

/// A time with three digits at most, as the page writes all of them.
pub(crate) fn in_words(time: Duration) -> String {
    let (micros, seconds) = (time.as_micros(), time.as_secs_f64());
    if micros < 9_950 {
        format!("{:.1} ms", seconds * 1e3)
    } else if micros < 999_500 {
        format!("{:.0} ms", seconds * 1e3)
    } else if micros < 9_995_000 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.1} s")
    }
}

fn circuit(to: BreakerState) -> &'static str {
    match to {
        BreakerState::Closed => "circuit closed",
        BreakerState::HalfOpen => "circuit half-open",
        _ => "circuit opened",
    }
}

fn failure(failed: &AttemptFailure<'_>) -> String {
    let AttemptFailure {
        failure,
        attempt,
        attempts,
        ..
    } = failed;
    let status = failure.status.map(|status| format!(" ({status})"));
    let message = failure.message.as_ref().map(Redacted::as_str);
    let message = message.map(|message| format!(": {message}"));
    format!(
        "{attempt} of {attempts}: {}{}{}",
        failure.class,
        status.unwrap_or_default(),
        message.unwrap_or_default()
    )
}
