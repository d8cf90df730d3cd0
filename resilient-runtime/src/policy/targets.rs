//! The decision about a failed attempt of a call that has other targets: it is retried at the same
//! one, or moves on. Pure, as `decide`.

use super::{
    Schedule,
    decide::{Decision, Situation, decide_on_retryable, is_retryable, permitted, when},
};
use crate::{
    Classification, Policy,
    failure::{DelaySource, GiveUp},
};
use std::time::Duration;

/// The best other target of a call whose attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherTarget {
    /// The time until it can serve; zero if it can now.
    pub wait: Duration,
    /// Whether no retry at the present target can succeed, as with invalid credentials.
    pub leaves: bool,
    /// The longest wait for the present target that beats moving on; none if the other one is
    /// preferred anyway.
    pub prefer_wait: Option<Duration>,
}

impl OtherTarget {
    /// One that can serve after this wait.
    pub const fn after(wait: Duration) -> Self {
        Self {
            wait,
            leaves: false,
            prefer_wait: None,
        }
    }
}

/// Decides about a failure of a call that has several targets: one that no retry mends is retried
/// at another target.
#[cold]
#[inline(never)]
pub(crate) fn decide_at_target(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    schedule: Option<&mut dyn Schedule>,
) -> Decision {
    let leaves = situation.other_target.is_some_and(|other| other.leaves);
    if !leaves && !is_retryable(policy, failure) {
        return Decision::GiveUp {
            reason: GiveUp::NotRetryable,
        };
    }
    match situation.other_target {
        Some(other) => decide_between(policy, failure, situation, other, schedule),
        None => decide_on_retryable(policy, failure, situation, schedule),
    }
}

/// Decides about a failure that may move on to the other target.
fn decide_between(
    policy: &Policy,
    failure: &Classification,
    situation: &Situation,
    other: OtherTarget,
    schedule: Option<&mut dyn Schedule>,
) -> Decision {
    // A server that forbids a retry speaks for itself, and not for others.
    let at_another = Classification {
        retryable: None,
        ..failure.clone()
    };
    match permitted(policy, &at_another, situation) {
        Ok(()) => {}
        // A target that is left for good takes no attempt.
        Err(GiveUp::AttemptsUsedUp) if other.leaves => {}
        Err(reason) => return Decision::GiveUp { reason },
    }
    let is_in_time = situation.remaining.is_none_or(|left| other.wait < left)
        && other.wait <= policy.max_retry_after;
    let moves = Decision::Retry {
        after: other.wait,
        source: DelaySource::OtherTarget,
    };
    if other.leaves {
        return if is_in_time {
            moves
        } else {
            let wait = other.wait;
            Decision::GiveUp {
                reason: GiveUp::NoTimeLeft { wait },
            }
        };
    }
    let stays = permitted(policy, failure, situation)
        .and_then(|()| when(policy, failure, situation, schedule));
    let Ok(Decision::Retry { after, source }) = stays else {
        return match stays {
            Err(reason) if !is_in_time => Decision::GiveUp { reason },
            _ => moves,
        };
    };
    let is_known = matches!(source, DelaySource::Server(_));
    let is_short = other.prefer_wait.is_some_and(|longest| after <= longest);
    let is_sooner = !other.wait.is_zero() && after <= other.wait;
    if (is_known && is_short) || is_sooner || !is_in_time {
        return Decision::Retry { after, source };
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::{OtherTarget, decide_between};
    use crate::{
        Class, Classification, DelaySource, GiveUp, Policy, ServerWait, WaitOrigin,
        policy::decide::{Decision, Situation},
    };
    use std::time::Duration;

    const NOW: OtherTarget = OtherTarget::after(Duration::ZERO);
    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    fn moves(after: Duration) -> Decision {
        Decision::Retry {
            after,
            source: DelaySource::OtherTarget,
        }
    }

    fn asking(wait: Duration) -> Classification {
        let mut failure = Classification::new(Class::RateLimited);
        failure.wait = Some(ServerWait {
            duration: wait,
            origin: WaitOrigin::RetryAfter,
        });
        failure
    }

    fn decided(failure: &Classification, other: OtherTarget, attempt: u32) -> Decision {
        let situation = Situation {
            remaining: Some(MINUTE),
            ..Situation::after(attempt)
        };
        decide_between(&Policy::DEFAULT, failure, &situation, other, None)
    }

    #[test]
    fn failure_moves_on_at_once_and_short_known_wait_for_a_better_target_stays() {
        let down = Classification::new(Class::Connect);
        assert_eq!(decided(&down, NOW, 1), moves(Duration::ZERO));
        let better = OtherTarget {
            prefer_wait: Some(MINUTE / 30),
            ..NOW
        };
        assert_eq!(decided(&down, better, 1), moves(Duration::ZERO));
        assert_eq!(
            decided(&asking(MINUTE / 2), better, 1),
            moves(Duration::ZERO)
        );
        let stays = decided(&asking(SECOND), better, 1);
        let is_of_server = |decision| {
            let source = DelaySource::Server(WaitOrigin::RetryAfter);
            matches!(decision, Decision::Retry { source: it, .. } if it == source)
        };
        assert!(is_of_server(stays), "{stays:?}");
    }

    #[test]
    fn all_targets_share_one_count_of_attempts_and_one_deadline() {
        let used_up = Decision::GiveUp {
            reason: GiveUp::AttemptsUsedUp,
        };
        let attempts = Policy::DEFAULT.attempts;
        let down = Classification::new(Class::Connect);
        assert_eq!(decided(&down, NOW, attempts), used_up);
        let lost = OtherTarget {
            leaves: true,
            ..OtherTarget::after(MINUTE.saturating_add(SECOND))
        };
        let denied = Classification::new(Class::Authentication);
        let late = decided(&denied, lost, 1);
        assert!(matches!(late, Decision::GiveUp { .. }), "{late:?}");
        assert_eq!(
            decided(
                &denied,
                OtherTarget {
                    leaves: true,
                    ..NOW
                },
                1
            ),
            moves(Duration::ZERO)
        );
    }

    #[test]
    fn word_of_one_server_against_a_retry_does_not_bind_others() {
        let mut failure = Classification::new(Class::ServerError);
        failure.retryable = Some(crate::Retryable::Forbidden);
        assert_eq!(decided(&failure, NOW, 1), moves(Duration::ZERO));
    }
}
