//! The route of a call without an upstream.

use super::{
    Asked, Asking, DirectExtra, Failed, Keeping, Keeps, Queue, Route, Settle, Standing, Start,
};
use crate::{
    Policy, Rejection,
    budget::{Budget, BudgetState, CallBudget},
    call_site::Site,
};
use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};

/// A function without an upstream: nothing is shared but the retry budget of the place in the code.
pub struct Alone<K = Keeps>(PhantomData<fn() -> K>);

impl<K> Alone<K> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<'p, K: Keeping> Start<'p> for Alone<K> {
    type Route = Direct<'p, K>;

    #[inline]
    fn start(self, site: &'p Site) -> Direct<'p, K> {
        Direct {
            state: &site.budget,
            budget: CallBudget::new(),
            keeping: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Alone<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone").finish()
    }
}

/// The route of a call without an upstream.
pub struct Direct<'p, K> {
    state: &'p BudgetState,
    budget: CallBudget,
    keeping: PhantomData<fn() -> K>,
}

impl<'p, K: Keeping> Route for Direct<'p, K> {
    type Kept<R> = K::Kept<R>;
    const REFUSES: bool = false;
    type Extra = DirectExtra<'p>;

    fn extra(&self, budget: Budget) -> DirectExtra<'p> {
        DirectExtra {
            state: self.state,
            budget,
        }
    }

    #[inline]
    fn is_admitted(&mut self) -> bool {
        self.budget.sent(self.state);
        true
    }

    type Outside = ();

    #[inline]
    fn before_poll(&self) {}

    #[inline]
    fn after_poll(&mut self, (): ()) {}

    #[inline]
    fn succeeded(&mut self, _: bool, policy: &Policy) {
        self.budget.succeeded(self.state, policy);
    }
}

impl<K> Settle for Direct<'_, K> {
    fn poll_queue(&mut self, _: Queue, _: &mut Context<'_>) -> Poll<Result<(), Box<Rejection>>> {
        Poll::Ready(Ok(()))
    }

    fn failed(&mut self, failed: Failed<'_>) -> Standing {
        self.budget.failed(self.state, &failed);
        Standing { circuit_open: None }
    }

    fn ask(&mut self, asking: Asking, cx: &mut Context<'_>) -> Asked {
        let Asking { terms, now } = asking;
        Asked(self.budget.ask(self.state, terms, now, cx))
    }
}

impl<K> Drop for Direct<'_, K> {
    #[inline]
    fn drop(&mut self) {
        self.budget.close(self.state);
    }
}

impl<K> fmt::Debug for Direct<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").finish_non_exhaustive()
    }
}
