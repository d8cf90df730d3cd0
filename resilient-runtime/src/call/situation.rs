//! The situation of a call after a failed attempt, for the decision.

use super::state::Progress;
use crate::{
    Classification, Policy, clock::Moment, failure::RetriedAttempt, policy::decide::Situation,
    random, route::SharedConstraints,
};

impl Progress<'_> {
    /// The situation of the call after this failure.
    #[inline(always)]
    pub(super) fn situation(
        &self,
        failure: &Classification,
        policy: &Policy,
        own_schedule: bool,
        constraints: SharedConstraints,
        now: Moment,
    ) -> Situation {
        // Other schedules look neither at the wait before nor at the random number.
        let is_random = own_schedule || policy.is_random_after(failure.class);
        let last = self.last().filter(|_| is_random);
        Situation {
            attempt: self.record.failed,
            remaining: (!self.deadline.is_unset()).then(|| self.deadline.since(now)),
            previous_delay: last.map(RetriedAttempt::delay),
            retried_inside: failure.retried,
            random: if is_random { self.random(policy) } else { 0 },
            circuit_open: constraints
                .circuit_open
                .filter(|_| !self.waits_for_breaker()),
            other_target: None,
        }
    }

    #[cold]
    fn random(&self, policy: &Policy) -> u64 {
        match policy.seed {
            Some(seed) => random::seeded(seed, self.record.failed),
            None => random::random(),
        }
    }
}
