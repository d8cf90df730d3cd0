//! Why the library has raised a [`Rejection`](super::Rejection).

use super::stream_failure::StreamFailure;
#[cfg(any(feature = "chaos", feature = "testing"))]
use crate::Classification;
use crate::{Class, FailedAttempt, Redacted};
use std::{
    borrow::Cow,
    fmt,
    time::{Duration, SystemTime},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Timeout(Duration),
    Deadline(Duration),
    CircuitOpen {
        upstream: Cow<'static, str>,
        wait: Duration,
        /// The name of the cause.
        cause: Option<&'static str>,
    },
    Limited {
        upstream: Cow<'static, str>,
        /// The name of the limit, in words.
        limit: &'static str,
        wait: Option<Duration>,
    },
    TooCostly {
        upstream: Cow<'static, str>,
        cost: u64,
        capacity: u64,
    },
    AtCapacity {
        upstream: Cow<'static, str>,
        limit: u32,
    },
    /// The call waited for the store over which the upstream is shared.
    #[cfg_attr(
        not(feature = "sharing"),
        allow(dead_code, reason = "nothing is shared")
    )]
    StoreLost {
        upstream: Cow<'static, str>,
    },
    /// No target of a failover admits the attempt.
    NoTarget {
        failover: &'static str,
        /// The reason at each target, in words.
        reasons: Box<str>,
        /// That of the target that may serve first.
        class: Class,
        wait: Option<Duration>,
    },
    /// A batch has another number of results than items.
    WrongCount {
        items: usize,
        results: usize,
    },
    CapReached(Box<ReachedCap>),
    /// The function of a batch has panicked.
    BatchLost,
    /// A job was not ready at the deadline.
    NotReady {
        polls: u32,
        elapsed: Duration,
    },
    /// The process shuts down.
    ShutDown,
    /// The upstream is switched off.
    UpstreamOff {
        upstream: Cow<'static, str>,
    },
    /// A stream has not begun, or has broken.
    Stream(StreamFailure),
    /// The last attempt failed like this, and its result could not be kept.
    Failed(Box<FailedAttempt>),
    /// Injected in the place of a failure of the body.
    #[cfg(any(feature = "chaos", feature = "testing"))]
    Injected(Box<Classification>),
}

/// A cap that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReachedCap {
    pub(super) upstream: Cow<'static, str>,
    /// In words.
    pub(super) cap: String,
    pub(super) free_at: SystemTime,
    /// The same in words.
    pub(super) free_at_in_words: String,
    pub(super) wait: Duration,
}

impl Reason {
    pub(super) fn class(&self) -> Class {
        match self {
            Self::Timeout(_) => Class::Timeout,
            Self::Deadline(_) | Self::NotReady { .. } => Class::Deadline,
            Self::CircuitOpen { .. } | Self::UpstreamOff { .. } => Class::CircuitOpen,
            Self::NoTarget { class, .. } => *class,
            Self::WrongCount { .. } => Class::Decode,
            Self::ShutDown | Self::BatchLost => Class::Cancelled,
            Self::Limited { .. } | Self::TooCostly { .. } | Self::StoreLost { .. } => {
                Class::Throttled
            }
            Self::AtCapacity { .. } => Class::AtCapacity,
            Self::CapReached(_) => Class::CapReached,
            Self::Stream(failure) => failure.class(),
            Self::Failed(last) => last.class,
            #[cfg(any(feature = "chaos", feature = "testing"))]
            Self::Injected(failure) => failure.class,
        }
    }

    pub(super) const fn limit(&self) -> Option<Duration> {
        match self {
            Self::Timeout(limit) | Self::Deadline(limit) => Some(*limit),
            Self::Stream(failure) => failure.limit(),
            _ => None,
        }
    }

    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            // An isolated circuit is closed only by hand.
            Self::CircuitOpen { wait, .. } => Some(*wait).filter(|wait| *wait < Duration::MAX),
            Self::Limited { wait, .. } | Self::NoTarget { wait, .. } => *wait,
            Self::CapReached(cap) => Some(cap.wait),
            _ => None,
        }
    }

    pub(super) fn upstream(&self) -> Option<&str> {
        match self {
            Self::CircuitOpen { upstream, .. }
            | Self::UpstreamOff { upstream }
            | Self::Limited { upstream, .. }
            | Self::TooCostly { upstream, .. }
            | Self::StoreLost { upstream }
            | Self::AtCapacity { upstream, .. } => Some(upstream),
            Self::CapReached(cap) => Some(&cap.upstream),
            _ => None,
        }
    }
}

/// In one line.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may come from outside, such as a host: it is written as other texts are.
        let upstream = Redacted::from(self.upstream().unwrap_or_default());
        match self {
            Self::Failed(last) => write!(f, "{last}"),
            Self::Stream(failure) => write!(f, "{failure}"),
            #[cfg(any(feature = "chaos", feature = "testing"))]
            Self::Injected(failure) => f.write_str(&failure.in_one_line()),
            Self::WrongCount { items, results } => write!(
                f,
                "{items} items have {results} results, so none of them has a result that is surely its own"
            ),
            Self::NotReady { polls, elapsed } => {
                let plural = if *polls == 1 { "" } else { "s" };
                write!(
                    f,
                    "the job was not ready after {polls} poll{plural} in {elapsed:.1?}, and its time is over"
                )
            }
            Self::BatchLost => f.write_str("the function panicked that was called for the batch"),
            Self::ShutDown => f.write_str("this process shuts down, and makes no further attempt"),
            Self::NoTarget {
                failover, reasons, ..
            } => write!(f, "no target of {failover} can serve: {reasons}"),
            Self::UpstreamOff { .. } => write!(f, "{upstream} is switched off"),
            Self::Deadline(limit) => write!(f, "the call did not finish within {limit:?}"),
            Self::Timeout(limit) => write!(f, "the attempt did not finish within {limit:?}"),
            Self::CircuitOpen { cause, .. } => {
                let cause = cause.map(|cause| format!("; cause: {cause}"));
                let cause = cause.unwrap_or_default();
                match self.wait() {
                    Some(wait) => write!(
                        f,
                        "the circuit breaker of {upstream} is open for another {wait:.1?}{cause}"
                    ),
                    None => {
                        write!(
                            f,
                            "the circuit breaker of {upstream} is open until it is released"
                        )
                    }
                }
            }
            Self::Limited {
                limit,
                wait: Some(wait),
                ..
            } => write!(
                f,
                "the {limit} of {upstream} leaves no room for another {wait:.1?}"
            ),
            Self::Limited { limit, .. } => {
                write!(f, "the {limit} of {upstream} left no room in time")
            }
            Self::TooCostly { cost, capacity, .. } => {
                write!(
                    f,
                    "{cost} tokens are more than the limit of {upstream} ever holds, {capacity}"
                )
            }
            Self::StoreLost { .. } => write!(
                f,
                "calls of {upstream} wait for the store that its replicas share, which cannot be \
                 reached; its event \"store lost\" has the reason"
            ),
            Self::CapReached(cap) => write!(
                f,
                "{upstream} has reached its cap of {}; it is free again at {}",
                cap.cap, cap.free_at_in_words
            ),
            Self::AtCapacity { limit, .. } => {
                write!(
                    f,
                    "{upstream} has all {limit} calls in flight, and its queue is full"
                )
            }
        }
    }
}
