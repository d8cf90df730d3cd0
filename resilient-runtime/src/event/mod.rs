//! The events of calls and upstreams, as values, and the one place that emits them.

mod breaker_state;
mod entered;
mod not_hedged;
#[cfg(not(feature = "tracing"))]
mod silent;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(not(feature = "tracing"))]
use silent as sink;
#[cfg(feature = "tracing")]
use tracing as sink;

pub use breaker_state::BreakerState;
pub(crate) use breaker_state::CircuitCause;
pub(crate) use entered::Entered;
pub(crate) use not_hedged::NotHedged;
pub use sink::CallSpan;
pub(crate) use sink::{is_spanned, span};

use entered::unless_it_aborts;

use crate::{
    Class, Classification,
    failure::{DelaySource, GiveUp, ReleasedBy},
    policy::Rate,
};
use std::time::Duration;

/// Something that has happened, and where.
#[derive(Debug)]
#[cfg_attr(
    not(any(feature = "tracing", feature = "testing")),
    expect(dead_code, reason = "there is no sink")
)]
pub(crate) struct Event<'a> {
    pub(crate) origin: Origin<'a>,
    pub(crate) kind: EventKind<'a>,
}

/// Where an event comes from, as far as it is known there.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "there is no sink")
)]
pub struct Origin<'a> {
    /// The name of the annotated function, or of another place that makes resilient calls.
    pub(crate) call_site: Option<&'static str>,
    /// The name of the upstream.
    pub(crate) upstream: Option<&'a str>,
    /// The key, which is never logged: it comes from an argument.
    #[cfg_attr(feature = "tracing", expect(dead_code, reason = "not for the log"))]
    pub(crate) key: Option<&'a str>,
    /// Whether a fallback answers the failure.
    pub(crate) has_fallback: bool,
}

#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "there is no sink")
)]
pub(crate) enum EventKind<'a> {
    /// An attempt has failed.
    AttemptFailed(AttemptFailure<'a>),
    /// Another attempt follows after `delay`.
    Retrying {
        failed: AttemptFailure<'a>,
        delay: Duration,
        source: DelaySource,
    },
    /// The retry is due, and the retry budget cannot pay for it: it waits.
    Deferring(AttemptFailure<'a>),
    /// The deferred retry is sent.
    Released {
        failed: AttemptFailure<'a>,
        waited: Duration,
        by: ReleasedBy,
    },
    /// The call ends with a failure.
    GivingUp {
        failed: AttemptFailure<'a>,
        reason: GiveUp,
    },
    /// The fallback answers in the place of the failed call.
    FallingBack { class: Class, attempts: u32 },
    /// Another run of a slow attempt is started.
    Hedging { run: u32 },
    /// Another run of a slow attempt is due, and not started.
    NotHedging { reason: NotHedged },
    /// A run has failed, and another one continues.
    RunFailed { failure: &'a Classification },
    /// An attempt cannot be sent at once: it waits for admission.
    Queued { waits_for: WaitsFor },
    /// An attempt that waited for admission is sent.
    Admitted {
        waits_for: WaitsFor,
        waited: Duration,
    },
    /// A rate limit was lowered or restored, by the server or by the end of its restriction.
    LimitChanged {
        limit: WaitsFor,
        from: Rate,
        to: Rate,
    },
    /// A server's wait holds for all callers of the upstream.
    GateClosed { pause: Duration },
    /// A circuit breaker has changed its state.
    CircuitChanged {
        from: BreakerState,
        to: BreakerState,
        break_duration: Option<Duration>,
        /// Why it opened, if it did.
        cause: Option<CircuitCause>,
    },
    /// An attempt after the first has succeeded.
    Recovered { attempt: u32, elapsed: Duration },
    /// The first attempt has succeeded.
    Succeeded { elapsed: Duration },
    /// An attempt has opened a stream.
    StreamOpened,
    /// The first content of a stream has come.
    FirstContent { attempt: u32, elapsed: Duration },
    /// A stream has failed after its first content.
    StreamBroken {
        failed: AttemptFailure<'a>,
        items: u64,
    },
    /// A stream has failed after its first content, and another one takes its place.
    StreamResuming {
        failed: AttemptFailure<'a>,
        items: u64,
    },
    /// A stream has ended with its last item.
    StreamEnded { items: u64, elapsed: Duration },
    /// A stream was dropped before its end.
    StreamDropped { items: u64, elapsed: Duration },
    /// The call was dropped before its end.
    Cancelled { attempt: u32, elapsed: Duration },
    /// All waits of calls in this process end.
    ShuttingDown { waits: usize },
    /// An operator has switched something off or on.
    Switched {
        what: &'static str,
        name: Option<&'a str>,
        is_on: bool,
    },
    /// A fault takes the place of a run of the body.
    #[cfg(feature = "chaos")]
    FaultInjected { fault: &'static str },
}

/// A failed attempt, as every event about it records it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "there is no sink")
)]
pub(crate) struct AttemptFailure<'a> {
    pub(crate) failure: &'a Classification,
    /// Its number, from 1.
    pub(crate) attempt: u32,
    /// All tries that a failure of its class leaves.
    pub(crate) attempts: u32,
    /// The time since the start of the call.
    pub(crate) elapsed: Duration,
}

