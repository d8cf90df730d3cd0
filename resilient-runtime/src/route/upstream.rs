//! The route of a call through an upstream: above 300 lines, because its hot path and its cold
//! paths share the state of one call.

use crate::{
    Class, Classification, Rejection,
    ambient::{self, AttemptLog, Recording},
    budget::CallBudget,
    call_site::CallSite,
    clock::Moment,
    event::{Origin, WaitsFor},
    inspect, item,
    route::{
        CallPolicy, PolicySource, QueueTerms, QueuedAttempt, RetryAccounting, Route, RouteState,
        Sending, SharedBudget, SharedConstraints, Start, UpstreamCallPolicy,
        hedge_allowance::{HedgeTerms, UpstreamHedgeAllowances},
    },
    upstream::{Admission, HeldPermit, Permit, Spent, UpstreamHandle},
};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

impl<'u, P: PolicySource> Start<P> for UpstreamHandle<'u> {
    type Route = UpstreamRoute<'u, P>;

    #[inline(always)]
    fn start(self, site: &'static CallSite, policy: P) -> Self::Route {
        UpstreamRoute {
            site,
            policy,
            handle: self,
            attempt: AttemptState::NotSent { failed_with: None },
        }
    }
}

/// The route of one call through an upstream. A call is moved a few times before it starts, so it
/// is kept small.
///
/// Dropped while it waits to be let through, the call leaves no trace. Dropped after an attempt was
/// sent, it returns its permit and its probe; the request and its tokens stay spent, for the server
/// may have counted them.
pub struct UpstreamRoute<'u, P> {
    site: &'static CallSite,
    policy: P,
    handle: UpstreamHandle<'u>,
    attempt: AttemptState,
}

/// In one enum, because it is no larger than a permit.
enum AttemptState {
    InFlight(Permit),
    NotSent {
        /// The class with which the call has failed, if it has.
        failed_with: Option<Class>,
    },
}

/// An attempt that waits for admission.
#[derive(Default)]
pub struct Queued<'u>(Option<Admitted<'u>>);

/// The wait of an attempt for its admission.
pub(super) type Admitted<'u> = Pin<Box<dyn Future<Output = Result<Permit, Rejection>> + Send + 'u>>;

impl<'u, P: PolicySource> Route for UpstreamRoute<'u, P> {
    type Last<R> = Option<R>;
    type Queued = Queued<'u>;
    type Policy = UpstreamCallPolicy<'u, P>;
    type HedgeAllowances = UpstreamHedgeAllowances<'u>;
    type PollState = Recording;

    fn hedge_allowances(&self, terms: HedgeTerms) -> UpstreamHedgeAllowances<'u> {
        UpstreamHedgeAllowances {
            site: self.site,
            handle: self.handle,
            terms,
        }
    }

    #[inline(always)]
    fn policy(&self) -> UpstreamCallPolicy<'u, P> {
        UpstreamCallPolicy {
            source: self.policy,
            upstream: self.handle.upstream,
            site: self.site,
        }
    }

    fn register(&self) {
        if self.site.budget().balance.is_unused() {
            let upstream = self.handle.upstream;
            inspect::register(self.site, self.policy().get(), Some(upstream));
        }
    }

    #[inline(always)]
    fn try_send(&mut self) -> bool {
        // bench cost: -1 instruction, for it is not loaded again after the clock was read
        let shared = self.handle.shared;
        let balance = &shared.budget.balance;
        if balance.is_any_unused_or_degraded(&self.site.budget().balance) && self.is_degraded() {
            return false;
        }
        let UpstreamHandle { upstream, cost, .. } = self.handle;
        let Some(permit) = shared.try_admit(upstream, cost, Moment::now()) else {
            return false;
        };
        self.attempt = AttemptState::InFlight(permit);
        true
    }

    fn poll_send(
        &mut self,
        state: &mut RouteState,
        queued: &mut Queued<'u>,
        sending: Sending,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        let handle = self.handle;
        if sending.is_first {
            self.register();
        }
        if queued.0.is_none() {
            if let Some(permit) = self.admit_now(sending.now) {
                self.sent(state, permit, sending.is_first, sending.now);
                return Poll::Ready(Ok(()));
            }
        }
        let admission = queued.0.get_or_insert_with(|| {
            let waits = self.policy().get().effective().waits_for_breaker();
            self.wait_for_admission(sending.deadline, waits)
        });
        let admitted = ready!(admission.as_mut().poll(cx));
        queued.0 = None;
        Poll::Ready(match admitted {
            Ok(permit) => {
                self.sent(state, permit, sending.is_first, permit.at());
                Ok(())
            }
            Err(rejection) => {
                handle.shared.counts.refused.count();
                Err(rejection)
            }
        })
    }

    #[inline(always)]
    fn try_succeed(&mut self, at_once: bool) -> bool {
        let shared = self.handle.shared;
        let spent = Spent {
            estimated: self.handle.cost,
            actual: None,
        };
        let is_capped = spent.is_counted() && shared.spending.caps.is_counting();
        if !shared.budget.is_healthy() || is_capped {
            return false;
        }
        self.released(at_once, spent);
        true
    }

    #[inline(always)]
    fn before_poll(&self) -> Recording {
        ambient::start_recording(self.handle.shared.id())
    }

    #[inline(always)]
    fn has_recorded(&self) -> bool {
        ambient::has_recorded()
    }
}

