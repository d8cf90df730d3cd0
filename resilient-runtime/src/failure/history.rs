//! The history of a call, attached to its final failure.

use super::{Class, Classification, DelaySource, Processed, ReleasedBy, Target};
use crate::Redacted;
use std::{fmt, time::Duration};

/// The failed attempts of a call, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// The failed attempts, oldest first. Only the last [`KEPT`](Self::KEPT) are kept, so the
    /// numbers may not start at 1.
    pub attempts: Vec<FailedAttempt>,
    /// The time from the start of the call to its end.
    pub elapsed: Duration,
    /// Why the call ended; `None` while it continues.
    pub gave_up: Option<GiveUp>,
}

impl History {
    /// The number of attempts kept.
    pub const KEPT: usize = 32;

    /// Whether the call has used up its retries on its last failure: another round of attempts, by
    /// an outer call, would be more than its policy permits.
    pub fn is_used_up(&self) -> bool {
        match self.gave_up {
            None => false,
            Some(
                GiveUp::RetriedInside | GiveUp::BudgetSpent | GiveUp::DeadlineWhileDeferred { .. },
            ) => true,
            Some(reason) => {
                let retried = || self.attempts.last().is_some_and(|last| last.number > 1);
                reason.is_after_retries() && retried()
            }
        }
    }

    /// The number of attempts made, also of those that are not kept.
    pub(crate) fn made(&self) -> u32 {
        self.attempts.last().map_or(0, |last| last.number)
    }
}

/// The number of attempts, the time, and the reason of the end: `gave up after 3 attempts in 1.2s:
/// attempts used up`.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.made();
        let plural = if made == 1 { "" } else { "s" };
        write!(
            f,
            "gave up after {made} attempt{plural} in {:.1?}",
            self.elapsed
        )?;
        match self.gave_up {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

/// One attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// Its number in the call, from 1.
    pub number: u32,
    /// The class of its failure.
    pub class: Class,
    /// Whether the server may have processed the request.
    pub processed: Processed,
    /// The HTTP status code, if there was one.
    pub status: Option<u16>,
    /// The provider's code for the failure, such as `insufficient_quota`.
    pub code: Option<Redacted>,
    /// The message of the server or the client.
    pub message: Option<Redacted>,
    /// The time from the start of the call to this failure.
    pub elapsed: Duration,
    /// The wait after it, as far as it has lasted; `None` if no further attempt was planned.
    pub delay: Option<Duration>,
    /// The source of that wait.
    pub source: Option<DelaySource>,
    /// How long the retry was then deferred by the [retry budget](crate::Budget); `None` if it was
    /// not.
    pub deferred: Option<Duration>,
    /// How the deferred retry was released; `None` if the call gave up.
    pub released_by: Option<ReleasedBy>,
    /// The request id of the server.
    pub request_id: Option<Redacted>,
    /// The target of a [`Failover`](crate::Failover) that it was sent to.
    pub target: Option<Target>,
}

impl FailedAttempt {
    /// Its failure, as far as the history has it.
    pub(crate) fn classification(&self) -> Classification {
        Classification {
            status: self.status,
            code: self.code.clone(),
            message: self.message.clone(),
            request_id: self.request_id.clone(),
            processed: self.processed,
            ..Classification::new(self.class)
        }
    }

    #[inline(always)]
    pub(crate) fn new(number: u32, failure: &Classification, elapsed: Duration) -> Self {
        Self {
            number,
            class: failure.class,
            processed: failure.processed,
            status: failure.status,
            code: failure.code.clone(),
            message: failure.message.clone(),
            elapsed,
            delay: None,
            source: None,
            deferred: None,
            released_by: None,
            request_id: failure.request_id.clone(),
            target: None,
        }
    }
}

