//! Questions of the expansion to a call, compiled once for each kind of route.

use super::{AttemptContext, IdempotencyKey, routed::Routed};
use crate::{
    Backoff, Class, Policy, ambient,
    clock::Moment,
    route::{CallPolicy as _, HedgeTerms, Route},
};

impl<U: Route> Routed<U> {
    /// See [`Call::hedge_allowances`](super::Call::hedge_allowances).
    pub(super) fn hedge_allowances(&self) -> U::HedgeAllowances {
        let Policy {
            budget, idempotent, ..
        } = *self.route.policy().get().effective();
        self.route
            .hedge_allowances(HedgeTerms { budget, idempotent })
    }

    /// See [`Call::failed_with`](super::Call::failed_with).
    pub(super) fn failed_with(&self) -> Option<Class> {
        let class = self.route.failed_with()?;
        let site = self.route.site().address();
        (!ambient::is_falling_back(site)).then_some(class)
    }

    /// When the call has to be over, and the backoff of its policy.
    #[cold]
    pub(super) fn poll_terms(&self) -> (Moment, Backoff) {
        let policy = self.route.policy();
        (self.deadline, policy.get().effective().backoff)
    }

    /// The call has to be over by this deadline, if its own is not earlier.
    #[cold]
    pub(super) fn end_by(&mut self, deadline: Moment) {
        self.deadline = self.deadline.earlier(deadline);
    }

    pub(super) fn falls_back(&mut self) {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is of one lifetime"
        )]
        self.core(|core| core.falls_back());
    }

    /// The context of the next attempt. `key` is that of the call.
    pub(super) fn context(&self, key: IdempotencyKey) -> AttemptContext {
        let failed = self.record().map_or(0, |record| record.failed);
        let last = self.record().and_then(|record| record.attempts.last());
        AttemptContext {
            number: failed.saturating_add(1),
            attempts: self.route.policy().get().effective().attempts.max(1),
            previous: last.map(|attempt| attempt.class),
            deadline: self.deadline,
            key,
        }
    }
}
