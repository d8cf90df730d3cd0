//! The sink with the feature `tracing`: a span for each call, and the events under the target
//! `resilient`. It is above 300 lines, because every event has its arm in one place.
//!
//! Fields follow OpenTelemetry's [semantic
//! conventions](https://opentelemetry.io/docs/specs/semconv/) where one exists. Arguments, keys and
//! the error's own text are never recorded, only the classification, whose texts are redacted.

use super::{
    AttemptFailure, BreakerState, CircuitCause, Event, EventKind, Level, Outcome, SpanLabel,
};
use crate::{Classification, GiveUp, Redacted};
pub(crate) use ::tracing::span::Entered;
use ::tracing::{Span, level_filters::LevelFilter};

/// The span of a call.
#[derive(Debug)]
pub struct CallSpan(pub Span);

impl CallSpan {
    #[inline]
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.0.enter()
    }

    /// The attempt of this span has failed.
    pub(crate) fn record_failure(&self, failure: &Classification) {
        self.0.record("error.type", failure.class.as_str());
        if let Some(status) = failure.status {
            self.0.record("http.response.status_code", status);
        }
    }

    pub(crate) fn if_enabled(self) -> Option<Self> {
        (!self.0.is_disabled()).then_some(self)
    }
}

/// Whether anybody may want spans.
#[inline]
pub(crate) fn is_spanned() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// The span of a call at this place; none if nobody wants it.
#[cold]
#[inline(never)]
pub(crate) fn span(label: &SpanLabel) -> Option<CallSpan> {
    macro_rules! at {
        ($level:ident) => {
            ::tracing::span!(
                target: "resilient",
                ::tracing::Level::$level,
                "resilient",
                otel.name = label.name
            )
        };
    }
    let span = match label.level {
        Level::Trace => at!(TRACE),
        Level::Debug => at!(DEBUG),
        Level::Info => at!(INFO),
        Level::Warn => at!(WARN),
        Level::Error => at!(ERROR),
    };
    CallSpan(span).if_enabled()
}

/// The span of an attempt in that of its call, after so many failed ones; none if nobody wants it.
#[cold]
#[inline(never)]
pub(crate) fn attempt_span(call: &CallSpan, failed: u32) -> Option<CallSpan> {
    let span = ::tracing::debug_span!(
        target: "resilient",
        parent: &call.0,
        "attempt",
        http.request.resend_count = (failed > 0).then_some(failed),
        error.type = ::tracing::field::Empty,
        http.response.status_code = ::tracing::field::Empty,
    );
    CallSpan(span).if_enabled()
}

/// An event about a failed attempt.
macro_rules! failure_at {
    ($level:ident, $origin:expr, $failed:expr, $message:literal $(, $($field:tt)+)?) => {{
        let AttemptFailure { failure, attempt, attempts, elapsed, .. } = $failed;
        ::tracing::event!(
            target: "resilient",
            ::tracing::Level::$level,
            call_site = $origin.function,
            upstream = $origin.upstream.as_deref(),
            attempt,
            attempts,
            error.type = failure.class.as_str(),
            http.response.status_code = failure.status,
            error.code = failure.code.as_ref().map(Redacted::as_str),
            error.message = failure.message.as_ref().map(Redacted::as_str),
            request.id = failure.request_id.as_ref().map(Redacted::as_str),
            elapsed = ?elapsed,
            $($($field)+,)?
            $message
        )
    }};
}

/// An event about something else.
macro_rules! event_at {
    ($level:ident, $origin:expr, $message:literal $(, $($field:tt)+)?) => {
        ::tracing::event!(
            target: "resilient",
            ::tracing::Level::$level,
            call_site = $origin.function,
            upstream = $origin.upstream.as_deref(),
            $($($field)+,)?
            $message
        )
    };
}

/// At the level of the code.
#[cfg(not(feature = "config"))]
macro_rules! at_level {
    ($emit:ident, $message:literal, $level:ident, $($rest:tt)+) => {
        $emit!($level, $($rest)+)
    };
}

/// At the level of the configuration: a level is part of the place in the code.
#[cfg(feature = "config")]
macro_rules! at_level {
    ($emit:ident, $message:literal, $level:ident, $($rest:tt)+) => {
        match super::level_of($message) {
            None => $emit!($level, $($rest)+),
            Some(Level::Trace) => $emit!(TRACE, $($rest)+),
            Some(Level::Debug) => $emit!(DEBUG, $($rest)+),
            Some(Level::Info) => $emit!(INFO, $($rest)+),
            Some(Level::Warn) => $emit!(WARN, $($rest)+),
            Some(Level::Error) => $emit!(ERROR, $($rest)+),
        }
    };
}

