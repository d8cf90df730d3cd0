//! The route of a call without an upstream.

use super::{
    CallPolicy as _, DirectHedgeAllowances, HedgeTerms, Retention, RetryAccounting, Route,
    RouteState, Sending, SharedBudget, SharedConstraints, Start, Store,
    policy_source::DirectCallPolicy,
};
use crate::{
    Class, Classification, Policy, Rejection, call_site::CallSite, clock::Moment, event::Origin,
    inspect, upstream::HeldPermit,
};
use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};
use tokio::time::Instant;

/// A function without an upstream: it shares only the retry budget of its call site.
pub struct NoUpstream<K = Store>(PhantomData<fn() -> K>);

impl<K> NoUpstream<K> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<'q, K: Retention> Start<&'q Policy> for NoUpstream<K> {
    type Route = DirectRoute<'q, K>;

    #[inline]
    fn start(self, site: &'static CallSite, policy: &'q Policy) -> Self::Route {
        DirectRoute {
            site,
            policy,
            start: None,
            in_flight: false,
            failed_with: None,
            retention: PhantomData,
        }
    }
}

impl<K> fmt::Debug for NoUpstream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoUpstream").finish()
    }
}

/// The route of a call without an upstream.
pub struct DirectRoute<'q, K> {
    site: &'static CallSite,
    policy: &'q Policy,
    /// When the call started; read when it is first needed, since most calls never do.
    start: Option<Instant>,
    in_flight: bool,
    failed_with: Option<Class>,
    retention: PhantomData<fn() -> K>,
}

impl<'q, K: Retention> Route for DirectRoute<'q, K> {
    type Last<R> = K::Last<R>;
    type Queued = ();
    type Policy = DirectCallPolicy<'q>;

    #[inline]
    fn policy(&self) -> DirectCallPolicy<'q> {
        DirectCallPolicy {
            policy: self.policy,
            site: self.site,
        }
    }

    fn register(&self) {
        if self.site.budget().balance.is_unused() {
            inspect::register(self.site, self.policy().get(), None);
        }
    }

    type HedgeAllowances = DirectHedgeAllowances;

    fn hedge_allowances(&self, terms: HedgeTerms) -> DirectHedgeAllowances {
        DirectHedgeAllowances {
            site: self.site,
            terms,
        }
    }

    #[inline]
    fn try_send(&mut self) -> bool {
        // The first call of a function, which is made known, goes the longer way once.
        self.in_flight = !self.site.budget().balance.is_unused_or_degraded();
        self.in_flight
    }

    fn poll_send(
        &mut self,
        state: &mut RouteState,
        (): &mut (),
        sending: Sending,
        _: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        let Sending { is_first, now, .. } = sending;
        if is_first {
            self.register();
        }
        if !state.budget.is_sent() {
            state.budget.sent(self.site.budget(), is_first, now);
        }
        self.in_flight = true;
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn try_succeed(&mut self, _: bool) -> bool {
        self.in_flight = !self.site.budget().is_healthy();
        !self.in_flight
    }

    type PollState = ();

    #[inline]
    fn before_poll(&self) {}

    #[inline]
    fn has_recorded(&self) -> bool {
        false
    }

    #[inline]
    fn started(&mut self, now: Instant) {
        self.start = self.start.or(Some(now));
    }

    #[inline]
    fn start_clock(&mut self) {
        self.start.get_or_insert_with(Instant::now);
    }
}

impl<K> RetryAccounting for DirectRoute<'_, K> {
    #[inline]
    fn is_in_flight(&self) -> bool {
        self.in_flight
    }

    fn is_timed(&self) -> bool {
        self.start.is_some() || self.site.budget().is_degraded()
    }

    fn start(&self) -> Moment {
        self.start.map_or(Moment::UNSET, Moment::of)
    }

    fn budget(&self) -> SharedBudget<'_> {
        SharedBudget {
            state: self.site.budget(),
            is_last_step: true,
        }
    }

    fn sent(&mut self) {
        self.in_flight = true;
    }

    fn failed(&mut self, _: &mut RouteState, _: &Classification, _: Moment) -> SharedConstraints {
        self.in_flight = false;
        SharedConstraints::NONE
    }

    fn succeeded(&mut self, state: &mut RouteState, _: bool, now: Moment) {
        self.in_flight = false;
        let budget = self.site.policy(self.policy, None, None).effective().budget;
        state.budget.succeeded(self.site.budget(), budget, now);
    }

    fn begin(&mut self, state: &mut RouteState, now: Moment) -> Option<HeldPermit> {
        self.succeeded(state, false, now);
        None
    }

    fn closed(&mut self, state: &mut RouteState) {
        self.in_flight = false;
        state.budget.close(self.site.budget());
    }

    #[inline(always)]
    fn count_at_once(&self) {
        self.site.state().statistics.count_at_once();
    }

    fn site(&self) -> &'static CallSite {
        self.site
    }

    fn failed_with(&self) -> Option<Class> {
        self.failed_with
    }

    fn set_failed_with(&mut self, class: Class) {
        self.failed_with = Some(class);
    }

    fn origin(&self) -> Origin<'_> {
        self.site.events(Origin::default())
    }
}

impl<K> fmt::Debug for DirectRoute<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectRoute").finish_non_exhaustive()
    }
}
