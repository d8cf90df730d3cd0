//! Stage decide: takes a classification and where the call stands, gives a [`Decision`]. No I/O, no clock,
//! no randomness of its own.

use crate::{
    Class, Classification, Policy,
    classify::{Processed, Retryable, WaitOrigin},
    policy::{Retry, Schedule},
};
use std::{fmt, time::Duration};

/// Where a call stands when an attempt has failed.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Situation {
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The time left before the deadline, if there is one.
    pub remaining: Option<Duration>,
    /// The wait before the attempt that failed.
    pub previous_delay: Option<Duration>,
    /// Whether an inner resilient call has already used up its retries on this failure.
    pub retried_inside: bool,
    /// Uniform over all `u64`: where the jitter comes from.
    pub random: u64,
    /// For how long the upstream's circuit breaker lets nothing through, if it does not.
    pub circuit_open: Option<Duration>,
}

impl Situation {
    /// After the attempt with this number, with nothing else to consider.
    pub const fn after(attempt: u32) -> Self {
        Self {
            attempt,
            remaining: None,
            previous_delay: None,
            retried_inside: false,
            random: 0,
            circuit_open: None,
        }
    }
}

/// What to do about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Try again.
    Retry {
        /// How long to wait first.
        after: Duration,
        /// Who named that wait.
        source: DelaySource,
    },
    /// Give the caller the failure at hand.
    GiveUp {
        /// Why.
        reason: GiveUp,
    },
}

/// Who named a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DelaySource {
    /// The policy's schedule.
    Schedule,
    /// The server, in this place of its answer.
    Server(WaitOrigin),
}

impl DelaySource {
    /// The name that the log uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Server(origin) => origin.as_str(),
        }
    }
}

impl fmt::Display for DelaySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a call ends with the failure at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GiveUp {
    /// Failures of this class are not retried.
    NotRetryable,
    /// The server said that a retry is of no use (`x-should-retry: false`).
    Forbidden,
    /// The call must not be processed twice, and it may have been processed.
    MaybeProcessed,
    /// All attempts were made.
    AttemptsUsedUp,
    /// An inner resilient call has already used up its retries on this failure.
    RetriedInside,
    /// The schedule has no further wait.
    ScheduleEnded,
    /// The server asks for a longer wait than the policy permits.
    WaitTooLong {
        /// What it asks for.
        wait: Duration,
    },
    /// The wait could not end before the deadline.
    Deadline {
        /// The wait that would have been needed.
        wait: Duration,
    },
    /// The retry waited for the [retry budget](crate::Budget) as long as the call had patience, and the server did not
    /// recover meanwhile.
    BudgetSpent,
    /// The deadline, or the end of an attempt around this call, came while the retry waited for the
    /// [retry budget](crate::Budget).
    DeadlineWhileDeferred {
        /// How long it had waited.
        waited: Duration,
    },
    /// What the call shares with others lets no further attempt in.
    Refused {
        /// What it would have been rejected with.
        class: Class,
        /// The wait that would help, if one would.
        wait: Option<Duration>,
    },
}

