//! The failures of streams that the library notices.

#[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
use super::Classification;
use super::{Class, FailedAttempt};
use std::{fmt, time::Duration};

const ENDED_EARLY: &str = "the stream ended without its last item";

/// How a stream has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamFailure {
    /// No stream within this time.
    NotOpened(Duration),
    /// No content within this time since the attempt was sent.
    NoContent(Duration),
    /// No content for this time, while the consumer waited for it.
    Stalled(Duration),
    /// It ended without an item that is the last one.
    EndedEarly,
    /// It failed like this after its content had begun.
    Broken {
        cause: Box<FailedAttempt>,
        /// How many items the consumer has.
        items: u64,
    },
}

impl StreamFailure {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::NotOpened(_) | Self::NoContent(_) | Self::Stalled(_) => Class::Timeout,
            Self::EndedEarly => Class::Network,
            Self::Broken { .. } => Class::StreamBroken,
        }
    }

    pub(super) const fn limit(&self) -> Option<Duration> {
        match self {
            Self::NotOpened(limit) | Self::NoContent(limit) | Self::Stalled(limit) => Some(*limit),
            Self::EndedEarly | Self::Broken { .. } => None,
        }
    }
}

impl fmt::Display for StreamFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpened(limit) => write!(f, "the stream did not open within {limit:?}"),
            Self::NoContent(limit) => write!(f, "the stream gave no content within {limit:?}"),
            Self::Stalled(limit) => write!(f, "the stream gave no content for {limit:?}"),
            Self::EndedEarly => f.write_str(ENDED_EARLY),
            Self::Broken { cause, items } => {
                let plural = if *items == 1 { "" } else { "s" };
                write!(f, "the stream broke after {items} item{plural}: {cause}")
            }
        }
    }
}

/// Whether it is the failure of a stream that has ended without its last item. A server that uses
/// the same words is taken for one, which no decision depends on.
#[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
pub(crate) fn has_ended_early(failure: &Classification) -> bool {
    let message = failure.message.as_ref();
    failure.class == Class::Network && message.is_some_and(|it| it.as_str() == ENDED_EARLY)
}
