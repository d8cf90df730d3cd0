//! Decides whether and when to retry a failed attempt, by the policy, the failure and the
//! [`Situation`] of the call. Pure functions: no I/O, no clock and no randomness of their own.

pub use super::targets::OtherTarget;

use crate::{
    Class, Classification, Policy,
    clock::Moment,
    failure::{DelaySource, GiveUp, Processed, Retried, Retryable},
    policy::{
        schedule::{Retry, Schedule},
        targets::decide_at_target,
    },
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
    /// The best other target of the call, if it has one that it may move on to.
    pub other_target: Option<OtherTarget>,
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
            other_target: None,
        }
    }
}

/// The next step after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Try again.
    Retry {
        /// How long to wait first.
        after: Duration,
        /// The source of that wait.
        source: DelaySource,
    },
    /// The retry is due, and the retry budget cannot pay for it yet: it waits. [`decide`] never
    /// says so, since the budget is asked when the retry is due.
    Defer {
        /// The time after which the budget is asked again, if nothing else wakes the call.
        ask_again_after: Duration,
    },
    /// Give the caller the failure at hand.
    GiveUp {
        /// Why.
        reason: GiveUp,
    },
}

/// Decides what to do about a failed attempt.
///
/// The same arguments give the same answer; only `schedule` may keep a state of its own, and it is
/// asked only when everything else permits a retry.
///
/// ```
/// use resilient_runtime::{Class, Classification, GiveUp, Policy};
/// use resilient_runtime::decide::{Decision, Situation, decide};
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
    decide_at_target(policy, failure, situation, Some(schedule))
}

/// As [`decide`], where it is known already that failures like this are retried. Without a schedule
/// of the call's own, it is the policy's.
#[inline(always)]
pub(crate) fn decide_on_retryable(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: Option<&mut dyn Schedule>,
) -> Decision {
    permitted(policy, failure, situation)
        .and_then(|()| when(policy, failure, situation, schedule))
        .unwrap_or_else(|reason| Decision::GiveUp { reason })
}

/// A retry that is due and waits for the retry budget.
pub(crate) struct Deferral {
    pub(crate) now: Moment,
    /// When it began to wait.
    pub(crate) since: Moment,
    /// When the budget is asked again; unset if something else wakes the call.
    pub(crate) asks_again: Moment,
    /// When the call gives up waiting.
    pub(crate) patience_ends: Moment,
    /// The deadline, or the end of an attempt of another call around this one; unset without one.
    pub(crate) deadline: Moment,
}

/// A deferred retry is asked about again after this time at the latest: the call at the head of the
/// queue may not be polled, which would hold up all others.
const LOOK: Duration = Duration::from_secs(2);

/// Decides how long a deferred retry goes on waiting.
pub(crate) fn decide_deferred(deferral: &Deferral) -> Decision {
    let Deferral {
        now,
        since,
        asks_again,
        patience_ends,
        deadline,
    } = *deferral;
    if !deadline.is_unset() && now >= deadline {
        let waited = now.since(since);
        return Decision::GiveUp {
            reason: GiveUp::DeadlineWhileDeferred { waited },
        };
    }
    if now >= patience_ends {
        return Decision::GiveUp {
            reason: GiveUp::BudgetSpent,
        };
    }
    let at = asks_again.earlier(patience_ends).earlier(deadline);
    Decision::Defer {
        ask_again_after: at.earlier(now.after(LOOK)).since(now),
    }
}

/// Whether another attempt is permitted, apart from the time it would take.
#[inline(always)]
pub(super) fn permitted(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
) -> Result<(), GiveUp> {
    let class = failure.class;
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
    Ok(())
}

/// The policy's rule, then the failure's own word, then the class.
pub(crate) fn is_retryable(policy: &Policy, failure: &Classification) -> bool {
    let by_class = failure.class.retried();
    if by_class == Retried::Never {
        return false;
    }
    match (policy.retries(failure.class), failure.retryable) {
        (Some(retry), _) => retry,
        (None, Some(Retryable::Yes | Retryable::Forbidden)) => true,
        (None, Some(Retryable::No)) => false,
        (None, None) => by_class == Retried::Yes,
    }
}

#[inline(always)]
pub(super) fn when(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: Option<&mut dyn Schedule>,
) -> Result<Decision, GiveUp> {
    let (after, source) = match failure.wait {
        None => {
            let delay = delay(policy, failure, situation, schedule)?;
            (delay, DelaySource::Schedule)
        }
        Some(server) => {
            let delay = delay_beyond(server.duration, policy, failure, situation, schedule)?;
            (delay, DelaySource::Server(server.origin))
        }
    };
    if let Some(open) = situation.circuit_open {
        may_meet_circuit(policy, open, after)?;
    }
    match situation.remaining {
        Some(remaining) if after >= remaining => Err(GiveUp::NoTimeLeft { wait: after }),
        _ => Ok(Decision::Retry { after, source }),
    }
}

/// Whether a retry that is due `after` that time may find the circuit closed or half-open: it is
/// checked again when the retry is sent.
#[cold]
fn may_meet_circuit(policy: &Policy, open: Duration, after: Duration) -> Result<(), GiveUp> {
    if open <= after || policy.waits_for_breaker() {
        return Ok(());
    }
    Err(GiveUp::Refused {
        class: Class::CircuitOpen,
        wait: Some(open),
    })
}

#[inline(always)]
fn delay(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: Option<&mut dyn Schedule>,
) -> Result<Duration, GiveUp> {
    let Some(schedule) = schedule else {
        let Situation {
            attempt,
            previous_delay,
            random,
            ..
        } = *situation;
        return Ok(policy.delay_after(failure.class, attempt, previous_delay, random));
    };
    delay_by(policy, failure, situation, schedule)
}

/// The wait after one that the server asked for.
#[cold]
fn delay_beyond(
    wait: Duration,
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: Option<&mut dyn Schedule>,
) -> Result<Duration, GiveUp> {
    if wait > policy.max_retry_after {
        return Err(GiveUp::WaitTooLong { wait });
    }
    let mut backoff = policy.backoff;
    let schedule = schedule.unwrap_or(&mut backoff);
    delay_by(policy, failure, situation, schedule).map(|delay| delay.max(wait))
}

/// The wait by a [`Schedule`].
#[cold]
fn delay_by(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: &mut dyn Schedule,
) -> Result<Duration, GiveUp> {
    let retry = Retry {
        number: situation.attempt,
        class: failure.class,
        previous: situation.previous_delay,
        server_wait: failure.wait.map(|server| server.duration),
        random: situation.random,
        policy,
    };
    schedule.delay(&retry).ok_or(GiveUp::ScheduleEnded)
}
