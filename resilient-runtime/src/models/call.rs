//! A call for models of the retry budget, with the steps of a route one by one.

use super::clock;
use crate::{
    Class, Policy,
    budget::{
        BudgetState, CallBudget, DueRetry, FailureReport, RetryAnswer, RetryTerms, balance::Balance,
    },
    clock::Moment,
};
use std::{
    task::{Context, Waker},
    time::Duration,
};

/// The budget holds 20 deposits, and the schedule begins with 1 s.
const POLICY: Policy = Policy::DEFAULT;

/// A call of an overloaded server, with the shared state.
pub(super) struct Call<'s> {
    state: &'s BudgetState,
    budget: CallBudget,
    has_failed: bool,
}

impl<'s> Call<'s> {
    /// Sends an attempt.
    pub(super) fn sent(state: &'s BudgetState) -> Self {
        let mut call = Self {
            state,
            budget: CallBudget::default(),
            has_failed: false,
        };
        call.send();
        call
    }

    /// A call whose first attempt has failed.
    pub(super) fn failed(state: &'s BudgetState) -> Self {
        let mut call = Self::sent(state);
        call.fail(false);
        call
    }

    pub(super) fn send(&mut self) {
        self.budget
            .sent(self.state, !self.has_failed, Moment::now());
    }

    pub(super) fn fail(&mut self, is_final: bool) {
        if is_final {
            let is_first = !self.has_failed;
            self.budget
                .failed_finally(self.state, is_first, Moment::now());
            self.has_failed = true;
        } else {
            self.fail_before(None);
        }
    }

    /// The attempt in flight fails, and the next one is due at once.
    #[cfg(resilient_model = "shuttle")]
    pub(super) fn fail_and_ask(&mut self) {
        self.fail_before(Some(due(Waker::noop())));
    }

    fn fail_before(&mut self, retry: Option<DueRetry<'_>>) {
        let failed = FailureReport {
            class: Class::Overloaded,
            cause: self.has_failed.then_some(Class::Overloaded),
            now: Moment::now(),
            budget: POLICY.budget,
            retry,
        };
        self.budget.failed(self.state, &failed);
        self.has_failed = true;
    }

    pub(super) fn ask(&mut self, cx: &Context<'_>) -> RetryAnswer {
        self.budget.ask(self.state, due(cx.waker()), Moment::now())
    }

    /// The attempt in flight succeeds.
    #[cfg(resilient_model = "shuttle")]
    pub(super) fn succeed(mut self) {
        self.budget
            .succeeded(self.state, POLICY.budget, Moment::now());
        self.end();
    }

    /// The call ends without a further attempt, or is dropped.
    pub(super) fn end(mut self) {
        self.budget.close(self.state);
    }
}

/// A retry that is due.
fn due(waker: &Waker) -> DueRetry<'_> {
    DueRetry {
        terms: RetryTerms::new(
            POLICY.budget,
            Class::Overloaded,
            Some(POLICY.backoff.initial),
        ),
        is_sent_when_released: false,
        waker,
    }
}

/// A success of a call that does not use the budget otherwise.
pub(super) fn succeed(state: &BudgetState) {
    CallBudget::default().succeeded(state, POLICY.budget, Moment::now());
}

/// A healthy state with a balance of this many deposits.
pub(super) fn holding(units: u32) -> BudgetState {
    let state = BudgetState::new(Balance::new());
    take(&state, 20_u32.saturating_sub(units));
    // Creates the primitives inside: loom requires that before threads share them.
    state.wake_all();
    state
}

/// Withdraws this much from the balance.
pub(super) fn take(state: &BudgetState, units: u32) {
    for _ in 0..units {
        state
            .balance
            .withdraw(POLICY.budget, Class::ServerError, Moment::now());
    }
}

/// The balance.
pub(super) fn balance(state: &BudgetState) -> f64 {
    state.balance.level(POLICY.budget, Moment::now())
}

/// When all calls have ended, the balance is full and some time has passed, a success has to find
/// the state healthy.
pub(super) fn recovers(state: &BudgetState) {
    state.balance.refund(100_000);
    clock::set(Moment::now().after(Duration::from_secs(4)));
    succeed(state);
    assert!(!state.is_degraded(), "degraded for ever");
}
