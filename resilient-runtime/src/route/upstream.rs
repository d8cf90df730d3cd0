//! The route of a call through an upstream: above 300 lines, because its hot path and its cold paths share
//! the state of one call.

use crate::{
    Policy, Rejection, Tokens,
    ambient::{self, AttemptLog, Recording},
    budget::{Budget, CallBudget},
    call_site::CallSite,
    clock::Moment,
    event::Origin,
    policy::{Layer, PolicyRef},
    route::{
        Failed, LastOutcome, QueueTerms, RetryAccounting, RetryAnswer, RetryRequest, Route,
        SharedConstraints, Start, hedge_allowance::UpstreamHedgeAllowances,
    },
    upstream::{Admission, Permit, Spent, UpstreamHandle},
};
use std::{
    fmt,
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

impl<'p, 'u> Start<'p> for UpstreamHandle<'u> {
    type Route = UpstreamRoute<'u, 'p, false>;

    #[inline(always)]
    fn start(self, site: &'p CallSite) -> Self::Route {
        UpstreamRoute::new(self, site)
    }
}

/// An upstream whose policy lies under a layer of the call site.
#[derive(Debug)]
pub struct Layered<'u>(pub UpstreamHandle<'u>);

impl<'p, 'u> Start<'p> for Layered<'u> {
    type Route = UpstreamRoute<'u, 'p, true>;

    #[inline(always)]
    fn start(self, site: &'p CallSite) -> Self::Route {
        UpstreamRoute::new(self.0, site)
    }
}

/// The route of one call through an upstream.
///
/// Dropped while it waits to be let through, it leaves no trace. Dropped after an attempt was sent, it returns its permit
/// and its probe; the request and its tokens stay spent, for the server may have counted them.
pub struct UpstreamRoute<'u, 'p, const LAYERED: bool> {
    site: &'p CallSite,
    handle: UpstreamHandle<'u>,
    /// That of the attempt in flight.
    permit: Option<Permit>,
    /// State that most calls do not need. A call is moved a few times before it starts, so the route is kept small.
    /// Dropped by hand: the compiler's own drop is a call even if there is nothing.
    cold: ManuallyDrop<Option<Box<ColdState<'u>>>>,
}

type Admitted<'u> = Pin<Box<dyn Future<Output = Result<Permit, Rejection>> + Send + 'u>>;

#[derive(Default)]
struct ColdState<'u> {
    waiting: Option<Admitted<'u>>,
    /// The records of the body in this attempt.
    log: AttemptLog,
    budget: CallBudget,
}

impl<'u, 'p, const LAYERED: bool> UpstreamRoute<'u, 'p, LAYERED> {
    #[inline(always)]
    const fn new(handle: UpstreamHandle<'u>, site: &'p CallSite) -> Self {
        Self {
            site,
            handle,
            permit: None,
            cold: ManuallyDrop::new(None),
        }
    }

    /// The layer of the call site. Whether there is one is known at compile time, so that a call
    /// without a layer does not look for it.
    #[inline]
    fn site_layer(&self) -> Option<&'p Layer> {
        let site: &'p CallSite = self.site;
        if LAYERED { site.layer.as_ref() } else { None }
    }

    #[inline]
    fn enter(&mut self, permit: Permit) {
        self.permit = Some(permit);
        if self.handle.shared.budget.is_degraded() {
            self.count_sent();
        }
    }

    #[cold]
    fn count_sent(&mut self) {
        let budget = &self.handle.shared.budget;
        self.cold().budget.sent(budget);
    }

    /// After a wait or a failure, or with something told.
    #[cold]
    fn is_admitted_after_all(&mut self) -> bool {
        if self.cold().waiting.is_some() {
            return false;
        }
        let Some(permit) = self.handle.try_admit(Moment::now()) else {
            return false;
        };
        self.enter_after_all(permit);
        true
    }

    fn enter_after_all(&mut self, permit: Permit) {
        self.permit = Some(permit);
        self.count_sent();
    }

    /// The tokens and the limits that the body has recorded.
    #[inline]
    fn take_log(&mut self) -> AttemptLog {
        match &mut *self.cold {
            None => AttemptLog::NOTHING,
            Some(cold) => std::mem::take(&mut cold.log),
        }
    }

    #[inline]
    fn spent(&self, log: &AttemptLog) -> Spent {
        Spent {
            estimated: self.handle.cost,
            actual: log.tokens.map(Tokens::total),
        }
    }

    fn cold(&mut self) -> &mut ColdState<'u> {
        self.cold.get_or_insert_default()
    }

    /// Lets the call's side of the budget do something, and keeps it if there is something to keep.
    fn with_budget(&mut self, act: impl FnOnce(&mut CallBudget)) {
        if let Some(cold) = &mut *self.cold {
            return act(&mut cold.budget);
        }
        let mut budget = CallBudget::new();
        act(&mut budget);
        if budget.is_used() {
            self.cold().budget = budget;
        }
    }

    /// Keeps the records that the body made while it was polled.
    #[cold]
    fn record(&mut self) {
        let new = ambient::take_log();
        let log = &mut self.cold().log;
        log.tokens = new.tokens.or(log.tokens);
        log.limits = new.limits.or(log.limits);
    }
}

