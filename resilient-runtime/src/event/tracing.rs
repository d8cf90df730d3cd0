//! Stage event, with `tracing`: a span for each call and an event for each failed attempt, wait, give-up
//! and recovery.
//!
//! Fields follow OpenTelemetry's [semantic conventions](https://opentelemetry.io/docs/specs/semconv/) where
//! one exists. Neither arguments nor the error's own text are recorded, only the classification, whose
//! texts are redacted.

use crate::{
    BreakerState, CallSite, Class, Rate,
    call_site::Level,
    event::Failed,
    failure::{DelaySource, GiveUp, ReleasedBy},
    upstream::WaitsFor,
};
use ::tracing::{Span, level_filters::LevelFilter, span::Entered};
use std::time::Duration;

/// The span of a call.
#[derive(Debug)]
pub struct CallSpan(pub Span);

impl CallSpan {
    #[inline]
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.0.enter()
    }

    pub(crate) fn if_enabled(self) -> Option<Self> {
        (!self.0.is_disabled()).then_some(self)
    }
}

/// The span of a call at this place; none if nobody wants it.
#[inline]
pub(crate) fn span(site: &CallSite) -> Option<CallSpan> {
    if LevelFilter::current() == LevelFilter::OFF {
        None
    } else {
        new_span(site)
    }
}

#[cold]
fn new_span(site: &CallSite) -> Option<CallSpan> {
    macro_rules! at {
        ($level:ident) => {
            ::tracing::span!(
                target: "resilient",
                ::tracing::Level::$level,
                "resilient",
                otel.name = site.name
            )
        };
    }
    let span = match site.level {
        Level::Trace => at!(TRACE),
        Level::Debug => at!(DEBUG),
        Level::Info => at!(INFO),
        Level::Warn => at!(WARN),
        Level::Error => at!(ERROR),
    };
    CallSpan(span).if_enabled()
}

/// An event about a failed attempt.
macro_rules! failure {
    ($level:ident, $failed:expr, $message:literal $(, $($field:tt)+)?) => {{
        let Failed { failure, attempt, attempts, elapsed } = $failed;
        ::tracing::event!(
            target: "resilient",
            ::tracing::Level::$level,
            attempt,
            attempts,
            error.type = failure.class.as_str(),
            http.response.status_code = failure.status,
            error.code = failure.code.as_deref(),
            error.message = failure.message.as_deref(),
            request.id = failure.request_id.as_deref(),
            elapsed = ?elapsed,
            $($($field)+,)?
            $message
        )
    }};
}

/// Whether anybody wants to hear of a success at the first attempt, so that the clock need not be read
/// otherwise.
#[inline]
pub(crate) fn wants_success() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

pub(crate) fn failed(failed: &Failed<'_>) {
    failure!(DEBUG, failed, "attempt failed");
}

pub(crate) fn retrying(failed: &Failed<'_>, delay: Duration, source: DelaySource) {
    failure!(WARN, failed, "retrying", delay = ?delay, delay.source = source.as_str());
}

/// A retry is due, and the retry budget cannot pay for it: it waits.
pub(crate) fn deferring(failed: &Failed<'_>) {
    failure!(
        WARN,
        failed,
        "deferring retry",
        reason = GiveUp::BudgetSpent.as_str()
    );
}

/// A deferred retry may be sent.
pub(crate) fn released(failed: &Failed<'_>, waited: Duration, by: ReleasedBy) {
    failure!(INFO, failed, "releasing retry", waited = ?waited, released.by = by.as_str());
}

pub(crate) fn giving_up(failed: &Failed<'_>, reason: GiveUp) {
    let advice = failed.failure.help();
    failure!(
        ERROR,
        failed,
        "giving up",
        reason = reason.as_str(),
        reason.advice = reason.advice(),
        advice
    );
}

/// The deadline ended the call in the middle of an attempt.
pub(crate) fn cut(failed: &Failed<'_>) {
    let advice = failed.failure.help();
    failure!(ERROR, failed, "giving up", reason = "deadline", advice);
}

/// The call has failed, and its fallback answers in its place.
pub(crate) fn falling_back(class: Class, attempts: u32) {
    ::tracing::event!(
        target: "resilient",
        ::tracing::Level::WARN,
        attempts,
        error.type = class.as_str(),
        "falling back"
    );
}

/// An attempt takes so long that another run of it is started beside it.
pub(crate) fn hedging(run: u32) {
    ::tracing::info!(target: "resilient", run, "hedging");
}

/// An attempt cannot be sent at once: it waits for admission.
pub(crate) fn queued(upstream: &str, waits_for: WaitsFor) {
    ::tracing::info!(target: "resilient", upstream, waits_for = waits_for.as_str(), "queued");
}

/// An attempt that waited for admission is sent.
pub(crate) fn admitted(upstream: &str, waits_for: WaitsFor, waited: Duration) {
    ::tracing::info!(
        target: "resilient",
        upstream,
        waits_for = waits_for.as_str(),
        waited = ?waited,
        "admitted"
    );
}

/// The server has lowered or restored a limit.
pub(crate) fn limit_changed(upstream: &str, limit: WaitsFor, from: Rate, to: Rate) {
    macro_rules! event {
        ($level:ident, $message:literal) => {
            ::tracing::event!(
                target: "resilient",
                ::tracing::Level::$level,
                upstream,
                limit = limit.as_str(),
                from = %from,
                to = %to,
                $message
            )
        };
    }
    if to.amount < from.amount {
        event!(WARN, "limit lowered");
    } else {
        event!(INFO, "limit restored");
    }
}

/// The server has told all callers to wait.
pub(crate) fn gate_closed(upstream: &str, pause: Duration) {
    ::tracing::warn!(target: "resilient", upstream, pause = ?pause, "gate closed");
}

/// A circuit breaker has changed its state.
pub(crate) fn circuit(
    upstream: &str,
    from: BreakerState,
    to: BreakerState,
    break_duration: Option<Duration>,
) {
    macro_rules! event {
        ($level:ident, $message:literal) => {
            ::tracing::event!(
                target: "resilient",
                ::tracing::Level::$level,
                upstream,
                from = from.as_str(),
                to = to.as_str(),
                break_duration = break_duration.map(::tracing::field::debug),
                $message
            )
        };
    }
    match to {
        BreakerState::Closed => event!(INFO, "circuit closed"),
        BreakerState::HalfOpen => event!(INFO, "circuit half-open"),
        _ => event!(WARN, "circuit opened"),
    }
}

pub(crate) fn recovered(attempt: u32, elapsed: Duration) {
    ::tracing::info!(target: "resilient", attempt, ?elapsed, "recovered");
}

pub(crate) fn succeeded(elapsed: Duration) {
    ::tracing::debug!(target: "resilient", attempt = 1, ?elapsed, "succeeded");
}

pub(crate) fn cancelled(attempt: u32, elapsed: Duration) {
    ::tracing::debug!(target: "resilient", attempt, ?elapsed, "cancelled");
}
