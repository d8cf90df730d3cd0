//! The route of a call without an upstream.

use super::{
    DirectHedgeAllowances, Failed, QueueTerms, Retention, RetryAccounting, RetryAnswer,
    RetryRequest, Route, SharedConstraints, Start, Store,
};
use crate::{
    Policy, Rejection,
    budget::{Budget, CallBudget},
    call_site::CallSite,
    event::Origin,
};
use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};

/// A function without an upstream: nothing is shared but the retry budget of the place in the code.
pub struct NoUpstream<K = Store>(PhantomData<fn() -> K>);

impl<K> NoUpstream<K> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<'p, K: Retention> Start<'p> for NoUpstream<K> {
    type Route = DirectRoute<'p, K>;

    #[inline]
    fn start(self, site: &'p CallSite) -> DirectRoute<'p, K> {
        DirectRoute {
            site,
            budget: CallBudget::new(),
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
pub struct DirectRoute<'p, K> {
    site: &'p CallSite,
    budget: CallBudget,
    retention: PhantomData<fn() -> K>,
}

impl<'p, K: Retention> Route for DirectRoute<'p, K> {
    type Slot<R> = K::Slot<R>;
    const REFUSES: bool = false;
    type HedgeAllowances = DirectHedgeAllowances<'p>;

    fn hedge_allowances(&self, budget: Budget) -> DirectHedgeAllowances<'p> {
        DirectHedgeAllowances {
            state: &self.site.budget,
            budget,
        }
    }

    #[inline]
    fn is_admitted(&mut self) -> bool {
        self.budget.sent(&self.site.budget);
        true
    }

    type Outside = ();

    #[inline]
    fn before_poll(&self) {}

    #[inline]
    fn after_poll(&mut self, (): ()) {}

    #[inline]
    fn succeeded(&mut self, _: bool, base: &Policy) {
        let site = self.site;
        self.budget.succeeded(&site.budget, || base.budget);
    }
}

impl<K> RetryAccounting for DirectRoute<'_, K> {
    fn poll_queue(
        &mut self,
        _: QueueTerms,
        _: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>> {
        Poll::Ready(Ok(()))
    }

    fn failed(&mut self, failed: Failed<'_>) -> SharedConstraints {
        self.budget.failed(&self.site.budget, &failed);
        SharedConstraints { circuit_open: None }
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            call_site: Some(self.site.label.name),
            ..Origin::default()
        }
    }

    fn ask(&mut self, asking: RetryRequest, cx: &mut Context<'_>) -> RetryAnswer {
        let RetryRequest { terms, now } = asking;
        RetryAnswer(self.budget.ask(&self.site.budget, terms, now, cx))
    }
}

impl<K> Drop for DirectRoute<'_, K> {
    #[inline]
    fn drop(&mut self) {
        self.budget.close(&self.site.budget);
    }
}

impl<K> fmt::Debug for DirectRoute<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectRoute").finish_non_exhaustive()
    }
}
