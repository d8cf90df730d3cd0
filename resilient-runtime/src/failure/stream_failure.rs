//! The failures of streams that the library notices.

use super::{Class, FailedAttempt};
use std::{fmt, time::Duration};

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
            Self::EndedEarly => f.write_str("the stream ended without its last item"),
            Self::Broken { cause, items } => {
                let plural = if *items == 1 { "" } else { "s" };
                write!(f, "the stream broke after {items} item{plural}: {cause}")
            }
        }
    }
}
