//! The accounts of a call with several targets: those of its present target.

use super::FailoverRoute;
use crate::{
    Class, Classification,
    call_site::CallSite,
    clock::Moment,
    event::Origin,
    failover::bit,
    failure::Target,
    policy::decide::OtherTarget,
    route::{PolicySource, RetryAccounting, RouteState, SharedBudget, SharedConstraints},
    upstream::HeldPermit,
};
use std::{borrow::Cow, time::Duration};

impl<P: PolicySource> RetryAccounting for FailoverRoute<P> {
    #[inline(always)]
    fn is_in_flight(&self) -> bool {
        self.inner.is_in_flight()
    }

    fn start(&self) -> Moment {
        self.inner.start()
    }

    fn budget(&self) -> SharedBudget<'_> {
        self.inner.budget()
    }

    fn failed(
        &mut self,
        state: &mut RouteState,
        failure: &Classification,
        now: Moment,
    ) -> SharedConstraints {
        self.inner.failed(state, failure, now);
        self.state.failed(self.present, failure, now);
        self.failed_with = Some(failure.class);
        self.note_tried();
        SharedConstraints {
            // Another target may serve: the choice knows.
            circuit_open: None,
            has_targets: true,
        }
    }

    fn target(&self) -> Option<Target> {
        Some(self.state.target(self.present).public())
    }

    fn other_target(&self) -> Option<OtherTarget> {
        self.other_target_after(self.failed_with?, Moment::now())
    }

    fn may_leave(&self, class: Class) -> bool {
        let other = self.other_target_after(class, Moment::now());
        other.is_some_and(|other| other.leaves)
    }

    fn stay(&mut self) {
        let here = bit(self.present);
        self.tried &= !here;
        self.stayed |= here;
    }

    fn prepare_retry(&mut self, state: &mut RouteState, now: Moment) {
        self.prepare(state, now);
    }

    fn move_on(&mut self, class: Class) {
        self.leave(class);
    }

    fn moves_instead_of_waiting(&mut self, now: Moment) -> bool {
        self.moves_at_once(now)
    }

    fn succeeded(&mut self, state: &mut RouteState, at_once: bool, now: Moment) {
        let sent = self.inner.start();
        self.inner.succeeded(state, at_once, now);
        self.served(sent);
    }

    fn begin(&mut self, state: &mut RouteState, now: Moment) -> Option<HeldPermit> {
        // First: a subscriber may panic, and then the route returns its permit.
        self.served(self.inner.start());
        self.inner.begin(state, now)
    }

    fn closed(&mut self, state: &mut RouteState) {
        self.inner.closed(state);
    }

    fn site(&self) -> &'static CallSite {
        self.inner.site()
    }

    fn failed_with(&self) -> Option<Class> {
        self.inner.failed_with()
    }

    fn set_failed_with(&mut self, class: Class) {
        self.inner.set_failed_with(class);
    }

    fn count_at_once(&self) {
        self.inner.count_at_once();
    }

    fn suppressed(&self) {
        self.inner.suppressed();
    }

    fn is_shadow(&self) -> bool {
        self.inner.is_shadow()
    }

    fn not_enforced(&self) {
        self.inner.not_enforced();
    }

    fn refused(&self) {
        self.inner.refused();
    }

    fn deferred(&self) {
        self.inner.deferred();
    }

    /// Another target may serve.
    fn circuit_open(&self, _: Moment) -> Option<Duration> {
        None
    }

    fn fell_back(&self) {
        self.inner.fell_back();
    }

    fn origin(&self) -> Origin<'_> {
        self.inner.origin()
    }

    fn halting_upstream(&self) -> Option<Cow<'_, str>> {
        self.inner
            .origin()
            .upstream
            .filter(|_| self.are_all_switched_off())
    }
}
