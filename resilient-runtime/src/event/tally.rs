//! The counters of the events of calls: the statistics of a function, an upstream or a key.

#[cfg(feature = "status-page")]
use super::announcement::announce;
use super::{ErrorRateJump, Event, Origin};

/// Counts the events of a function, an upstream or a key.
pub(crate) trait Tally: Sync {
    /// Counts an event. Returns a jump of the error rate, if that is one.
    fn record(&self, event: &Event<'_>) -> Option<ErrorRateJump>;
}

/// The statistics that an event counts for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tallies<'a> {
    pub(crate) function: Option<&'a dyn Tally>,
    pub(crate) upstream: Option<&'a dyn Tally>,
    pub(crate) key: Option<&'a dyn Tally>,
}

impl Origin<'_> {
    /// Counts an event from here. A jump of the error rate is an event of its own, of the function
    /// or of the upstream.
    #[cold]
    pub(super) fn count(&self, event: &Event<'_>) {
        let Tallies {
            function,
            upstream,
            key,
        } = self.tallies;
        let record = |tally: Option<&dyn Tally>| tally.and_then(|tally| tally.record(event));
        record(key);
        if let Some(jump) = record(function) {
            let origin = Origin {
                function: self.function,
                ..Origin::default()
            };
            announce(jump, origin, self.upstream.as_deref());
        }
        if let Some(jump) = record(upstream) {
            let origin = Origin {
                upstream: self.upstream.clone(),
                ..Origin::default()
            };
            announce(jump, origin, self.upstream.as_deref());
        }
    }
}

/// Emits a jump: no status page is watched.
#[cfg(not(feature = "status-page"))]
fn announce(jump: ErrorRateJump, origin: Origin<'_>, _: Option<&str>) {
    origin.emit(super::EventKind::ErrorRateJumped(jump));
}