impl<'u, const LAYERED: bool> Route for UpstreamRoute<'u, '_, LAYERED> {
    type Slot<R> = Option<Box<LastOutcome<R>>>;
    const REFUSES: bool = true;
    type HedgeAllowances = UpstreamHedgeAllowances<'u>;
    type Outside = Recording;

    fn hedge_allowances(&self, budget: Budget) -> UpstreamHedgeAllowances<'u> {
        UpstreamHedgeAllowances {
            handle: self.handle,
            budget,
        }
    }

    #[inline(always)]
    fn is_admitted(&mut self) -> bool {
        if self.cold.is_some() {
            return self.is_admitted_after_all();
        }
        let Some(permit) = self.handle.try_admit(Moment::now()) else {
            return false;
        };
        self.enter(permit);
        true
    }

    #[inline(always)]
    fn before_poll(&self) -> Recording {
        ambient::record(self.handle.shared.id())
    }

    #[inline(always)]
    fn after_poll(&mut self, outside: Recording) {
        if ambient::has_recorded() {
            self.record();
        }
        drop(outside);
    }

    #[inline(always)]
    fn succeeded(&mut self, at_once: bool, base: &Policy) {
        if self.cold.is_some() || !self.handle.shared.budget.is_healthy() {
            return self.succeeded_after_all(at_once, base);
        }
        let spent = self.spent(&AttemptLog::NOTHING);
        let permit = self.permit.take();
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        if let Some(permit) = permit {
            shared.succeeded(upstream, permit, spent, at_once);
        }
    }
}

impl<const LAYERED: bool> UpstreamRoute<'_, '_, LAYERED> {
    /// After a wait or a failure, with something told, or of an upstream that is not healthy.
    #[cold]
    fn succeeded_after_all(&mut self, at_once: bool, base: &Policy) {
        let budget = &self.handle.shared.budget;
        let policy = PolicyRef::new(base, self.site_layer());
        self.with_budget(|call| call.succeeded(budget, || policy.effective().budget));
        let log = self.take_log();
        let spent = self.spent(&log);
        let permit = self.permit.take();
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        if let Some(permit) = permit {
            shared.succeeded(upstream, permit, spent, at_once);
        }
        // When its tokens are settled: until then they are in flight.
        if let Some(limits) = log.limits {
            shared.learn(upstream, &limits, Moment::now());
        }
    }
}

impl<const LAYERED: bool> RetryAccounting for UpstreamRoute<'_, '_, LAYERED> {
    fn poll_queue(
        &mut self,
        queue: QueueTerms,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>> {
        let handle = self.handle;
        let waiting = &mut self.cold().waiting;
        let future = waiting.get_or_insert_with(|| Box::pin(Admission::new(handle, queue).admit()));
        let admitted = ready!(future.as_mut().poll(cx));
        *waiting = None;
        if admitted.is_err() {
            handle.shared.counts.refused.count();
        }
        Poll::Ready(
            admitted
                .map(|permit| self.enter_after_all(permit))
                .map_err(Box::new),
        )
    }

    fn failed(&mut self, failed: Failed<'_>) -> SharedConstraints {
        let Failed { failure, now, .. } = failed;
        // Its limits are not used: those of the failure itself are as good, and later.
        let log = self.take_log();
        let spent = self.spent(&log);
        let ended = self.permit.take();
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        self.with_budget(|call| call.failed(&shared.budget, &failed));
        if let Some(permit) = ended {
            shared.failed(upstream, permit, spent, failure, now);
        }
        SharedConstraints {
            circuit_open: self.circuit_open(now),
        }
    }

    fn ask(&mut self, asking: RetryRequest, cx: &mut Context<'_>) -> RetryAnswer {
        let RetryRequest { terms, now } = asking;
        let budget = &self.handle.shared.budget;
        RetryAnswer(self.cold().budget.ask(budget, terms, now, cx))
    }

    fn circuit_open(&self, now: Moment) -> Option<Duration> {
        let UpstreamHandle {
            upstream, shared, ..
        } = self.handle;
        upstream
            .circuit_breaker()
            .and_then(|_| shared.circuit_open(now))
            .filter(|_| !shared.is_in_probe(now))
    }

    fn leave_queue(&mut self) {
        let budget = &self.handle.shared.budget;
        self.cold().budget.leave_queue(budget);
    }

    fn suppressed(&self) {
        self.handle.shared.counts.suppressed.count();
    }

    fn deferred(&self) {
        self.handle.shared.counts.deferred.count();
    }

    #[inline]
    fn layer(&self) -> Option<&Layer> {
        self.site_layer()
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            call_site: Some(self.site.label.name),
            ..self.handle.origin()
        }
    }

    fn fell_back(&self) {
        self.handle.shared.counts.fell_back.count();
    }
}

impl<const LAYERED: bool> UpstreamRoute<'_, '_, LAYERED> {
    /// The call ends in the middle of an attempt, or before one that was paid for.
    #[cold]
    fn cancel(&mut self) {
        let log = self.take_log();
        let spent = self.spent(&log);
        let shared = self.handle.shared;
        if let Some(mut cold) = self.cold.take() {
            cold.budget.close(&shared.budget);
        }
        if let Some(permit) = self.permit.take() {
            shared.dropped(permit, spent);
        }
    }
}

impl<const LAYERED: bool> Drop for UpstreamRoute<'_, '_, LAYERED> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.permit.is_some() || self.cold.is_some() {
            self.cancel();
        }
    }
}

impl<const LAYERED: bool> fmt::Debug for UpstreamRoute<'_, '_, LAYERED> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamRoute")
            .field("upstream", &self.handle.upstream.name())
            .finish_non_exhaustive()
    }
}