impl<P: PolicySource> UpstreamRoute<'_, P> {
    /// Whether the upstream is degraded. Also makes the function known, if this is its first call.
    #[cold]
    #[inline(never)]
    fn is_degraded(&self) -> bool {
        self.register();
        self.handle.shared.budget.is_degraded()
    }

    /// The retry budget hears of a success.
    fn settle_budget(&self, state: &mut RouteState, now: Moment) {
        let shared = self.handle.shared;
        if state.budget.is_used() || !shared.budget.is_healthy() {
            let budget = self.policy().get().effective().budget;
            state.budget.succeeded(&shared.budget, budget, now);
        }
    }
}

impl<'u, P> UpstreamRoute<'u, P> {
    /// The estimated tokens of an attempt.
    pub(super) const fn cost(&self) -> u64 {
        self.handle.cost
    }

    /// Admits an attempt that need not wait.
    pub(super) fn admit_now(&self, now: Moment) -> Option<Permit> {
        let handle = self.handle;
        handle.try_admit(now).or_else(|| {
            let is_inner = ambient::is_inside(handle.shared.id());
            handle.admit_in_shadow(self.site, is_inner, now)
        })
    }

    /// The wait for admission, with that for an open circuit breaker or without.
    pub(super) fn wait_for_admission(
        &self,
        deadline: Moment,
        waits_for_breaker: bool,
    ) -> Admitted<'u> {
        let terms = QueueTerms {
            site: self.site,
            deadline,
            waits_for_breaker,
        };
        Box::pin(Admission::new(self.handle, terms).admit())
    }

    /// The call goes on elsewhere, with another retry budget.
    pub(super) fn close_budget(&self, state: &mut RouteState) {
        state.budget.close(&self.handle.shared.budget);
        state.budget = CallBudget::default();
    }

    pub(super) fn sent(
        &mut self,
        state: &mut RouteState,
        permit: Permit,
        is_first: bool,
        now: Moment,
    ) {
        self.attempt = AttemptState::InFlight(permit);
        let shared = &self.handle.shared.budget;
        state.budget.sent(shared, is_first, now);
    }

    #[inline]
    fn spent(&self, log: &AttemptLog) -> Spent {
        if let Some(tokens) = log.tokens {
            item::spends(tokens);
        }
        Spent {
            estimated: self.handle.cost,
            actual: log.tokens,
        }
    }

    /// The permit of the attempt in flight, which has ended.
    #[inline]
    fn take_permit(&mut self) -> Option<Permit> {
        match self.attempt {
            AttemptState::InFlight(permit) => {
                self.attempt = AttemptState::NotSent { failed_with: None };
                Some(permit)
            }
            AttemptState::NotSent { .. } => None,
        }
    }

    /// Returns the permit of an attempt that has succeeded.
    // bench cost: -15 instructions
    #[inline(always)]
    fn released(&mut self, at_once: bool, spent: Spent) {
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        if let Some(permit) = self.take_permit() {
            shared.succeeded(upstream, permit, spent, at_once);
        }
    }
}

