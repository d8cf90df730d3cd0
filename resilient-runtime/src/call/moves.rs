//! A call with several targets moves on to another one.

use super::{after_failure::due, state::Progress};
use crate::{
    Classification, History, Policy,
    clock::Moment,
    failure::DelaySource,
    policy::{
        Schedule,
        decide::{Decision, Situation},
        targets::decide_at_target,
    },
    route::SharedConstraints,
};
use std::time::Duration;

impl Progress<'_> {
    /// Decides about a failure of a call that has several targets.
    #[cold]
    #[inline(never)]
    pub(super) fn decide_at_target(
        &mut self,
        failure: &Classification,
        policy: &Policy,
        schedule: Option<&mut dyn Schedule>,
        now: Moment,
    ) -> Decision {
        let constraints = SharedConstraints::NONE;
        let own_schedule = schedule.is_some();
        let situation = self.situation(failure, policy, own_schedule, constraints, now);
        let situation = Situation {
            other_target: self.route.other_target(),
            ..situation
        };
        let decision = decide_at_target(policy, failure, &situation, schedule);
        let is_known = |source| matches!(source, DelaySource::Server(_));
        if matches!(decision, Decision::Retry { source, .. } if is_known(source)) {
            self.route.stay();
        }
        decision
    }

    /// The last failed attempt was sent to the present target.
    #[cold]
    pub(super) fn note_target(&mut self) {
        let target = self.route.target();
        if let (Some(target), Some(last)) = (target, self.record.attempts.last_mut()) {
            last.set_target(target);
        }
    }

    /// The last attempt of this history was sent to the present target.
    #[cold]
    pub(super) fn ends_at_target(&self, history: &mut History) {
        let target = self.route.target();
        if let Some(last) = history.attempts.last_mut() {
            last.target = target;
        }
    }

    /// The next attempt goes to another target, whose retry budget has nothing to do with this
    /// failure. Returns when it is due; unset if at once.
    #[cold]
    #[inline(never)]
    pub(super) fn moves_on(
        &mut self,
        failure: &mut Classification,
        after: Duration,
        policy: &Policy,
        now: Moment,
    ) -> Moment {
        self.charge(failure.class, policy.budget, now);
        self.route.move_on(failure.class);
        let source = DelaySource::OtherTarget;
        self.retry(failure, after, source, policy, now);
        self.note_target();
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
        self.deferral_ends(now);
        if let Some(last) = self.record.attempts.last_mut() {
            last.set_moved();
        }
        true
    }
}
