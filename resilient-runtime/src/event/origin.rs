//! The origin of an event.

use super::{Event, EventKind, Tallies, emit, is_recording};
use std::{borrow::Cow, fmt};

/// The origin of an event, as far as it is known there.
#[derive(Clone, Default)]
pub struct Origin<'a> {
    /// The name of the annotated function, or of another place that makes resilient calls.
    pub(crate) function: Option<&'static str>,
    /// The name of the upstream.
    pub(crate) upstream: Option<Cow<'a, str>>,
    /// The key, which is never logged: it comes from an argument.
    pub(crate) key: Option<Cow<'a, str>>,
    /// The statistics of the three.
    pub(crate) tallies: Tallies<'a>,
}

impl<'a> Origin<'a> {
    /// A call of this function, without an upstream.
    pub(crate) fn of(function: &'static str) -> Self {
        Self::default().at(function)
    }

    /// The same, of a call of this function.
    pub(crate) fn at(self, function: &'static str) -> Self {
        Self {
            function: Some(function),
            ..self
        }
    }

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

/// Without the key.
impl fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("function", &self.function)
            .field("upstream", &self.upstream)
            .finish_non_exhaustive()
    }
}