impl<P: PolicySource> RetryAccounting for UpstreamRoute<'_, P> {
    #[inline(always)]
    fn is_in_flight(&self) -> bool {
        matches!(self.attempt, AttemptState::InFlight(_))
    }

    /// The first attempt was sent when the call started: one that waits has a state of its own.
    fn start(&self) -> Moment {
        match self.attempt {
            AttemptState::InFlight(permit) => permit.at(),
            AttemptState::NotSent { .. } => Moment::UNSET,
        }
    }

    fn budget(&self) -> SharedBudget<'_> {
        SharedBudget {
            state: &self.handle.shared.budget,
            // The limits and the circuit breaker follow.
            is_last_step: false,
        }
    }

    fn failed(
        &mut self,
        state: &mut RouteState,
        failure: &Classification,
        now: Moment,
    ) -> SharedConstraints {
        // Its limits are not used: those of the failure itself are as good, and later.
        let log = state.take_log();
        let spent = self.spent(&log);
        let ended = self.take_permit();
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        if let Some(permit) = ended {
            shared.failed(upstream, permit, spent, failure, now);
        }
        SharedConstraints {
            circuit_open: self.circuit_open(now),
            ..SharedConstraints::NONE
        }
    }

    fn succeeded(&mut self, state: &mut RouteState, at_once: bool, now: Moment) {
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        let log = state.take_log();
        self.settle_budget(state, now);
        let spent = self.spent(&log);
        self.released(at_once, spent);
        // When its tokens are settled: until then they are in flight.
        if let Some(limits) = log.limits {
            shared.learn(upstream, &limits, self.handle.cost, now);
        }
        shared.spend_and_report(upstream, spent);
    }

    fn begin(&mut self, state: &mut RouteState, now: Moment) -> Option<HeldPermit> {
        let UpstreamHandle {
            upstream,
            shared,
            cost,
        } = self.handle;
        let AttemptState::InFlight(permit) = self.attempt else {
            return None;
        };
        let log = state.take_log();
        self.settle_budget(state, now);
        let mut held = shared.began(upstream, permit, cost, now);
        held.tokens = log.tokens;
        self.take_permit();
        if let Some(limits) = log.limits {
            shared.learn(upstream, &limits, cost, now);
        }
        Some(held)
    }

    fn closed(&mut self, state: &mut RouteState) {
        let spent = self.spent(&state.take_log());
        state.budget.close(&self.handle.shared.budget);
        if let Some(permit) = self.take_permit() {
            let handle = &self.handle;
            handle.shared.dropped(handle.upstream, permit, spent);
        }
    }

    fn site(&self) -> &'static CallSite {
        self.site
    }

    fn failed_with(&self) -> Option<Class> {
        match self.attempt {
            AttemptState::InFlight(_) => None,
            AttemptState::NotSent { failed_with } => failed_with,
        }
    }

    fn set_failed_with(&mut self, class: Class) {
        self.attempt = AttemptState::NotSent {
            failed_with: Some(class),
        };
    }

    fn circuit_open(&self, now: Moment) -> Option<Duration> {
        let is_in_probe = || self.handle.shared.is_in_probe(now);
        self.handle.circuit_open(now).filter(|_| !is_in_probe())
    }

    fn is_shadow(&self) -> bool {
        self.handle.is_shadow()
    }

    fn not_enforced(&self) {
        self.handle.not_enforced(self.site, WaitsFor::Budget);
    }

    #[inline(always)]
    fn count_at_once(&self) {
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        let function = &self.site.state().statistics;
        if shared.has_key() {
            shared.statistics.count_at_once_of_key();
            function.count_both_at_once(&upstream.shared().statistics);
        } else {
            function.count_both_at_once(&shared.statistics);
        }
    }

    fn suppressed(&self) {
        self.handle.shared.counts.suppressed.count();
    }

    fn refused(&self) {
        self.handle.shared.counts.refused.count();
    }

    fn deferred(&self) {
        self.handle.shared.counts.deferred.count();
    }

    fn origin(&self) -> Origin<'_> {
        self.site.events(self.handle.origin())
    }

    fn fell_back(&self) {
        self.handle.shared.counts.fell_back.count();
    }
}

impl<P> fmt::Debug for UpstreamRoute<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamRoute")
            .field("upstream", &self.handle.upstream.name())
            .finish_non_exhaustive()
    }
}

impl QueuedAttempt for Queued<'_> {
    fn is_waiting(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for Queued<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queued").finish_non_exhaustive()
    }
}
