//! Stage decide: takes a classification and where the call stands, gives a [`Decision`]. No I/O, no clock,
//! no randomness of its own.

use crate::{
    Class, Classification, Policy,
    failure::{DelaySource, GiveUp, Processed, Retryable},
    policy::schedule::{Retry, Schedule},
};
use std::time::Duration;

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
