//! A call: from its plan and policy to its result, one attempt after another.

mod after_decision;
mod after_failure;
mod attempt;
mod begin;
mod blocking;
mod bound;
mod builder;
mod context;
mod core;
mod defer;
mod end;
mod failover_context;
mod fallback;
mod halted;
#[cfg(any(feature = "chaos", feature = "testing"))]
pub(crate) mod injection;
mod moves;
mod patience;
mod plan;
mod polling;
mod queries;
mod read_body;
mod record;
mod return_type;
mod routed;
mod runs;
mod send;
mod situation;
mod state;
mod until;
mod without_attribute;

pub use attempt::Attempt;
pub(crate) use begin::BegunCall;
pub use blocking::{Blocking, blocking};
pub use builder::CallBuilder;
pub(crate) use builder::{NoHedge, make_call};
pub use context::{AttemptContext, IdempotencyKey, record_server_limits, record_tokens};
pub use failover_context::FailoverContext;
pub(crate) use fallback::CallEnd;
pub use fallback::{Fallback, IntoFallback, failure};
#[cfg(any(feature = "chaos", feature = "testing"))]
pub(crate) use injection::or_injected;
#[cfg(any(feature = "chaos", feature = "testing"))]
pub use injection::{FailuresOnly, InjectionPoint, Part};
pub use plan::Plan;
pub(crate) use plan::{By, ByTrait, IntoClassification, OutcomeError};
pub(crate) use plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits};
pub(crate) use polling::Polling;
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub(crate) use read_body::Judged;
pub use read_body::{ReadBody, read_body};
#[cfg(any(
    feature = "tower",
    feature = "reqwest-middleware-05",
    feature = "reqwest-middleware-04"
))]
pub(crate) use return_type::Answer;
pub use return_type::ReturnType;
pub use runs::{FailedRun, Runs};
pub use until::Polls;
pub use without_attribute::{ByKey, UppermostPolicy};

use crate::{
    Class,
    call_site::CallSite,
    event::{self, CallSpan, Level, SpanLabel},
    route::{Route, Start},
};
use plan::InSpan;
use routed::Routed;
use std::fmt;

/// The run of a closure. Nothing takes its place.
#[cfg(not(any(feature = "chaos", feature = "testing")))]
#[inline(always)]
pub(crate) fn or_injected<F>(_: &CallSite, body: F) -> F {
    body
}

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
pub struct Call<R, C, O, W, U: Route> {
    /// Its judgement of results, and its own schedule.
    plan: Plan<R, C, O, W, ()>,
    routed: Routed<U>,
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    #[inline(always)]
    fn new(plan: Plan<R, C, O, W, U>, span: impl FnOnce() -> Option<CallSpan>) -> Self {
        let (plan, route) = plan.split();
        Self {
            plan,
            routed: Routed::start(route, span),
        }
    }

    /// Allowances for hedged runs of the next attempt.
    pub fn hedge_allowances(&self) -> U::HedgeAllowances {
        self.routed.hedge_allowances()
    }

    /// The class of a failure for the fallback. `None` after a success, and for a call that its own
    /// fallback has made: it would have no end.
    pub fn failed_with(&self) -> Option<Class> {
        self.routed.failed_with()
    }

    /// The call has failed, and its fallback answers in its place.
    pub fn falls_back(&mut self) {
        self.routed.falls_back();
    }

    /// The context of the next attempt, for the body. `key` is that of the call.
    pub fn context(&self, key: IdempotencyKey) -> AttemptContext {
        self.routed.context(key)
    }
}

impl<R, C, O, W, U: Route> fmt::Debug for Call<R, C, O, W, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.routed.record().map_or(0, |record| record.failed);
        f.debug_struct("Call")
            .field("failed", &failed)
            .finish_non_exhaustive()
    }
}

// Not `R: Outcome`: `Plan::new` has said so.
impl<R, C, O, W, U> Plan<R, C, O, W, U> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<P>(self, site: &'static CallSite, policy: P) -> Call<R, C, O, W, U::Route>
    where
        U: Start<P>,
    {
        let plan = self.with_route(|route| route.start(site, policy));
        Call::new(plan, || event::span(&site.label))
    }

    /// Starts the call, with a span of this level.
    #[inline(always)]
    pub(crate) fn start_at<P>(
        self,
        level: Level,
        site: &'static CallSite,
        policy: P,
    ) -> Call<R, C, O, W, U::Route>
    where
        U: Start<P>,
    {
        let name = site.label.name;
        let plan = self.with_route(|route| route.start(site, policy));
        Call::new(plan, || event::span(&SpanLabel { name, level }))
    }
}

impl<R, C, O, W, U> InSpan<Plan<R, C, O, W, U>> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<P>(self, site: &'static CallSite, policy: P) -> Call<R, C, O, W, U::Route>
    where
        U: Start<P>,
    {
        let Self { plan, span } = self;
        let plan = plan.with_route(|route| route.start(site, policy));
        Call::new(plan, || span.if_enabled())
    }
}
