//! The sink without the feature `tracing`: events are dropped.

use super::{Event, SpanLabel};
use crate::Classification;
use std::marker::PhantomData;

/// The span of a call: nothing.
#[derive(Debug)]
pub struct CallSpan;

impl CallSpan {
    /// The only one there is.
    pub const fn none() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the same as with `tracing`")]
    pub(crate) fn enter(&self) -> Entered<'_> {
        Entered(PhantomData)
    }

    #[expect(clippy::unused_self, reason = "the same as with `tracing`")]
    pub(crate) fn record_failure(&self, _: &Classification) {}

    #[expect(clippy::unused_self, reason = "the same as with `tracing`")]
    pub(crate) fn if_enabled(self) -> Option<Self> {
        None
    }
}

/// The span while it is entered.
pub(crate) struct Entered<'s>(PhantomData<&'s CallSpan>);

/// Leaves it, which is nothing here.
impl Drop for Entered<'_> {
    fn drop(&mut self) {}
}

pub(crate) const fn is_spanned() -> bool {
    false
}

pub(crate) fn attempt_span(_: &CallSpan, _: u32) -> Option<CallSpan> {
    None
}

pub(crate) fn span(_: &SpanLabel) -> Option<CallSpan> {
    None
}

pub(crate) fn is_recording() -> bool {
    false
}

pub(crate) fn is_recording_success() -> bool {
    false
}

pub(super) fn emit(_: &Event<'_>) {}

pub(super) fn observer_panicked() {}

pub(super) fn observer_is_slow(_: u64) {}
