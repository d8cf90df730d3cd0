//! The kinds of events, as plain data.

use super::{BreakerState, CallEnd, CircuitCause, NotHedged, WaitsFor};
use crate::{
    CapUsage, Class, Classification,
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

/// A jump of the share of calls that fail: above 10 %, and above three times the usual share. It is
/// reported once, until the share has come down.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ErrorRateJump {
    /// The share of the calls in the window that have failed, from 0 to 1.
    pub rate: f64,
    /// The usual share: an average over about ten minutes before the window.
    pub usual: f64,
    /// The number of calls in the window; at least 20.
    pub calls: u64,
    /// The length of the window: a minute.
    pub window: Duration,
    /// The open incident of the status page that is watched for the upstream, by
    /// `StatusPage::watch_for`.
    pub incident: Option<String>,
}

/// A failed attempt, as every event about it records it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptFailure<'a> {
    /// The failure. Its texts are redacted.
    pub failure: Cow<'a, Classification>,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// All attempts that a failure of its class leaves.
    pub attempts: u32,
    /// The time since the start of the call.
    pub elapsed: Duration,
    /// The time of this attempt; zero if it was not sent.
    pub took: Duration,
}
