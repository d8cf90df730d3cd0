//! The record of the calls of a test.

use crate::{
    Class, DelaySource, GiveUp, ReleasedBy,
    event::{Event, EventKind},
};
use std::{fmt, time::Duration};

/// The steps of the calls of a test, in order. Its `Display` has a line for each step, and no times
/// but those that a policy or a server names, so that it can be compared with a stored one.
///
/// The assertions panic with the whole record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(Vec<Recorded>);

/// A step, and the call that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    call: Option<&'static str>,
    step: Step,
}

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
        /// Who named it.
        source: DelaySource,
    },
    /// The retry waits for the retry budget.
    Deferred,
    /// The deferred retry is sent.
    Released(ReleasedBy),
    /// The call has ended with a failure.
    GaveUp(GiveUp),
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
    /// An attempt that waited for admission is sent.
    Admitted,
    /// The attempt with this number has succeeded.
    Succeeded {
        /// Its number, from 1.
        attempt: u32,
    },
    /// The attempt has opened a stream.
    StreamOpened,
    /// The first content of a stream has come.
    FirstContent,
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
    /// The circuit breaker has changed to this state.
    Circuit(&'static str),
    /// The share of calls that fail has jumped.
    ErrorRateJumped,
    /// The process shuts down, which ends so many waits.
    ShuttingDown(usize),
    /// An operator has switched `retries`, `hedges` or an `upstream` on (true) or off.
    Switched(&'static str, bool),
    /// A fault of this name takes the place of a run of the body.
    #[cfg(feature = "chaos")]
    Injected(&'static str),
}

/// The step that an event tells of.
pub(super) fn step(event: &Event<'_>) -> Recorded {
    let step = match &event.kind {
        EventKind::AttemptFailed(failed) => Step::Failed {
            attempt: failed.attempt,
            class: failed.failure.class,
            status: failed.failure.status,
            message: failed.failure.message.as_ref().map(ToString::to_string),
        },
        EventKind::Retrying { delay, source, .. } => Step::Retrying {
            delay: *delay,
            source: *source,
        },
        EventKind::Deferring(_) => Step::Deferred,
        EventKind::Released { by, .. } => Step::Released(*by),
        EventKind::GivingUp { reason, .. } => Step::GaveUp(*reason),
        EventKind::FallingBack { class, .. } => Step::FellBack(*class),
        EventKind::Hedging { run } => Step::Hedged(*run),
        EventKind::NotHedging { .. } => Step::NotHedged,
        EventKind::RunFailed { failure } => Step::RunFailed(failure.class),
        EventKind::Queued { waits_for } => Step::Queued(waits_for.as_str()),
        EventKind::Admitted { .. } => Step::Admitted,
        EventKind::Succeeded { .. } => Step::Succeeded { attempt: 1 },
        EventKind::Recovered { end, .. } => Step::Succeeded {
            attempt: end.attempts,
        },
        EventKind::StreamOpened => Step::StreamOpened,
        EventKind::FirstContent { .. } => Step::FirstContent,
        EventKind::StreamBroken { failed, .. } => Step::StreamBroken(failed.failure.class),
        EventKind::StreamResuming { failed, .. } => Step::StreamResuming(failed.failure.class),
        EventKind::StreamEnded { items, .. } => Step::StreamEnded(*items),
        EventKind::StreamDropped { items, .. } => Step::StreamDropped(*items),
        EventKind::Cancelled { attempt, .. } => Step::Cancelled { attempt: *attempt },
        EventKind::LimitChanged { limit, .. } => Step::LimitChanged(limit.as_str()),
        EventKind::ShuttingDown { waits } => Step::ShuttingDown(*waits),
        EventKind::Switched { what, is_on, .. } => Step::Switched(what, *is_on),
        EventKind::GateClosed { pause } => Step::GateClosed(*pause),
        EventKind::CircuitChanged { to, .. } => Step::Circuit(to.as_str()),
        EventKind::ErrorRateJumped(_) => Step::ErrorRateJumped,
        #[cfg(feature = "chaos")]
        EventKind::FaultInjected { fault } => Step::Injected(fault),
    };
    Recorded {
        call: event.function(),
        step,
    }
}

impl Trace {
    pub(super) const fn of(steps: Vec<Recorded>) -> Self {
        Self(steps)
    }

    /// The steps of all calls.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().map(|recorded| &recorded.step)
    }

    /// The part of the function with this name, such as `app::ask`.
    #[must_use]
    pub fn of_call(&self, name: &str) -> Self {
        let steps = self.0.iter().filter(|it| it.call == Some(name));
        Self(steps.cloned().collect())
    }

    /// The number of attempts that have ended.
    pub fn attempts(&self) -> usize {
        let ended = |step: &&Step| matches!(step, Step::Failed { .. } | Step::Succeeded { .. });
        self.steps().filter(ended).count()
    }

    /// The waits before retries.
    pub fn delays(&self) -> Vec<Duration> {
        let delay = |step: &Step| match step {
            Step::Retrying { delay, .. } => Some(*delay),
            _ => None,
        };
        self.steps().filter_map(delay).collect()
    }

    /// Why the last call that gave up did.
    pub fn gave_up(&self) -> Option<GiveUp> {
        let reason = |step: &Step| match step {
            Step::GaveUp(reason) => Some(*reason),
            _ => None,
        };
        self.steps().filter_map(reason).last()
    }

    /// # Panics
    /// If another number of attempts has ended.
    #[track_caller]
    pub fn assert_attempts(&self, expected: usize) {
        let attempts = self.attempts();
        assert!(
            attempts == expected,
            "expected {expected} attempts, and there were {attempts}:\n{self}"
        );
    }

    /// # Panics
    /// If there was a retry.
    #[track_caller]
    pub fn assert_no_retry(&self) {
        let is_retry = |step: &Step| matches!(step, Step::Retrying { .. });
        assert!(
            !self.steps().any(is_retry),
            "expected no retry, and there was one:\n{self}"
        );
    }

    /// # Panics
    /// If no call gave up, or the last one for another reason.
    #[track_caller]
    pub fn assert_gave_up(&self, reason: GiveUp) {
        let gave_up = self.gave_up();
        assert!(
            gave_up == Some(reason),
            "expected that the call gives up ({reason}), and {}:\n{self}",
            gave_up.map_or("it did not".to_owned(), |other| format!(
                "the reason was: {other}"
            ))
        );
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no call");
        }
        for (at, Recorded { call, step }) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            if let Some(call) = call {
                write!(f, "{call}: ")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
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
            Self::FellBack(class) => write!(f, "fell back: {class}"),
            Self::Hedged(run) => write!(f, "hedged with run {run}"),
            Self::NotHedged => f.write_str("not hedged"),
            Self::RunFailed(class) => write!(f, "a run failed: {class}"),
            Self::Queued(waits_for) => write!(f, "queued for {waits_for}"),
            Self::Admitted => f.write_str("admitted"),
            Self::Succeeded { attempt } => write!(f, "attempt {attempt} succeeded"),
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
            Self::Circuit(state) => write!(f, "circuit {state}"),
            #[cfg(feature = "chaos")]
            Self::Injected(fault) => write!(f, "fault injected: {fault}"),
        }
    }
}
