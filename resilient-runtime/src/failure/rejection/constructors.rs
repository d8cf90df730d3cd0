//! The rejections that the library raises.

use super::{ReachedCap, Reason, Rejection, StreamFailure};
#[cfg(any(feature = "chaos", feature = "testing"))]
use crate::Classification;
use crate::{Class, FailedAttempt, Target};
use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

impl Rejection {
    /// An attempt that took longer than `limit`.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self::because(Reason::Timeout(limit))
    }

    /// A call that took longer than `limit`, in milliseconds: it is measured.
    pub(crate) fn deadline(limit: Duration) -> Self {
        let millis = limit.as_micros().div_ceil(1_000);
        let limit = u64::try_from(millis).map_or(limit, Duration::from_millis);
        Self::because(Reason::Deadline(limit))
    }

    /// The circuit breaker is open, for a cause of this name.
    pub(crate) fn circuit_open(
        upstream: Cow<'static, str>,
        wait: Duration,
        cause: Option<&'static str>,
    ) -> Self {
        Self::because(Reason::CircuitOpen {
            upstream,
            wait,
            cause,
        })
    }

    /// No target of a failover admits the attempt, for these reasons. Class and wait are those of
    /// the target that may serve first.
    pub(crate) fn no_target(
        failover: &'static str,
        reasons: &[(Target, String)],
        class: Class,
        wait: Option<Duration>,
    ) -> Self {
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(target, why)| format!("{target}: {why}"))
            .collect();
        Self::because(Reason::NoTarget {
            failover,
            reasons: reasons.join("; ").into(),
            class,
            wait,
        })
    }

    /// A batch has another number of results than items.
    pub(crate) fn wrong_count(items: usize, results: usize) -> Self {
        Self::because(Reason::WrongCount { items, results })
    }

    /// The function of a batch has panicked.
    pub(crate) fn batch_lost() -> Self {
        Self::because(Reason::BatchLost)
    }

    /// A job that was not ready after so many polls, within this time.
    pub(crate) fn not_ready(polls: u32, elapsed: Duration) -> Self {
        Self::because(Reason::NotReady { polls, elapsed })
    }

    /// The process shuts down.
    pub(crate) fn shut_down() -> Self {
        Self::because(Reason::ShutDown)
    }

    /// The upstream is switched off.
    pub(crate) fn upstream_off(upstream: Cow<'static, str>) -> Self {
        Self::because(Reason::UpstreamOff { upstream })
    }

    /// The wait for this limit would be too long.
    pub(crate) fn throttled(
        upstream: Cow<'static, str>,
        limit: &'static str,
        wait: Option<Duration>,
    ) -> Self {
        Self::because(Reason::Limited {
            upstream,
            limit,
            wait,
        })
    }

    /// The cost exceeds the limit, so it can never be admitted.
    pub(crate) fn too_costly(upstream: Cow<'static, str>, cost: u64, capacity: u64) -> Self {
        Self::because(Reason::TooCostly {
            upstream,
            cost,
            capacity,
        })
    }

    /// The store over which the upstream is shared was lost for as long as the call could wait.
    #[cfg_attr(
        not(feature = "sharing"),
        allow(dead_code, reason = "nothing is shared")
    )]
    pub(crate) fn store_lost(upstream: Cow<'static, str>) -> Self {
        Self::because(Reason::StoreLost { upstream })
    }

    /// The wait queue is full.
    pub(crate) fn at_capacity(upstream: Cow<'static, str>, limit: u32) -> Self {
        Self::because(Reason::AtCapacity { upstream, limit })
    }

    /// A cap is reached until this time, which is also given in words.
    pub(crate) fn cap_reached(
        upstream: Cow<'static, str>,
        cap: String,
        (free_at, free_at_in_words): (SystemTime, String),
        wait: Duration,
    ) -> Self {
        Self::because(Reason::CapReached(Box::new(ReachedCap {
            upstream,
            cap,
            free_at,
            free_at_in_words,
            wait,
        })))
    }

    /// A call that gave up with this failure, whose result was not kept because it is not `Send`.
    pub(crate) fn failed(last: FailedAttempt) -> Self {
        Self::because(Reason::Failed(Box::new(last)))
    }

    /// A failure of a stream that the library has noticed.
    pub(crate) fn stream(failure: StreamFailure) -> Self {
        Self::because(Reason::Stream(failure))
    }

    /// A failure that is classified like this, in the place of one of the body.
    #[cfg(any(feature = "chaos", feature = "testing"))]
    pub(crate) fn injected(failure: Classification) -> Self {
        Self::because(Reason::Injected(Box::new(failure)))
    }
}