macro_rules! failure {
    ($level:ident, $origin:expr, $failed:expr, $message:literal $($rest:tt)*) => {
        at_level!(failure_at, $message, $level, $origin, $failed, $message $($rest)*)
    };
}

macro_rules! event {
    ($level:ident, $origin:expr, $message:literal $($rest:tt)*) => {
        at_level!(event_at, $message, $level, $origin, $message $($rest)*)
    };
}

/// Whether any event is recorded: it need not be put together otherwise.
#[inline]
pub(crate) fn is_recording() -> bool {
    LevelFilter::current() > LevelFilter::OFF
}

/// Whether a success at the first attempt is recorded: the clock need not be read otherwise.
#[inline]
pub(crate) fn is_recording_success() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

#[expect(clippy::too_many_lines, reason = "one arm for each event")]
pub(super) fn emit(event: &Event<'_>) {
    let Event { origin, kind } = event;
    match kind {
        EventKind::AttemptFailed(failed) => failure!(DEBUG, origin, failed, "attempt failed"),
        EventKind::Retrying {
            failed,
            delay,
            source,
        } => failure!(
            WARN,
            origin,
            failed,
            "retrying",
            delay = ?delay,
            delay.source = source.as_str()
        ),
        EventKind::Deferring(failed) => failure!(
            WARN,
            origin,
            failed,
            "deferring retry",
            reason = GiveUp::BudgetSpent.as_str()
        ),
        EventKind::Released { failed, waited, by } => failure!(
            INFO,
            origin,
            failed,
            "releasing retry",
            waited = ?waited,
            released.by = by.as_str()
        ),
        EventKind::GivingUp {
            failed,
            reason,
            end,
        } => {
            macro_rules! giving_up {
                ($level:ident) => {
                    failure!(
                        $level,
                        origin,
                        failed,
                        "giving up",
                        reason = reason.as_str(),
                        reason.advice = reason.advice(),
                        advice = failed.failure.help()
                    )
                };
            }
            if end.outcome == Outcome::Fallback {
                giving_up!(WARN);
            } else {
                giving_up!(ERROR);
            }
        }
        EventKind::Recovered { end, .. } => {
            event!(INFO, origin, "recovered", attempt = end.attempts, elapsed = ?end.elapsed);
        }
        EventKind::Succeeded { end, .. } => {
            event!(DEBUG, origin, "succeeded", attempt = 1, elapsed = ?end.elapsed);
        }
        EventKind::Cancelled { attempt, end } => {
            event!(DEBUG, origin, "cancelled", attempt, elapsed = ?end.elapsed);
        }
        EventKind::StreamOpened => event!(DEBUG, origin, "stream opened"),
        EventKind::FirstContent { attempt, elapsed } => {
            event!(DEBUG, origin, "first content", attempt, elapsed = ?elapsed);
        }
        EventKind::StreamBroken { failed, items } => {
            failure!(
                ERROR,
                origin,
                failed,
                "stream broken",
                items,
                advice = failed.failure.help()
            );
        }
        EventKind::StreamResuming { failed, items } => {
            failure!(WARN, origin, failed, "resuming stream", items);
        }
        EventKind::StreamEnded { items, elapsed, .. } => {
            event!(DEBUG, origin, "stream ended", items, elapsed = ?elapsed);
        }
        EventKind::StreamDropped { items, elapsed, .. } => {
            event!(DEBUG, origin, "stream dropped", items, elapsed = ?elapsed);
        }
        EventKind::BatchSplit { failure, items } => {
            event!(INFO, origin, "batch split", items, error.type = failure.class.as_str());
        }
        EventKind::NotReady { polls, delay } => {
            event!(DEBUG, origin, "not ready", polls, delay = ?delay);
        }
        EventKind::FallingBack { class, attempts } => {
            event!(WARN, origin, "falling back", attempts, error.type = class.as_str());
        }
        EventKind::FailingOver {
            failover,
            from,
            to,
            class,
        } => event!(
            WARN,
            origin,
            "failing over",
            failover,
            from = %from,
            to = %to,
            error.type = class.as_str()
        ),
        EventKind::TargetDown {
            failover,
            target,
            class,
            probe,
        } => event!(
            WARN,
            origin,
            "target down",
            failover,
            target = %target,
            error.type = class.as_str(),
            probe = ?probe
        ),
        EventKind::TargetUp { failover, target } => {
            event!(INFO, origin, "target up", failover, target = %target);
        }
        EventKind::StoreAsked {
            operation,
            took,
            failure,
        } => event!(
            TRACE,
            origin,
            "store asked",
            operation,
            took = ?took,
            reason = failure.as_deref()
        ),
        EventKind::StoreLost { reason } => {
            event!(WARN, origin, "store lost", reason = reason.as_ref());
        }
        EventKind::StoreRestored { lasted } => {
            event!(WARN, origin, "store restored", lasted = ?lasted);
        }
        EventKind::Hedging { run } => event!(INFO, origin, "hedging", run),
        EventKind::NotHedging { reason } => {
            event!(DEBUG, origin, "not hedging", reason = reason.as_str());
        }
        EventKind::RunFailed { failure } => event!(
            INFO,
            origin,
            "run failed",
            error.type = failure.class.as_str(),
            http.response.status_code = failure.status,
            error.code = failure.code.as_ref().map(Redacted::as_str),
            error.message = failure.message.as_ref().map(Redacted::as_str),
            request.id = failure.request_id.as_ref().map(Redacted::as_str),
            wait = failure.wait.map(|wait| ::tracing::field::debug(wait.duration))
        ),
        EventKind::Queued { waits_for } => {
            event!(INFO, origin, "queued", waits_for = waits_for.as_str());
        }
        EventKind::Admitted { waits_for, waited } => event!(
            INFO,
            origin,
            "admitted",
            waits_for = waits_for.as_str(),
            waited = ?waited
        ),
        EventKind::NotEnforced { waits_for } => {
            event!(INFO, origin, "not enforced", waits_for = waits_for.as_str());
        }
        EventKind::LimitChanged { limit, from, to } if to.amount < from.amount => event!(
            WARN,
            origin,
            "limit lowered",
            limit = limit.as_str(),
            from = %from,
            to = %to
        ),
        EventKind::LimitChanged { limit, from, to } => event!(
            INFO,
            origin,
            "limit restored",
            limit = limit.as_str(),
            from = %from,
            to = %to
        ),
        EventKind::ErrorRateJumped(jump) => event!(
            WARN,
            origin,
            "error rate jumped",
            rate = jump.rate,
            rate.usual = jump.usual,
            calls = jump.calls,
            window = ?jump.window,
            incident = jump.incident
        ),
        EventKind::ShuttingDown { waits } => event!(INFO, origin, "shutting down", waits),
        EventKind::Switched {
            what,
            name,
            is_on: true,
        } => event!(INFO, origin, "switched on", what, name = name.as_deref()),
        EventKind::Switched { what, name, .. } => {
            event!(INFO, origin, "switched off", what, name = name.as_deref());
        }
        #[cfg(feature = "config")]
        EventKind::ConfigurationRejected { mistake } => {
            event!(
                WARN,
                origin,
                "configuration rejected",
                error.message = mistake.as_ref()
            );
        }
        #[cfg(feature = "bulk")]
        EventKind::BulkStopped {
            reason,
            advice,
            ended,
            failed,
            in_flight,
        } => {
            macro_rules! stopped {
                ($level:ident) => {
                    event!(
                        $level,
                        origin,
                        "bulk stopped",
                        reason,
                        advice = advice.as_ref(),
                        ended,
                        failed,
                        in_flight
                    )
                };
            }
            match *reason {
                "requested" | "shut_down" => stopped!(INFO),
                _ => stopped!(WARN),
            }
        }
        #[cfg(feature = "chaos")]
        EventKind::FaultInjected { fault } => event!(WARN, origin, "fault injected", fault),
        EventKind::GateClosed { pause } => event!(WARN, origin, "gate closed", pause = ?pause),
        EventKind::CapNearing { usage } => event!(
            WARN,
            origin,
            "cap nearing",
            cap = %usage.cap,
            used = %usage.used,
            ends = usage.end()
        ),
        EventKind::CapReached { usage } => event!(
            WARN,
            origin,
            "cap reached",
            cap = %usage.cap,
            used = %usage.used,
            ends = usage.end()
        ),
        EventKind::CircuitChanged {
            from,
            to,
            break_duration,
            cause,
        } => {
            macro_rules! circuit {
                ($level:ident, $message:literal) => {
                    event!(
                        $level,
                        origin,
                        $message,
                        from = from.as_str(),
                        to = to.as_str(),
                        break_duration = break_duration.map(::tracing::field::debug),
                        cause = cause.map(CircuitCause::as_str)
                    )
                };
            }
            match to {
                BreakerState::Closed => circuit!(INFO, "circuit closed"),
                BreakerState::HalfOpen => circuit!(INFO, "circuit half-open"),
                BreakerState::Open | BreakerState::Isolated => circuit!(WARN, "circuit opened"),
            }
        }
    }
}

/// An observer has panicked, and is switched off.
pub(super) fn observer_panicked() {
    ::tracing::error!(target: "resilient", "observer panicked");
}

/// A buffered observer has dropped so many events.
pub(super) fn observer_is_slow(dropped: u64) {
    ::tracing::warn!(target: "resilient", dropped, "observer is too slow");
}
