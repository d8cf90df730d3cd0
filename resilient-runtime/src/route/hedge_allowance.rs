//! Allowances for hedged runs of an attempt.

use crate::{
    Class, Classification,
    budget::{Budget, BudgetState},
    clock::Moment,
    event::NotHedged,
    halt,
    upstream::{Permit, Spent, UpstreamHandle},
};
use std::fmt;

/// A source of allowances.
pub trait HedgeAllowances {
    /// The allowance of one run.
    type HedgeAllowance: HedgeAllowance;
    /// An allowance, paid from the retry budget.
    ///
    /// # Errors
    /// The reason why there is none.
    fn start(&mut self) -> Result<Self::HedgeAllowance, NotHedged>;
}

/// `None` allows no run.
impl<E: HedgeAllowances> HedgeAllowances for Option<E> {
    type HedgeAllowance = E::HedgeAllowance;

    fn start(&mut self) -> Result<E::HedgeAllowance, NotHedged> {
        self.as_mut().ok_or(NotHedged::NotIdempotent)?.start()
    }
}

/// The allowance of a hedged run. If it is dropped before the run is sent, everything that was
/// taken for the run is given back. Afterwards the attempt itself reports the run that decides it,
/// and each allowance another one: that it has failed or, when the allowance is dropped, that it
/// was dropped.
pub trait HedgeAllowance {
    /// The run is about to start.
    fn sent(&mut self);
    /// A run has failed.
    fn failed(self, failure: &Classification);
}

/// A further run is more load for a server that is slow already.
const PRICED_AS: Class = Class::Timeout;

/// Without an upstream, there is only the budget.
pub struct DirectHedgeAllowances<'p> {
    /// The name of the function.
    pub(super) function: &'static str,
    pub(super) state: &'p BudgetState,
    pub(super) budget: Budget,
}

impl<'p> HedgeAllowances for DirectHedgeAllowances<'p> {
    type HedgeAllowance = DirectHedgeAllowance<'p>;

    fn start(&mut self) -> Result<DirectHedgeAllowance<'p>, NotHedged> {
        if let Some(reason) = halt::stops_hedge(self.function, None) {
            return Err(reason);
        }
        let paid = self.state.pay_hedge(self.budget, PRICED_AS, Moment::now());
        Ok(DirectHedgeAllowance {
            state: self.state,
            unsent: Some(paid.ok_or(NotHedged::BudgetSpent)?),
        })
    }
}

/// A further run without an upstream.
pub struct DirectHedgeAllowance<'p> {
    state: &'p BudgetState,
    /// The price, until the run is sent.
    unsent: Option<u32>,
}

impl HedgeAllowance for DirectHedgeAllowance<'_> {
    fn sent(&mut self) {
        self.unsent = None;
    }

    fn failed(self, _: &Classification) {}
}

impl Drop for DirectHedgeAllowance<'_> {
    fn drop(&mut self) {
        if let Some(paid) = self.unsent {
            self.state.balance.refund(paid);
        }
    }
}

/// Through an upstream: what an attempt passes, without waiting for any of it.
#[derive(Clone, Debug)]
pub struct UpstreamHedgeAllowances<'u> {
    /// The name of the function.
    pub(super) function: &'static str,
    pub(super) handle: UpstreamHandle<'u>,
    pub(super) budget: Budget,
}

impl<'u> HedgeAllowances for UpstreamHedgeAllowances<'u> {
    type HedgeAllowance = UpstreamHedgeAllowance<'u>;

    fn start(&mut self) -> Result<UpstreamHedgeAllowance<'u>, NotHedged> {
        let upstream = self.handle.upstream.name();
        if let Some(reason) = halt::stops_hedge(self.function, Some(upstream)) {
            return Err(reason);
        }
        let now = Moment::now();
        let state = &self.handle.shared.budget;
        let paid = state.pay_hedge(self.budget, PRICED_AS, now);
        let paid = paid.ok_or(NotHedged::BudgetSpent)?;
        let Some(permit) = self.handle.try_admit(now) else {
            state.balance.refund(paid);
            return Err(NotHedged::NoRoom);
        };
        Ok(UpstreamHedgeAllowance {
            handle: self.handle,
            permit: Some(permit),
            unsent: Some(paid),
        })
    }
}

/// A further run through an upstream.
pub struct UpstreamHedgeAllowance<'u> {
    handle: UpstreamHandle<'u>,
    permit: Option<Permit>,
    /// The price, until the run is sent.
    unsent: Option<u32>,
}

impl UpstreamHedgeAllowance<'_> {
    const fn spent(&self) -> Spent {
        Spent {
            estimated: self.handle.cost,
            actual: None,
        }
    }
}

impl HedgeAllowance for UpstreamHedgeAllowance<'_> {
    fn sent(&mut self) {
        self.unsent = None;
        self.handle.shared.counts.hedged.count();
    }

    fn failed(mut self, failure: &Classification) {
        if let Some(permit) = self.permit.take() {
            let UpstreamHandle {
                upstream, shared, ..
            } = self.handle;
            shared.failed(upstream, permit, self.spent(), failure, Moment::now());
        }
    }
}

/// The cost of a run that was dropped is wasted, once it was sent.
impl Drop for UpstreamHedgeAllowance<'_> {
    fn drop(&mut self) {
        let UpstreamHandle { shared, cost, .. } = self.handle;
        let Some(permit) = self.permit.take() else {
            return;
        };
        if let Some(paid) = self.unsent {
            shared.budget.balance.refund(paid);
            shared.unsent(permit, cost);
        } else {
            shared.dropped(permit, self.spent());
        }
    }
}

impl fmt::Debug for DirectHedgeAllowances<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectHedgeAllowances")
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DirectHedgeAllowance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectHedgeAllowance")
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UpstreamHedgeAllowance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamHedgeAllowance")
            .finish_non_exhaustive()
    }
}
