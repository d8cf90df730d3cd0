//! Stage event: takes what happened, tells who listens. The only place that emits.

#[cfg(not(feature = "tracing"))]
mod silent;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(not(feature = "tracing"))]
use crate::event::silent as sink;
#[cfg(feature = "tracing")]
use crate::event::tracing as sink;

pub use sink::CallSpan;
pub(crate) use sink::{
    admitted, cancelled, circuit, cut, deferring, failed, falling_back, gate_closed, giving_up,
    hedging, limit_changed, queued, recovered, released, retrying, span, succeeded, wants_success,
};

use crate::Classification;
use std::time::Duration;

/// A failed attempt, as every event about it records it.
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "nobody listens"))]
pub(crate) struct Failed<'a> {
    pub(crate) failure: &'a Classification,
    /// Its number, from 1.
    pub(crate) attempt: u32,
    /// All tries that a failure of its class leaves.
    pub(crate) attempts: u32,
    /// The time since the start of the call.
    pub(crate) elapsed: Duration,
}
