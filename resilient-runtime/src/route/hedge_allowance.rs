//! Stage upstream: leave for a further run of an attempt, beside the first.

use crate::{
    Class,
    budget::{Budget, BudgetState},
    clock::Moment,
    upstream::{Permit, Spent, Through},
};
use std::fmt;

/// What lets further runs of an attempt be made.
pub trait Extra {
    /// Leave for one.
    type Run: Run;
    /// Leave at once, paid from the retry budget, or none.
    fn start(&mut self) -> Option<Self::Run>;
}

/// Or never.
impl<E: Extra> Extra for Option<E> {
    type Run = E::Run;

    fn start(&mut self) -> Option<E::Run> {
        self.as_mut()?.start()
    }
}

/// Leave for a further run. Dropped, the run was.
pub trait Run {
    /// The run has ended, with a success or not.
    fn ended(&mut self, is_success: bool);
}

/// A further run is more load for a server that is slow already.
const PRICED_AS: Class = Class::Timeout;

/// Without an upstream, there is only the budget.
pub struct DirectExtra<'p> {
    pub(super) state: &'p BudgetState,
    pub(super) budget: Budget,
}

impl Extra for DirectExtra<'_> {
    type Run = ();

    fn start(&mut self) -> Option<()> {
        let paid = self.state.pay_hedge(self.budget, PRICED_AS, Moment::now());
        paid.map(drop)
    }
}

impl Run for () {
    fn ended(&mut self, _: bool) {}
}

/// Through an upstream: what an attempt passes, without waiting for any of it.
#[derive(Clone, Debug)]
pub struct PassageExtra<'u> {
    pub(super) through: Through<'u>,
    pub(super) budget: Budget,
}

impl<'u> Extra for PassageExtra<'u> {
    type Run = PassageRun<'u>;

    fn start(&mut self) -> Option<PassageRun<'u>> {
        let now = Moment::now();
        let state = &self.through.shared.budget;
        let paid = state.pay_hedge(self.budget, PRICED_AS, now)?;
        let Some(permit) = self.through.try_admit(now) else {
            state.account.put(paid);
            return None;
        };
        self.through.shared.counts.hedged.count();
        Some(PassageRun {
            through: self.through,
            permit: Some(permit),
        })
    }
}

/// A further run through an upstream.
pub struct PassageRun<'u> {
    through: Through<'u>,
    permit: Option<Permit>,
}

impl PassageRun<'_> {
    const fn spent(&self) -> Spent {
        Spent {
            estimated: self.through.cost,
            actual: None,
        }
    }
}

impl Run for PassageRun<'_> {
    fn ended(&mut self, is_success: bool) {
        if let (true, Some(permit)) = (is_success, self.permit) {
            self.permit = None;
            let (through, spent) = (&self.through, self.spent());
            through
                .shared
                .succeeded(through.upstream, permit, spent, false);
        }
    }
}

/// What it failed with is told by the attempt, if it is what the attempt ends in.
impl Drop for PassageRun<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.through.shared.dropped(permit, self.spent());
        }
    }
}

impl fmt::Debug for DirectExtra<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectExtra").finish_non_exhaustive()
    }
}

impl fmt::Debug for PassageRun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassageRun").finish_non_exhaustive()
    }
}
