//! Allowances for hedged runs of an attempt.

use crate::{
    Class, Classification,
    budget::{Budget, BudgetState},
    call_site::CallSite,
    clock::Moment,
    event::{NotHedged, Origin, WaitsFor},
    halt,
    upstream::{Permit, Spent, UpstreamHandle},
};
use std::fmt;

/// A source of allowances.
pub trait HedgeAllowances {
    /// The allowance of one run.
    type HedgeAllowance: HedgeAllowance;
    /// The call, for events.
    fn origin(&self) -> Origin<'_>;
    /// An allowance, paid from the retry budget.
    ///
    /// # Errors
    /// The reason why there is none.
    fn start(&mut self) -> Result<Self::HedgeAllowance, NotHedged>;
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

/// The terms of further runs.
#[derive(Clone, Copy, Debug)]
pub struct HedgeTerms {
    pub(crate) budget: Budget,
    /// Whether the call may be processed twice.
    pub(crate) idempotent: bool,
}

impl HedgeTerms {
    /// Pays for a run. Returns the price.
    fn pay(self, state: &BudgetState, now: Moment) -> Result<u32, NotHedged> {
        if !self.idempotent {
            return Err(NotHedged::NotIdempotent);
        }
        let paid = state.pay_hedge(self.budget, PRICED_AS, now);
        paid.ok_or(NotHedged::BudgetSpent)
    }
}

/// A further run is more load for a server that is slow already.
const PRICED_AS: Class = Class::Timeout;

/// Without an upstream, there is only the budget.
pub struct DirectHedgeAllowances {
    pub(super) site: &'static CallSite,
    pub(super) terms: HedgeTerms,
}

impl HedgeAllowances for DirectHedgeAllowances {
    type HedgeAllowance = DirectHedgeAllowance;

    fn origin(&self) -> Origin<'_> {
        self.site.events(Origin::default())
    }

    fn start(&mut self) -> Result<DirectHedgeAllowance, NotHedged> {
        if let Some(reason) = halt::stops_hedge(self.site.name(), None) {
            return Err(reason);
        }
        Ok(DirectHedgeAllowance {
            site: self.site,
            unsent: Some(self.terms.pay(self.site.budget(), Moment::now())?),
        })
    }
}

/// A further run without an upstream.
pub struct DirectHedgeAllowance {
    site: &'static CallSite,
    /// The price, until the run is sent.
    unsent: Option<u32>,
}

impl HedgeAllowance for DirectHedgeAllowance {
    fn sent(&mut self) {
        self.unsent = None;
    }

    fn failed(self, _: &Classification) {}
}

impl Drop for DirectHedgeAllowance {
    fn drop(&mut self) {
        if let Some(paid) = self.unsent {
            self.site.budget().balance.refund(paid);
        }
    }
}

/// Through an upstream: what an attempt passes, without waiting for any of it.
#[derive(Clone, Debug)]
pub struct UpstreamHedgeAllowances<'u> {
    pub(super) site: &'static CallSite,
    pub(super) handle: UpstreamHandle<'u>,
    pub(super) terms: HedgeTerms,
}

impl<'u> HedgeAllowances for UpstreamHedgeAllowances<'u> {
    type HedgeAllowance = UpstreamHedgeAllowance<'u>;

    fn origin(&self) -> Origin<'_> {
        self.site.events(self.handle.origin())
    }

    fn start(&mut self) -> Result<UpstreamHedgeAllowance<'u>, NotHedged> {
        let upstream = self.handle.upstream.name();
        if let Some(reason) = halt::stops_hedge(self.site.name(), Some(upstream)) {
            return Err(reason);
        }
        let now = Moment::now();
        let state = &self.handle.shared.budget;
        let paid = match self.terms.pay(state, now) {
            Err(NotHedged::BudgetSpent) if self.handle.is_shadow() => {
                self.handle.not_enforced(self.site, WaitsFor::Budget);
                0
            }
            paid => paid?,
        };
        let permit = self.handle.try_admit(now);
        let permit = permit.or_else(|| self.handle.admit_in_shadow(self.site, false, now));
        let Some(permit) = permit else {
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
        let UpstreamHandle {
            upstream,
            shared,
            cost,
        } = self.handle;
        let Some(permit) = self.permit.take() else {
            return;
        };
        if let Some(paid) = self.unsent {
            shared.budget.balance.refund(paid);
            shared.unsent(upstream, permit, cost);
        } else {
            shared.dropped(upstream, permit, self.spent());
        }
    }
}

impl fmt::Debug for DirectHedgeAllowances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectHedgeAllowances")
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DirectHedgeAllowance {
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
