//! The events of calls and upstreams: what has happened, and where. They are values, built only
//! where somebody listens; [`emit`] hands them to all who do.

#[cfg(feature = "status-page")]
mod announcement;
mod attempt_failure;
mod breaker_state;
mod buffered;
mod call_end;
mod entered;
mod error_rate;
mod kind;
#[cfg(feature = "config")]
mod levels;
mod observer;
mod origin;
mod owned;
mod reasons;
#[cfg(not(feature = "tracing"))]
mod silent;
mod tally;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(not(feature = "tracing"))]
use silent as sink;
#[cfg(feature = "tracing")]
use tracing as sink;

#[cfg(feature = "status-page")]
pub(crate) use announcement::{Announcement, ask_before_announcing};
pub use attempt_failure::AttemptFailure;
pub use breaker_state::{BreakerState, CircuitCause};
pub use buffered::{Buffered, Dropped};
pub use call_end::{CallEnd, Outcome};
pub(crate) use entered::Entered;
pub use error_rate::ErrorRateJump;
pub use kind::EventKind;
#[cfg(feature = "config")]
pub(crate) use levels::{EVENTS, level_of, set_levels};
pub use observer::{Observation, Observer, observe};
pub(crate) use observer::{is_counting, set_counting};
pub use origin::Origin;
pub use reasons::{NotHedged, WaitsFor};
pub use sink::CallSpan;
pub(crate) use sink::{attempt_span, is_spanned, span};

pub(crate) use tally::{Tallies, Tally};

use entered::unless_it_aborts;

/// Something that has happened, and where.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub(crate) origin: Origin<'a>,
    /// The kind, with its data.
    pub kind: EventKind<'a>,
}

/// Function, upstream and key.
impl Event<'_> {
    /// The name of the function, as in logs: its path, or the argument `name`. `None` for events of
    /// an upstream alone.
    pub fn function(&self) -> Option<&'static str> {
        self.origin.function
    }

    /// The name of the upstream, if there is one.
    pub fn upstream(&self) -> Option<&str> {
        self.origin.upstream.as_deref()
    }

    /// The key of the call, if it has one. It comes from an argument: do not log it, nor use it as
    /// a label.
    pub fn key(&self) -> Option<&str> {
        self.origin.key.as_deref()
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
        if is_counting() {
            event.origin.count(event);
        }
        observer::emit(event);
        sink::emit(event);
    });
}

/// Hears of the events of a test.
#[cfg(feature = "testing")]
pub(crate) struct Listener(pub(crate) Box<dyn Fn(&Event<'_>) + Send + Sync>);

/// Whether any event is recorded: it need not be put together otherwise.
#[inline]
pub(crate) fn is_recording() -> bool {
    has_listener() || observer::is_recording() || sink::is_recording()
}

/// Whether a success at the first attempt is recorded: the clock need not be read otherwise.
#[inline]
pub(crate) fn is_recording_success() -> bool {
    has_listener() || observer::is_recording() || sink::is_recording_success()
}

/// Whether a success at once is only counted, and no event.
#[inline]
pub(crate) fn is_only_counted() -> bool {
    !has_listener() && !observer::is_observing() && !sink::is_recording_success()
}

/// Whether a test hears of events.
#[inline(always)]
fn has_listener() -> bool {
    #[cfg(feature = "testing")]
    return crate::scope::get::<Listener>().is_some();
    #[cfg(not(feature = "testing"))]
    false
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
