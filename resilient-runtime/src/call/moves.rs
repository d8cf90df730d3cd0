//! A call with several targets moves on to another one.

use super::{after_failure::due, state::Progress};
use crate::{
    Classification, Policy, clock::Moment, failure::DelaySource, route::SharedConstraints,
};
use std::time::Duration;

impl Progress<'_> {
    /// The next attempt goes to another target, whose retry budget has nothing to do with this
    /// failure. Returns when it is due; unset if at once.
    #[cold]
    #[inline(never)]
    pub(super) fn moves_on(
        &mut self,
        failure: &mut Classification,
        after: Duration,
        policy: &Policy,
        constraints: SharedConstraints,
        now: Moment,
    ) -> Moment {
        self.charge(failure.class, policy.budget, now);
        self.route.move_on(failure.class);
        self.record.is_moving = true;
        let source = DelaySource::OtherTarget;
        self.retry(failure, after, source, policy, constraints.target, now);
        due(after, now)
    }

    /// The retry is due, and would wait for its retry budget: it goes to another target instead, if
    /// one can serve now. Returns whether it does.
    #[cold]
    pub(super) fn moves_instead_of_waiting(&mut self, now: Moment) -> bool {
        if !self.route.moves_instead_of_waiting(now) {
            return false;
        }
        let shared = self.route.budget();
        self.record.route.budget.leave_queue(shared.state, now);
        self.record.is_moving = true;
        self.deferral_ends(now);
        true
    }
}