/// The class, the status and the message.
impl fmt::Display for FailedAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.class.fmt(f)?;
        if let Some(status) = self.status {
            write!(f, " ({status})")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

/// Why a call ends with the failure at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GiveUp {
    /// Failures of this class are not retried.
    NotRetryable,
    /// The server forbids a retry (`x-should-retry: false`).
    Forbidden,
    /// The call is not idempotent, and may have been processed.
    MaybeProcessed,
    /// All attempts were made.
    AttemptsUsedUp,
    /// An inner resilient call has already used up its retries on this failure.
    RetriedInside,
    /// The schedule has no further wait.
    ScheduleEnded,
    /// The server asks for a longer wait than the policy permits.
    WaitTooLong {
        /// The wait it asks for.
        wait: Duration,
    },
    /// The deadline cut the last attempt.
    Deadline,
    /// The next attempt would start after the deadline.
    NoTimeLeft {
        /// The wait that would have been needed.
        wait: Duration,
    },
    /// The retry was deferred by the [retry budget](crate::Budget) for as long as the call's
    /// patience, and the server did not recover meanwhile.
    BudgetSpent,
    /// The deadline, or the end of an enclosing attempt, came while the retry was deferred by the
    /// [retry budget](crate::Budget).
    DeadlineWhileDeferred {
        /// How long it had waited.
        waited: Duration,
    },
    /// Content of the stream was handed on, so another attempt would repeat it.
    Begun,
    /// The stream has gone on with other streams as often as `resume` permits.
    ResumesUsedUp,
    /// The process shuts down ([`shutdown`](crate::shutdown())).
    ShutDown,
    /// Retries are switched off, for all calls, for this one, or around it
    /// ([`switch::retries`](crate::switch::retries)).
    RetriesOff,
    /// The upstream is switched off ([`switch::upstream`](crate::switch::upstream)).
    UpstreamOff,
    /// The upstream rejects a further attempt.
    Refused {
        /// The class of the rejection.
        class: Class,
        /// The necessary wait, if waiting helps.
        wait: Option<Duration>,
    },
}

impl GiveUp {
    /// The reason in words, as used in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRetryable => "not retryable",
            Self::Forbidden => "the server forbids a retry",
            Self::MaybeProcessed => "not idempotent and maybe processed",
            Self::AttemptsUsedUp => "attempts used up",
            Self::RetriedInside => "already retried by an inner call",
            Self::ScheduleEnded => "the schedule has ended",
            Self::WaitTooLong { .. } => "the server asks for a longer wait than max_retry_after",
            Self::Deadline => "deadline",
            Self::NoTimeLeft { .. } => "the next attempt would start after the deadline",
            Self::BudgetSpent => "the retry budget is spent",
            Self::DeadlineWhileDeferred { .. } => {
                "the deadline came while the retry waited for the retry budget"
            }
            Self::Begun => "content was handed on already",
            Self::ResumesUsedUp => "resumes used up",
            Self::ShutDown => "shut down",
            Self::RetriesOff => "retries are switched off",
            Self::UpstreamOff => "the upstream is switched off",
            Self::Refused { class, .. } => match class {
                Class::CircuitOpen => "the circuit breaker is open",
                Class::Throttled => "the client-side limits leave no room in time",
                Class::AtCapacity => "the concurrency limit leaves no room",
                Class::CapReached => "a cap is reached",
                _ => "no further attempt is let in",
            },
        }
    }

    /// The setting that would let the call continue in the same situation; `None` if no setting
    /// helps.
    pub const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::MaybeProcessed => {
                "set `idempotent = true` if the call may be processed twice, for example with an idempotency key"
            }
            Self::WaitTooLong { .. } => "raise `max_retry_after` if the call may wait that long",
            Self::Deadline | Self::NoTimeLeft { .. } | Self::DeadlineWhileDeferred { .. } => {
                "raise `deadline`, or the timeout of the call around this one, if the call may wait longer"
            }
            Self::BudgetSpent => {
                "more `attempts` make the call wait longer for the server; a circuit breaker or fewer attempts let it \
                 fail sooner"
            }
            Self::Begun => "`resume` can go on with another stream",
            Self::ResumesUsedUp => "raise `max` of `resume` if it may go on more often",
            Self::ShutDown => "if this call must succeed, await it before `shutdown`",
            Self::RetriesOff => {
                "`switch::retries()` switches them on; `switch::switched_off()` lists what is off"
            }
            Self::UpstreamOff => "`switch::upstream(name).on()` switches it on",
            Self::RetriedInside => "set `repeat_nested = true` if the attempts may multiply",
            _ => return None,
        })
    }

    /// Whether a call that has made retries ends so because of them.
    const fn is_after_retries(self) -> bool {
        !matches!(
            self,
            Self::NotRetryable
                | Self::Forbidden
                | Self::MaybeProcessed
                | Self::Deadline
                | Self::Begun
        )
    }
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
