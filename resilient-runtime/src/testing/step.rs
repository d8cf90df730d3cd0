//! The steps of calls in the record of a test.

use crate::{
    Class, DelaySource, GiveUp, ReleasedBy, Target,
    event::{Event, EventKind},
};
use std::{fmt, time::Duration};

/// A step of a call, or of its upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// An attempt has failed.
    Failed {
        /// Its number, from 1.
        attempt: u32,
        /// The class of the failure.
        class: Class,
        /// The HTTP status code, if there was one.
        status: Option<u16>,
        /// The message of the server or the client.
        message: Option<String>,
    },
    /// Another attempt follows.
    Retrying {
        /// The wait before it.
        delay: Duration,
        /// Its source.
        source: DelaySource,
    },
    /// The retry waits for the retry budget.
    Deferred,
    /// The deferred retry is sent.
    Released(ReleasedBy),
    /// The call has ended with a failure.
    GaveUp(GiveUp),
    /// A poll has found a job that is not ready; the number of polls so far.
    NotReady(u32),
    /// The fallback answers a failure of this class.
    FellBack(Class),
    /// A further run of a slow attempt was started; its number, from 2.
    Hedged(u32),
    /// A further run was due, and not started.
    NotHedged,
    /// A run has failed while another continued.
    RunFailed(Class),
    /// The attempt waits for admission: for the breaker, the gate, or a limit.
    Queued(&'static str),
    /// An upstream in shadow mode sends an attempt that would have waited for this.
    NotEnforced(&'static str),
    /// An attempt that waited for admission is sent.
    Admitted,
    /// The attempt with this number has succeeded.
    Succeeded {
        /// Its number, from 1.
        attempt: u32,
    },
    /// A batch of this many items has failed, and its halves are tried.
    BatchSplit(usize),
    /// The attempt has opened a stream.
    StreamOpened,
    /// The first content of a stream has come.
    FirstContent,
    /// The call goes on to this target of its failover.
    FailedOver(Target),
    /// A target of a failover is down.
    TargetDown(Target),
    /// A target of a failover serves again.
    TargetUp(Target),
    /// The store over which replicas share their upstreams cannot be reached.
    StoreLost,
    /// The store can be reached again.
    StoreRestored,
    /// A stream has failed like this after its first content.
    StreamBroken(Class),
    /// A stream has failed like this, and another one takes its place.
    StreamResuming(Class),
    /// A stream has ended after this many items.
    StreamEnded(u64),
    /// A stream was dropped after this many items.
    StreamDropped(u64),
    /// The call was dropped during the attempt with this number.
    Cancelled {
        /// Its number, from 1.
        attempt: u32,
    },
    /// A server has lowered a rate limit or restored it, or its restriction has ended.
    LimitChanged(&'static str),
    /// A server's wait holds for all callers of the upstream.
    GateClosed(Duration),
    /// The use of this cap has come near it, in words such as `50 USD/day`.
    CapNearing(String),
    /// This cap is reached.
    CapReached(String),
    /// The circuit breaker has changed to this state.
    Circuit(&'static str),
    /// The share of calls that fail has jumped.
    ErrorRateJumped,
    /// The process shuts down, which ends so many waits.
    ShuttingDown(usize),
    /// An operator has switched `retries`, `hedges` or an `upstream` on (true) or off.
    Switched(&'static str, bool),
    /// A configuration was not accepted.
    #[cfg(feature = "config")]
    ConfigurationRejected,
    /// A run of bulk work has stopped, for this reason.
    #[cfg(feature = "bulk")]
    BulkStopped(&'static str),
    /// A fault of this name takes the place of a run of the body.
    #[cfg(feature = "chaos")]
    Injected(&'static str),
}

impl Step {
    /// The step that an event tells of; `None` for one that belongs to no call.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        Some(match &event.kind {
            EventKind::AttemptFailed(failed) => Self::Failed {
                attempt: failed.attempt,
                class: failed.failure.class,
                status: failed.failure.status,
                message: failed.failure.message.as_ref().map(ToString::to_string),
            },
            EventKind::Retrying { delay, source, .. } => Self::Retrying {
                delay: *delay,
                source: *source,
            },
            EventKind::Deferring(_) => Self::Deferred,
            EventKind::Released { by, .. } => Self::Released(*by),
            EventKind::GivingUp { reason, .. } => Self::GaveUp(*reason),
            EventKind::NotReady { polls, .. } => Self::NotReady(*polls),
            EventKind::FallingBack { class, .. } => Self::FellBack(*class),
            EventKind::FailingOver { to, .. } => Self::FailedOver(*to),
            EventKind::TargetDown { target, .. } => Self::TargetDown(*target),
            EventKind::TargetUp { target, .. } => Self::TargetUp(*target),
            EventKind::StoreAsked { .. } => return None,
            EventKind::StoreLost { .. } => Self::StoreLost,
            EventKind::StoreRestored { .. } => Self::StoreRestored,
            EventKind::Hedging { run } => Self::Hedged(*run),
            EventKind::NotHedging { .. } => Self::NotHedged,
            EventKind::RunFailed { failure } => Self::RunFailed(failure.class),
            EventKind::Queued { waits_for } => Self::Queued(waits_for.as_str()),
            EventKind::NotEnforced { waits_for } => Self::NotEnforced(waits_for.as_str()),
            EventKind::Admitted { .. } => Self::Admitted,
            EventKind::Succeeded { .. } => Self::Succeeded { attempt: 1 },
            EventKind::Recovered { end, .. } => Self::Succeeded {
                attempt: end.attempts,
            },
            EventKind::BatchSplit { items, .. } => Self::BatchSplit(*items),
            EventKind::StreamOpened => Self::StreamOpened,
            EventKind::FirstContent { .. } => Self::FirstContent,
            EventKind::StreamBroken { failed, .. } => Self::StreamBroken(failed.failure.class),
            EventKind::StreamResuming { failed, .. } => Self::StreamResuming(failed.failure.class),
            EventKind::StreamEnded { items, .. } => Self::StreamEnded(*items),
            EventKind::StreamDropped { items, .. } => Self::StreamDropped(*items),
            EventKind::Cancelled { attempt, .. } => Self::Cancelled { attempt: *attempt },
            EventKind::LimitChanged { limit, .. } => Self::LimitChanged(limit.as_str()),
            EventKind::ShuttingDown { waits } => Self::ShuttingDown(*waits),
            EventKind::Switched { what, is_on, .. } => Self::Switched(what, *is_on),
            EventKind::GateClosed { pause } => Self::GateClosed(*pause),
            EventKind::CapNearing { usage } => Self::CapNearing(usage.cap.to_string()),
            EventKind::CapReached { usage } => Self::CapReached(usage.cap.to_string()),
            EventKind::CircuitChanged { to, .. } => Self::Circuit(to.as_str()),
            EventKind::ErrorRateJumped(_) => Self::ErrorRateJumped,
            #[cfg(feature = "config")]
            EventKind::ConfigurationRejected { .. } => Self::ConfigurationRejected,
            #[cfg(feature = "bulk")]
            EventKind::BulkStopped { reason, .. } => Self::BulkStopped(reason),
            #[cfg(feature = "chaos")]
            EventKind::FaultInjected { fault } => Self::Injected(fault),
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed {
                attempt,
                class,
                status,
                message,
            } => {
                write!(f, "attempt {attempt} failed: {class}")?;
                if let Some(status) = status {
                    write!(f, " ({status})")?;
                }
                message
                    .iter()
                    .try_for_each(|message| write!(f, ": {message}"))
            }
            // A schedule has jitter.
            Self::Retrying {
                source: DelaySource::Schedule,
                ..
            } => f.write_str("retrying (schedule)"),
            Self::Retrying { delay, source } => write!(f, "retrying in {delay:?} ({source})"),
            Self::ErrorRateJumped => f.write_str("error rate jumped"),
            Self::Deferred => f.write_str("deferred by the retry budget"),
            Self::Released(by) => write!(f, "released by {by}"),
            Self::GaveUp(reason) => write!(f, "gave up: {reason}"),
            Self::NotReady(polls) => write!(f, "not ready: poll {polls}"),
            Self::FellBack(class) => write!(f, "fell back: {class}"),
            Self::FailedOver(target) => write!(f, "failing over to {target}"),
            Self::TargetDown(target) => write!(f, "{target} is down"),
            Self::TargetUp(target) => write!(f, "{target} serves again"),
            Self::StoreLost => f.write_str("store lost"),
            Self::StoreRestored => f.write_str("store restored"),
            Self::Hedged(run) => write!(f, "hedged with run {run}"),
            Self::NotHedged => f.write_str("not hedged"),
            Self::RunFailed(class) => write!(f, "a run failed: {class}"),
            Self::Queued(waits_for) => write!(f, "queued for {waits_for}"),
            Self::NotEnforced(waits_for) => write!(f, "not enforced: {waits_for}"),
            Self::Admitted => f.write_str("admitted"),
            Self::Succeeded { attempt } => write!(f, "attempt {attempt} succeeded"),
            Self::BatchSplit(items) => write!(f, "batch of {items} items split"),
            Self::StreamOpened => f.write_str("stream opened"),
            Self::FirstContent => f.write_str("first content"),
            Self::StreamBroken(class) => write!(f, "stream broken: {class}"),
            Self::StreamResuming(class) => write!(f, "resuming stream: {class}"),
            Self::StreamEnded(items) => write!(f, "stream ended after {items} items"),
            Self::StreamDropped(items) => write!(f, "stream dropped after {items} items"),
            Self::Cancelled { attempt } => write!(f, "cancelled in attempt {attempt}"),
            Self::LimitChanged(limit) => write!(f, "limit of {limit} changed"),
            Self::GateClosed(pause) => write!(f, "gate closed for {pause:?}"),
            Self::ShuttingDown(waits) => write!(f, "shutting down: {waits} waits end"),
            Self::Switched(what, is_on) => {
                write!(f, "{what} switched {}", if *is_on { "on" } else { "off" })
            }
            Self::CapNearing(cap) => write!(f, "cap of {cap} nearing"),
            Self::CapReached(cap) => write!(f, "cap of {cap} reached"),
            Self::Circuit(state) => write!(f, "circuit {state}"),
            #[cfg(feature = "config")]
            Self::ConfigurationRejected => f.write_str("configuration rejected"),
            #[cfg(feature = "bulk")]
            Self::BulkStopped(reason) => write!(f, "bulk run stopped: {reason}"),
            #[cfg(feature = "chaos")]
            Self::Injected(fault) => write!(f, "fault injected: {fault}"),
        }
    }
}
