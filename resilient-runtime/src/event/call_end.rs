//! The end of a call, which several kinds of events tell of.

use super::{Event, EventKind};
use crate::Class;
use std::{fmt, time::Duration};

/// The outcome of a call. Every call that was polled has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// The first attempt has succeeded.
    Ok,
    /// A later attempt has succeeded.
    OkAfterRetry,
    /// The call has failed, and its fallback answers, with whatever result.
    Fallback,
    /// The call has failed.
    Failed,
    /// The call has failed, and none of its attempts was sent: the circuit breaker, a limit or the
    /// deadline did not admit it.
    Rejected,
    /// The call was dropped before its end, or its body has panicked.
    Cancelled,
}

impl Outcome {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::OkAfterRetry,
        Self::Fallback,
        Self::Failed,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// Whether the call has failed, also if a fallback answers.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Fallback | Self::Failed | Self::Rejected)
    }

    /// The name in snake case, as used in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::OkAfterRetry => "ok_after_retry",
            Self::Fallback => "fallback",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The end of a call, from [`Event::call_end`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEnd {
    /// The outcome.
    pub outcome: Outcome,
    /// The number of attempts that were sent.
    pub attempts: u32,
    /// The time since the start of the call. Zero for a call that was ready at once.
    pub elapsed: Duration,
    /// The part of it in which no attempt was in flight: waits before retries and for admission.
    pub idle: Duration,
    /// The class of the failure, if it is one.
    pub class: Option<Class>,
}

impl Event<'_> {
    /// The end of a call, if the event tells of one.
    ///
    /// A stream ends its call with its first content, as a success; events of their own tell how
    /// the stream goes on.
    pub const fn call_end(&self) -> Option<CallEnd> {
        match self.kind {
            EventKind::Succeeded { end, .. }
            | EventKind::Recovered { end, .. }
            | EventKind::GivingUp { end, .. }
            | EventKind::Cancelled { end, .. } => Some(end),
            _ => None,
        }
    }
}