/// The limits, and the other things, that an attempt may have to wait for before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    Breaker,
    Gate,
    Concurrency,
    Requests,
    Tokens,
}

impl WaitsFor {
    /// The name that errors use.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Breaker => "circuit breaker",
            Self::Gate => "gate",
            Self::Concurrency => "concurrency limit",
            Self::Requests => "limit of requests",
            Self::Tokens => "limit of tokens",
        }
    }

    /// The name that the log uses.
    #[cfg_attr(
        not(any(feature = "tracing", feature = "testing")),
        expect(dead_code, reason = "there is no sink")
    )]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Breaker => "breaker",
            Self::Gate => "gate",
            Self::Concurrency => "concurrency",
            Self::Requests => "requests",
            Self::Tokens => "tokens",
        }
    }
}

/// Emits an event.
#[cold]
pub(crate) fn emit(event: &Event<'_>) {
    unless_it_aborts(|| {
        #[cfg(feature = "testing")]
        if let Some(listener) = crate::scope::get::<Listener>() {
            (listener.0)(event);
        }
        sink::emit(event);
    });
}

/// Hears of the events of a test.
#[cfg(feature = "testing")]
pub(crate) struct Listener(pub(crate) Box<dyn Fn(&Event<'_>) + Send + Sync>);

/// Whether any event is recorded: it need not be put together otherwise.
#[inline]
pub(crate) fn is_recording() -> bool {
    #[cfg(feature = "testing")]
    if crate::scope::get::<Listener>().is_some() {
        return true;
    }
    sink::is_recording()
}

/// Whether a success at the first attempt is recorded: the clock need not be read otherwise.
#[inline]
pub(crate) fn is_recording_success() -> bool {
    #[cfg(feature = "testing")]
    if crate::scope::get::<Listener>().is_some() {
        return true;
    }
    sink::is_recording_success()
}

impl<'a> Origin<'a> {
    /// Emits an event from here, if it is recorded.
    #[inline]
    pub(crate) fn emit_if_recorded(self, kind: EventKind<'a>) {
        if is_recording() {
            self.emit(kind);
        }
    }

    /// Emits an event from here.
    #[cold]
    pub(crate) fn emit(self, kind: EventKind<'a>) {
        emit(&Event { origin: self, kind });
    }
}

/// Name and level of the span of a call.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    allow(dead_code, reason = "there are no spans")
)]
pub(crate) struct SpanLabel {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
}

/// The level of a call's span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the levels of `tracing`")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}
