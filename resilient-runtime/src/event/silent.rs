//! Stage event, without the feature `tracing`: nobody listens.

use crate::{
    BreakerState, CallSite, Class, Rate,
    budget::ReleasedBy,
    event::Failed,
    policy::{DelaySource, GiveUp},
    upstream::WaitsFor,
};
use std::time::Duration;

/// The span of a call: nothing.
#[derive(Debug)]
pub struct CallSpan;

impl CallSpan {
    /// The only one there is.
    pub const fn none() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the same as with `tracing`")]
    pub(crate) fn enter(&self) {}

    pub(crate) fn if_enabled(self) -> Option<Self> {
        None
    }
}

pub(crate) fn span(_: &CallSite) -> Option<CallSpan> {
    None
}

pub(crate) fn wants_success() -> bool {
    false
}

pub(crate) fn failed(_: &Failed<'_>) {}
pub(crate) fn retrying(_: &Failed<'_>, _: Duration, _: DelaySource) {}
pub(crate) fn deferring(_: &Failed<'_>) {}
pub(crate) fn released(_: &Failed<'_>, _: Duration, _: ReleasedBy) {}
pub(crate) fn giving_up(_: &Failed<'_>, _: GiveUp) {}
pub(crate) fn cut(_: &Failed<'_>) {}
pub(crate) fn recovered(_: u32, _: Duration) {}
pub(crate) fn succeeded(_: Duration) {}
pub(crate) fn cancelled(_: u32, _: Duration) {}
pub(crate) fn falling_back(_: Class, _: u32) {}
pub(crate) fn hedging(_: u32) {}
pub(crate) fn queued(_: &str, _: WaitsFor) {}
pub(crate) fn admitted(_: &str, _: WaitsFor, _: Duration) {}
pub(crate) fn limit_changed(_: &str, _: WaitsFor, _: Rate, _: Rate) {}
pub(crate) fn gate_closed(_: &str, _: Duration) {}
pub(crate) fn circuit(_: &str, _: BreakerState, _: BreakerState, _: Option<Duration>) {}