impl GiveUp {
    /// The reason in words, as the log has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRetryable => "not retryable",
            Self::Forbidden => "the server forbids a retry",
            Self::MaybeProcessed => "not idempotent and maybe processed",
            Self::AttemptsUsedUp => "attempts used up",
            Self::RetriedInside => "already retried by an inner call",
            Self::ScheduleEnded => "the schedule has ended",
            Self::WaitTooLong { .. } => "the server asks for a longer wait than max_retry_after",
            Self::Deadline { .. } => "the next attempt would start after the deadline",
            Self::BudgetSpent => "the retry budget is spent",
            Self::DeadlineWhileDeferred { .. } => {
                "the deadline came while the retry waited for the retry budget"
            }
            Self::Refused { class, .. } => match class {
                Class::CircuitOpen => "the circuit breaker is open",
                Class::Limited => "the client-side limits leave no room in time",
                Class::AtCapacity => "the concurrency limit leaves no room",
                _ => "no further attempt is let in",
            },
        }
    }

    /// What a developer can change so that a call in the same situation goes on; none where no setting would help.
    pub const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::MaybeProcessed => {
                "set `idempotent = true` if the call may be processed twice, for example with an idempotency key"
            }
            Self::WaitTooLong { .. } => "raise `max_retry_after` if the call may wait that long",
            Self::Deadline { .. } | Self::DeadlineWhileDeferred { .. } => {
                "raise `deadline`, or the timeout of the call around this one, if the call may wait longer"
            }
            Self::BudgetSpent => {
                "more `attempts` make the call wait longer for the server; a circuit breaker or fewer attempts let it \
                 fail sooner"
            }
            Self::RetriedInside => "set `repeat_nested = true` if the attempts may multiply",
            _ => return None,
        })
    }

    /// Whether retries were made and did not help: such a failure is not worth another round outside.
    pub(crate) const fn used_up(self) -> bool {
        !matches!(
            self,
            Self::NotRetryable | Self::Forbidden | Self::MaybeProcessed
        )
    }
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Decides what to do about a failed attempt.
///
/// The same arguments give the same answer; only `schedule` may keep a state of its own, and it is asked
/// only when everything else permits a retry.
///
/// ```
/// use resilient_runtime::{Class, Classification, Policy};
/// use resilient_runtime::decide::{Decision, GiveUp, Situation, decide};
///
/// let policy = Policy::DEFAULT;
/// let quota = Classification::new(Class::QuotaExhausted);
/// let decision = decide(&policy, &quota, &Situation::after(1), &mut policy.backoff.clone());
/// assert_eq!(decision, Decision::GiveUp { reason: GiveUp::NotRetryable });
/// ```
pub fn decide(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: &mut dyn Schedule,
) -> Decision {
    match permitted(policy, failure, situation) {
        Err(reason) => Decision::GiveUp { reason },
        Ok(()) => when(policy, failure, situation, schedule)
            .unwrap_or_else(|reason| Decision::GiveUp { reason }),
    }
}

/// Whether another attempt is permitted, apart from the time it would take.
fn permitted(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
) -> Result<(), GiveUp> {
    let class = failure.class;
    if !is_retryable(policy, failure) {
        return Err(GiveUp::NotRetryable);
    }
    if failure.retryable == Some(Retryable::Forbidden) {
        return Err(GiveUp::Forbidden);
    }
    if !policy.idempotent && failure.processed != Processed::No {
        return Err(GiveUp::MaybeProcessed);
    }
    if situation.retried_inside && !policy.repeat_nested {
        return Err(GiveUp::RetriedInside);
    }
    if situation.attempt >= policy.attempts_for(class) {
        return Err(GiveUp::AttemptsUsedUp);
    }
    if let Some(open) = situation
        .circuit_open
        .filter(|_| !policy.waits_for_breaker())
    {
        return Err(GiveUp::Refused {
            class: Class::CircuitOpen,
            wait: Some(open),
        });
    }
    Ok(())
}

/// The policy's rule, then the failure's own word, then the class.
pub(crate) fn is_retryable(policy: &Policy, failure: &Classification) -> bool {
    let class: Class = failure.class;
    if class.is_never_retried() {
        return false;
    }
    match (policy.rule(class).retry, failure.retryable) {
        (Some(retry), _) => retry,
        (None, Some(Retryable::Yes | Retryable::Forbidden)) => true,
        (None, Some(Retryable::No)) => false,
        (None, None) => class.is_retried_by_default(),
    }
}

fn when(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: &mut dyn Schedule,
) -> Result<Decision, GiveUp> {
    let server = failure.wait;
    if let Some(server) = server {
        if server.duration > policy.max_retry_after {
            return Err(GiveUp::WaitTooLong {
                wait: server.duration,
            });
        }
    }
    let retry = Retry {
        number: situation.attempt,
        class: failure.class,
        previous: situation.previous_delay,
        server_wait: server.map(|server| server.duration),
        random: situation.random,
        policy,
    };
    let delay = schedule.delay(&retry).ok_or(GiveUp::ScheduleEnded)?;
    let (after, source) = match server {
        Some(server) => (
            delay.max(server.duration),
            DelaySource::Server(server.origin),
        ),
        None => (delay, DelaySource::Schedule),
    };
    match situation.remaining {
        Some(remaining) if after >= remaining => Err(GiveUp::Deadline { wait: after }),
        _ => Ok(Decision::Retry { after, source }),
    }
}
