//! The kinds of events, as plain data. Above 300 lines, because they are one enum.

use super::{
    AttemptFailure, BreakerState, CallEnd, CircuitCause, ErrorRateJump, NotHedged, WaitsFor,
};
use crate::{
    CapUsage, Class, Classification, Target,
    failure::{DelaySource, GiveUp, ReleasedBy},
    policy::Rate,
};
use std::{borrow::Cow, time::Duration};

/// The kind of an [`Event`](super::Event), with its data.
///
/// Kinds and fields are added with minor releases, so a pattern of a kind ends in `..`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// An attempt has failed.
    AttemptFailed(AttemptFailure<'a>),
    /// Another attempt follows after a wait.
    #[non_exhaustive]
    Retrying {
        /// The failure before it.
        failed: AttemptFailure<'a>,
        /// The wait.
        delay: Duration,
        /// The source of the wait.
        source: DelaySource,
    },
    /// The retry is due, and the retry budget cannot pay for it: it waits.
    Deferring(AttemptFailure<'a>),
    /// The deferred retry is sent.
    #[non_exhaustive]
    Released {
        /// The failure before it.
        failed: AttemptFailure<'a>,
        /// The wait for the retry budget.
        waited: Duration,
        /// The reason for its release.
        by: ReleasedBy,
    },
    /// The call ends with a failure.
    #[non_exhaustive]
    GivingUp {
        /// The failure, or the refusal of the next attempt.
        failed: AttemptFailure<'a>,
        /// The reason why there is no further attempt.
        reason: GiveUp,
        /// The end of the call.
        end: CallEnd,
    },
    /// A batch has failed, and its halves are tried by themselves.
    #[non_exhaustive]
    BatchSplit {
        /// The failure.
        failure: Cow<'a, Classification>,
        /// The number of items in the batch.
        items: usize,
    },
    /// A poll has found a job that is not ready (`until = is_ready`): another one follows.
    #[non_exhaustive]
    NotReady {
        /// The number of polls so far.
        polls: u32,
        /// The wait before the next one.
        delay: Duration,
    },
    /// The fallback answers in the place of the failed call.
    #[non_exhaustive]
    FallingBack {
        /// The class of the failure.
        class: Class,
        /// The number of failed attempts.
        attempts: u32,
    },
    /// Another run of a slow attempt is started.
    #[non_exhaustive]
    Hedging {
        /// Its number, from 2.
        run: u32,
    },
    /// Another run of a slow attempt is due, and not started.
    #[non_exhaustive]
    NotHedging {
        /// The reason.
        reason: NotHedged,
    },
    /// A run has failed, and another one continues.
    #[non_exhaustive]
    RunFailed {
        /// The failure.
        failure: Cow<'a, Classification>,
    },
    /// A call goes on to another target of its [`Failover`](crate::Failover).
    #[non_exhaustive]
    FailingOver {
        /// The name of the failover.
        failover: &'static str,
        /// The target that has failed, or would have kept the retry waiting.
        from: Target,
        /// The target of the next attempt.
        to: Target,
        /// The class of the last failure.
        class: Class,
    },
    /// A target of a [`Failover`](crate::Failover) has failed: until a probe succeeds, calls go to
    /// others.
    #[non_exhaustive]
    TargetDown {
        /// The name of the failover.
        failover: &'static str,
        /// The target.
        target: Target,
        /// The class of the failure.
        class: Class,
        /// The time until the first probe.
        probe: Duration,
    },
    /// A target of a [`Failover`](crate::Failover) serves again.
    #[non_exhaustive]
    TargetUp {
        /// The name of the failover.
        failover: &'static str,
        /// The target.
        target: Target,
    },
    /// The store over which replicas share this upstream was asked.
    #[non_exhaustive]
    StoreAsked {
        /// `order`, `settle`, `beat` or `probe`, as in `sharing::Store`.
        operation: &'static str,
        /// The time until the answer, or the failure.
        took: Duration,
        /// The reason of the failure, if it has failed.
        failure: Option<Cow<'a, str>>,
    },
    /// The store over which replicas share their upstreams cannot be reached. Once for each outage,
    /// with the first upstream that found it.
    #[non_exhaustive]
    StoreLost {
        /// The reason.
        reason: Cow<'a, str>,
    },
    /// The store can be reached again.
    #[non_exhaustive]
    StoreRestored {
        /// The duration of the outage.
        lasted: Duration,
    },
    /// An attempt cannot be sent at once: it waits for admission.
    #[non_exhaustive]
    Queued {
        /// The first thing that it waits for.
        waits_for: WaitsFor,
    },
    /// An attempt that waited for admission is sent.
    #[non_exhaustive]
    Admitted {
        /// The first thing that it waited for.
        waits_for: WaitsFor,
        /// The whole wait.
        waited: Duration,
    },
    /// An upstream in shadow mode sends an attempt that would have been held back: delayed or
    /// refused.
    #[non_exhaustive]
    NotEnforced {
        /// The first thing that would have held it back.
        waits_for: WaitsFor,
    },
    /// A rate limit was lowered or restored, by the server or by the end of its restriction.
    #[non_exhaustive]
    LimitChanged {
        /// `Requests` or `Tokens`.
        limit: WaitsFor,
        /// The rate before.
        from: Rate,
        /// The rate from now on.
        to: Rate,
    },
    /// A server's wait holds for all callers of the upstream.
    #[non_exhaustive]
    GateClosed {
        /// The length of the pause.
        pause: Duration,
    },
    /// The use of a cap has come near it: at 80 %, once in a window.
    #[non_exhaustive]
    CapNearing {
        /// The cap and its use.
        usage: CapUsage,
    },
    /// A cap is reached: no further attempt is sent until its window ends. Once in a window.
    #[non_exhaustive]
    CapReached {
        /// The cap and its use.
        usage: CapUsage,
    },
    /// A circuit breaker has changed its state.
    #[non_exhaustive]
    CircuitChanged {
        /// The state before.
        from: BreakerState,
        /// The state from now on.
        to: BreakerState,
        /// The length of the break, if it has opened for a time.
        break_duration: Option<Duration>,
        /// The cause, if it has opened.
        cause: Option<CircuitCause>,
    },
    /// An attempt after the first has succeeded.
    #[non_exhaustive]
    Recovered {
        /// The end of the call.
        end: CallEnd,
        /// The time of this attempt.
        took: Duration,
    },
    /// The first attempt has succeeded.
    #[non_exhaustive]
    Succeeded {
        /// The end of the call.
        end: CallEnd,
        /// The time of this attempt.
        took: Duration,
    },
    /// An attempt has opened a stream.
    StreamOpened,
    /// The first content of a stream has come.
    #[non_exhaustive]
    FirstContent {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The time since the start of the call.
        elapsed: Duration,
    },
    /// A stream has failed after its first content.
    #[non_exhaustive]
    StreamBroken {
        /// The failure.
        failed: AttemptFailure<'a>,
        /// The number of items that the consumer has.
        items: u64,
    },
    /// A stream has failed after its first content, and another one takes its place.
    #[non_exhaustive]
    StreamResuming {
        /// The failure.
        failed: AttemptFailure<'a>,
        /// The number of items that the consumer has.
        items: u64,
    },
    /// A stream has ended with its last item.
    #[non_exhaustive]
    StreamEnded {
        /// The number of its items.
        items: u64,
        /// The time since the start of the call.
        elapsed: Duration,
        /// The time since its first content.
        streaming: Duration,
    },
    /// A stream was dropped before its end.
    #[non_exhaustive]
    StreamDropped {
        /// The number of items that the consumer has.
        items: u64,
        /// The time since the start of the call.
        elapsed: Duration,
        /// The time since its first content.
        streaming: Duration,
    },
    /// The call was dropped before its end, or its body has panicked.
    #[non_exhaustive]
    Cancelled {
        /// The number of the attempt in flight, or of the next one if the call was waiting.
        attempt: u32,
        /// The end of the call.
        end: CallEnd,
    },
    /// All waits of calls in this process end.
    #[non_exhaustive]
    ShuttingDown {
        /// Their number.
        waits: usize,
    },
    /// An operator has switched something off or on.
    #[non_exhaustive]
    Switched {
        /// `retries`, `hedges` or `upstream`.
        what: &'static str,
        /// The function or the upstream; `None` for all.
        name: Option<Cow<'a, str>>,
        /// Whether it is on now.
        is_on: bool,
    },
    /// The share of calls of a function or of an upstream that fail has jumped, against its own
    /// history. Only while [statistics](crate::statistics) are kept.
    ErrorRateJumped(ErrorRateJump),
    /// A configuration, or a part of it, is not accepted: the values before stay in effect.
    #[cfg(feature = "config")]
    #[non_exhaustive]
    ConfigurationRejected {
        /// The mistake, with its place.
        mistake: Cow<'a, str>,
    },
    /// A run of bulk work begins no further item.
    #[cfg(feature = "bulk")]
    #[non_exhaustive]
    BulkStopped {
        /// The reason: `refused`, `failures`, `tokens`, `requested`, `shut_down`, `panicked` or
        /// `journal`.
        reason: &'static str,
        /// The reason as a sentence that says what would help.
        advice: Cow<'a, str>,
        /// The number of items that have ended.
        ended: usize,
        /// The number of those that have failed.
        failed: usize,
        /// The number of items in flight, which are finished.
        in_flight: usize,
    },
    /// A fault takes the place of a run of the body.
    #[cfg(feature = "chaos")]
    #[non_exhaustive]
    FaultInjected {
        /// The name of the fault.
        fault: &'static str,
    },
}
