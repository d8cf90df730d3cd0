//! How long the attempts of a call take, for the patience of a retry that is deferred.

use crate::{
    Policy,
    budget::RetryTerms,
    failure::{Attempts, RetriedAttempt},
};
use std::time::Duration;

/// The most retries that a call's patience is counted by.
pub(super) const MOST_STEPS: u32 = 10;
/// The longest that their waits count together.
const LONGEST_STEPS: Duration = Duration::from_secs(5 * 60);
/// A step counts for at least this long: the time between the trials of a lone call whose schedule
/// has no waits.
const SHORTEST_STEP: Duration = Duration::from_millis(100);

/// How long the last attempt took, from the time that it was due.
pub(super) fn took(attempts: &Attempts) -> Duration {
    let due = attempts.before_last().map_or(Duration::ZERO, |before| {
        before
            .elapsed()
            .saturating_add(before.delay())
            .saturating_add(before.deferred().unwrap_or_default())
    });
    let last = attempts
        .last()
        .map_or(Duration::ZERO, RetriedAttempt::elapsed);
    last.saturating_sub(due)
}

/// The longest time of the retries from number `from` on: their waits, and `slow` for each attempt.
pub(super) fn longest(
    policy: &Policy,
    from: u32,
    attempts: u32,
    terms: RetryTerms,
    own: Option<Duration>,
    slow: Duration,
) -> Duration {
    let backoff = policy.backoff_for(policy.backoff, terms.class);
    let retries = attempts.saturating_sub(from).min(MOST_STEPS);
    let mut steps = Duration::ZERO;
    for number in 0..retries {
        let step = own.unwrap_or_else(|| backoff.step(from.saturating_add(number)));
        steps = steps.saturating_add(step.max(SHORTEST_STEP));
    }
    steps
        .min(LONGEST_STEPS)
        .saturating_add(slow.saturating_mul(retries))
}
