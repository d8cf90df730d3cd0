//! From events to measurements.

use super::instrument::{self as all, Instrument};
use crate::{
    CallEnd, Class, Event, EventKind, GiveUp,
    event::{AttemptFailure, NotHedged},
    failure::has_ended_early,
};
use std::time::Duration;

/// The value of a label.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// Of a closed set.
    Fixed(&'static str),
    /// The name of an upstream.
    Name(&'a str),
}

/// A label, if it has a value.
pub(super) type Label<'a> = Option<(&'static str, Value<'a>)>;

/// Records measurements.
pub(super) trait Sink {
    /// Adds to a counter, or records in a histogram.
    fn record(&self, instrument: &'static Instrument, value: f64, labels: &[Label<'_>]);
}

#[expect(clippy::unnecessary_wraps, reason = "labels may have no value")]
const fn fixed(name: &'static str, value: &'static str) -> Label<'static> {
    Some((name, Value::Fixed(value)))
}

/// Records what has happened. Each label is the name of a function or of an upstream, which the
/// program has named, or one of a closed set: neither a key nor any text of a server.
pub(super) fn measure(event: &Event<'_>, sink: &impl Sink) {
    let function = event.function().and_then(|it| fixed("function", it));
    let upstream = event.upstream().map(|it| ("upstream", Value::Name(it)));
    let class = |class: Class| fixed("error.type", class.as_str());
    let count = |instrument, labels: &[Label<'_>]| sink.record(instrument, 1.0, labels);
    let time = |instrument, time: Duration, labels: &[Label<'_>]| {
        sink.record(instrument, time.as_secs_f64(), labels);
    };
    if let Some(end) = event.call_end() {
        let CallEnd { elapsed, idle, .. } = end;
        let outcome = fixed("outcome", end.outcome.as_str());
        let labels = [function, upstream, outcome, end.class.and_then(class)];
        time(&all::CALL_DURATION, elapsed, &labels);
        let attempts = f64::from(end.attempts);
        sink.record(&all::CALL_ATTEMPTS, attempts, &[function, outcome]);
        time(&all::CALL_IDLE, idle, &[function]);
    }
    match &event.kind {
        EventKind::AttemptFailed(AttemptFailure { failure, took, .. }) => {
            let status = failure.status.map(status);
            let status = status.and_then(|it| fixed("http.response.status_code", it));
            let labels = [function, upstream, class(failure.class), status];
            time(&all::ATTEMPT_DURATION, *took, &labels);
        }
        EventKind::Succeeded { took, .. } | EventKind::Recovered { took, .. } => {
            time(&all::ATTEMPT_DURATION, *took, &[function, upstream]);
        }
        EventKind::Retrying { failed, source, .. } => {
            let source = fixed("delay.source", source.as_str());
            let labels = [function, class(failed.failure.class), source];
            count(&all::RETRIES, &labels);
        }
        EventKind::GivingUp { failed, reason, .. } => {
            let label = fixed("reason", reason.label());
            let labels = [function, class(failed.failure.class), label];
            count(&all::GIVE_UPS, &labels);
            let refused = match reason {
                GiveUp::Refused { class, .. } => fixed("reason", class.as_str()),
                GiveUp::UpstreamOff => fixed("reason", reason.label()),
                _ => None,
            };
            if let (Some(_), Some(_)) = (refused, upstream) {
                let labels = [upstream, refused, fixed("mode", "enforced")];
                count(&all::REFUSALS, &labels);
            }
        }
        EventKind::Admitted {
            waits_for, waited, ..
        } => {
            let waits_for = fixed("for", waits_for.as_str());
            time(&all::WAIT, *waited, &[upstream, waits_for]);
        }
        EventKind::NotEnforced { waits_for, .. } => {
            let reason = fixed("reason", waits_for.as_str());
            count(&all::REFUSALS, &[upstream, reason, fixed("mode", "shadow")]);
        }
        EventKind::Released { waited, .. } if upstream.is_some() => {
            time(&all::WAIT, *waited, &[upstream, fixed("for", "budget")]);
        }
        EventKind::CircuitChanged { to, .. } => {
            count(&all::TRANSITIONS, &[upstream, fixed("to", to.as_str())]);
        }
        EventKind::StoreAsked {
            operation,
            took,
            failure,
        } => {
            let outcome = if failure.is_none() { "ok" } else { "failed" };
            let labels = [
                upstream,
                fixed("operation", operation),
                fixed("outcome", outcome),
            ];
            time(&all::STORE_DURATION, *took, &labels);
        }
        EventKind::Hedging { .. } => {
            count(&all::HEDGES, &[function, fixed("outcome", "started")]);
        }
        EventKind::NotHedging { reason } => {
            let outcome = not_hedged(*reason);
            count(&all::HEDGES, &[function, fixed("outcome", outcome)]);
        }
        EventKind::FallingBack { class: failed, .. } => {
            count(&all::FALLBACKS, &[function, class(*failed)]);
        }
        EventKind::FirstContent { elapsed, .. } => {
            time(&all::STREAM_FIRST, *elapsed, &[function]);
        }
        _ => {}
    }
    if let Some((end, gap)) = stream_end(&event.kind) {
        count(&all::STREAM_ENDS, &[function, fixed("end", end)]);
        if let Some(gap) = gap {
            time(&all::STREAM_GAP, gap, &[function]);
        }
    }
}

/// The label of a further run that is not started.
const fn not_hedged(reason: NotHedged) -> &'static str {
    match reason {
        NotHedged::NotIdempotent => "not_idempotent",
        NotHedged::BudgetSpent => "budget",
        NotHedged::NoRoom => "no_room",
        NotHedged::ShutDown => "shut_down",
        NotHedged::SwitchedOff => "switched_off",
    }
}

/// The end of a stream, and the mean time between two of its items.
fn stream_end(kind: &EventKind<'_>) -> Option<(&'static str, Option<Duration>)> {
    let gap = |items: u64, streaming: Duration| {
        let gaps = u32::try_from(items.saturating_sub(1)).unwrap_or(u32::MAX);
        streaming.checked_div(gaps)
    };
    Some(match kind {
        EventKind::StreamEnded {
            items, streaming, ..
        } => ("complete", gap(*items, *streaming)),
        EventKind::StreamDropped {
            items, streaming, ..
        } => ("dropped", gap(*items, *streaming)),
        EventKind::StreamResuming { .. } => ("resumed", None),
        EventKind::StreamBroken { failed, .. } => {
            let failure = &failed.failure;
            let end = match failure.class {
                Class::Timeout => "idle",
                _ if has_ended_early(failure) => "truncated",
                _ => "broken",
            };
            (end, None)
        }
        _ => return None,
    })
}

/// The status codes that have a label of their own: with all others that a server may invent, each
/// function would have as many series.
fn status(status: u16) -> &'static str {
    macro_rules! known {
        ($($status:literal)+) => {
            match status {
                $($status => stringify!($status),)+
                _ => "other",
            }
        };
    }
    known!(
        200 201 202 204 206 300 301 302 303 304 307 308
        400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423
        424 425 426 428 429 431 449 451 498 499
        500 501 502 503 504 505 507 508 511 520 521 522 523 524 525 526 527 529 530
    )
}
