//! The retry budget of all replicas, as this one knows it.

use crate::{
    budget::Missing,
    clock::Moment,
    sharing::{BudgetReport, Part, Report, View},
    upstream::replica::{Owned, Replica},
};

/// Amounts that were missing from the balance. Own withdrawals and deposits are the difference.
#[derive(Clone, Copy, Default)]
pub(super) struct SharedBudget {
    /// For all, by the last answer.
    all: Missing,
    /// For this replica, when it last reported.
    told: Missing,
}

impl Replica {
    /// Whether the balance is to be told and learned soon, because something is missing in it, or
    /// was since the last answer; `None` if it is not shared.
    pub(super) fn is_budget_in_use(&self, owned: &Owned, now: Moment) -> Option<bool> {
        let report = self.budget_report(owned, now)?;
        Some(report.missing > 0 || report.change != 0)
    }

    /// The report, of which an answer is expected.
    pub(super) fn tell_budget(&self, owned: &Owned, now: Moment) -> Option<BudgetReport> {
        let report = self.budget_report(owned, now)?;
        self.inner().budget.told = Missing::new(report.missing, now);
        Some(report)
    }

    fn budget_report(&self, owned: &Owned, now: Moment) -> Option<BudgetReport> {
        if !self.shares(Part::Budget) {
            return None;
        }
        let state = owned.state();
        let budget = state.settings(owned.upstream.config()).policy.budget;
        if !budget.is_limited() {
            return None;
        }
        let missing = state.budget.balance.missing(now);
        Some(BudgetReport {
            change: missing.change_since(self.inner().budget.all),
            missing: missing.amount(),
            most: u64::from(budget.most_missing()),
        })
    }

    /// Takes over the balance of all.
    pub(super) fn apply_budget(&self, owned: &Owned, report: &Report, view: &View, now: Moment) {
        let Some(report) = report.budget else {
            return;
        };
        let all = view.missing.min(report.most);
        let told = {
            let mut inner = self.inner();
            inner.budget.all = Missing::new(all, now);
            inner.budget.told
        };
        owned.state().budget.follow(all, told, now);
    }
}
