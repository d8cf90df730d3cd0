//! A call: from its plan and policy to its result, one attempt after another.

mod after_failure;
mod attempt;
mod builder;
mod context;
mod defer;
mod fallback;
mod plan;
mod return_type;
mod state;
mod without_attribute;

pub use attempt::Attempt;
pub use builder::CallBuilder;
pub(crate) use builder::{NoHedge, make_call};
pub use context::{AttemptContext, IdempotencyKey, record_server_limits, record_tokens};
pub(crate) use fallback::CallEnd;
pub use fallback::{Fallback, IntoFallback, failure};
pub use plan::Plan;
pub(crate) use plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits};
pub use return_type::ReturnType;
pub use without_attribute::{ByKey, UppermostPolicy};

use crate::{
    Class, Policy,
    call_site::CallSite,
    event::{self, CallSpan},
    route::{LastOutcomeSlot, Route, Start},
};
use plan::InSpan;
use state::State;
use std::fmt;

/// One call, from its first attempt to its result. `R` is what it returns.
///
/// The attribute writes this loop into a function, and so does [`call!`](crate::call!) for a block:
///
/// ```text
/// loop {
///     match call.attempt(async { body }).await {
///         ControlFlow::Break(result) => return result,
///         ControlFlow::Continue(()) => {}
///     }
/// }
/// ```
///
/// Cancel safe: dropping it at any time leaves nothing behind.
pub struct Call<'p, R, C, O, W, U: Route> {
    pub(crate) plan: Plan<R, C, O, W, U>,
    pub(crate) state: State<'p>,
    /// The last outcome, in case the next attempt is rejected.
    pub(crate) last: U::Slot<R>,
}

impl<'p, R, C, O, W, U: Route> Call<'p, R, C, O, W, U> {
    #[inline(always)]
    pub(crate) fn new(plan: Plan<R, C, O, W, U>, base: &'p Policy, span: Option<CallSpan>) -> Self {
        let state = State::new(plan.route.layer(), base, span);
        Self {
            plan,
            state,
            last: U::Slot::EMPTY,
        }
    }

    /// Allowances for hedged runs of the next attempt. `None` if the call is not idempotent.
    pub fn hedge_allowances(&self) -> Option<U::HedgeAllowances> {
        let Policy {
            budget, idempotent, ..
        } = *self.state.policy(self.plan.route.layer()).effective();
        idempotent.then(|| self.plan.route.hedge_allowances(budget))
    }

    /// The class of the call's failure; `None` after a success.
    pub fn failed_with(&self) -> Option<Class> {
        self.state.failed_with
    }

    /// The call has failed, and its fallback answers in its place.
    pub fn falls_back(&self) {
        self.plan.route.fell_back();
        self.state.falls_back(&self.plan.route);
    }

    /// The context of the next attempt, for the body. `key` is that of the call.
    pub fn context(&self, key: IdempotencyKey) -> AttemptContext {
        self.state.context(key, self.plan.route.layer())
    }
}

impl<R, C, O, W, U: Route> fmt::Debug for Call<'_, R, C, O, W, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("failed", &self.state.failed)
            .finish_non_exhaustive()
    }
}

// Not `R: Outcome`: `Plan::new` has said so.
impl<R, C, O, W, U> Plan<R, C, O, W, U> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<'p>(self, site: &'p CallSite, base: &'p Policy) -> Call<'p, R, C, O, W, U::Route>
    where
        U: Start<'p>,
    {
        let span = event::span(&site.label);
        Call::new(self.with_route(|route| route.start(site)), base, span)
    }
}

impl<R, C, O, W, U> InSpan<Plan<R, C, O, W, U>> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<'p>(self, site: &'p CallSite, base: &'p Policy) -> Call<'p, R, C, O, W, U::Route>
    where
        U: Start<'p>,
    {
        let Self { plan, span } = self;
        let plan = plan.with_route(|route| route.start(site));
        Call::new(plan, base, span.if_enabled())
    }
}
