//! The announcement of a jump of the error rate, which may wait for the name of an incident.

use super::{ErrorRateJump, EventKind, Origin};
use std::sync::OnceLock;

/// A jump that is emitted when this is dropped: also if the task that asks for the incident is.
pub(crate) struct Announcement {
    origin: Origin<'static>,
    jump: ErrorRateJump,
}

impl Announcement {
    /// Emits it, with the open incident of the upstream.
    pub(crate) fn with_incident(mut self, incident: Option<String>) {
        self.jump.incident = incident;
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        let kind = EventKind::ErrorRateJumped(self.jump.clone());
        self.origin.clone().emit(kind);
    }
}

/// Asks for the incident of an upstream, and emits the announcement then.
type Ask = fn(upstream: &str, Announcement);

static ASK: OnceLock<Ask> = OnceLock::new();

/// From now on, a jump of an upstream is announced through `ask`.
pub(crate) fn ask_before_announcing(ask: Ask) {
    let _ = ASK.set(ask);
}

/// Emits a jump of a function or of an upstream, here or when its incident is known.
pub(super) fn announce(jump: ErrorRateJump, origin: Origin<'_>, upstream: Option<&str>) {
    match (ASK.get(), upstream) {
        (Some(ask), Some(upstream)) => {
            let origin = origin.into_owned();
            ask(upstream, Announcement { origin, jump });
        }
        _ => origin.emit(EventKind::ErrorRateJumped(jump)),
    }
}
