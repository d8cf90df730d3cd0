//! A call: from its plan and policy to its result, one attempt after another.

mod after_decision;
mod after_failure;
mod attempt;
mod builder;
mod context;
mod core;
mod defer;
mod fallback;
#[cfg(any(feature = "chaos", feature = "testing"))]
pub(crate) mod injection;
mod plan;
mod return_type;
mod runs;
mod send;
mod state;
mod without_attribute;

pub use attempt::Attempt;
pub use builder::CallBuilder;
pub(crate) use builder::{NoHedge, make_call};
pub use context::{AttemptContext, IdempotencyKey, record_server_limits, record_tokens};
pub(crate) use fallback::CallEnd;
pub use fallback::{Fallback, IntoFallback, failure};
#[cfg(any(feature = "chaos", feature = "testing"))]
pub(crate) use injection::or_injected;
#[cfg(any(feature = "chaos", feature = "testing"))]
pub use injection::{FailuresOnly, InjectionPoint, Part};
pub use plan::Plan;
pub(crate) use plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits};
pub use return_type::ReturnType;
pub use runs::{FailedRun, Runs};
pub use without_attribute::{ByKey, UppermostPolicy};

use crate::{
    Class, Policy, ambient,
    call_site::CallSite,
    clock::Moment,
    event::{self, CallSpan, Level, SpanLabel},
    route::{CallPolicy, Route, Start},
};
use core::{CallCore, Success};
use plan::InSpan;
use state::Record;
use std::{fmt, mem::ManuallyDrop, time::Duration};
use tokio::time::Instant;

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
    pub(crate) plan: Plan<R, C, O, W, U>,
    /// When the call has to be over.
    deadline: Moment,
    /// Dropped by hand: the compiler's own drop is a call even if there is nothing.
    cold: ManuallyDrop<Option<ColdBox<R, U>>>,
}

type ColdBox<R, U> = Box<Cold<<U as Route>::Slot<R>, <U as Route>::Queued>>;

/// The state of a call that has failed, waits, or is traced. Every future of a resilient function
/// holds a call, so it is kept small by this.
struct Cold<L, Q> {
    record: Record,
    /// The last outcome, in case the next attempt is rejected.
    last: L,
    queued: Q,
}

impl<L: Default, Q: Default> Cold<L, Q> {
    #[cold]
    fn new() -> Box<Self> {
        // bench cost: -40 instructions of two failures, for `Box::new` would move it into its box
        Box::default()
    }
}

impl<L: Default, Q: Default> Default for Cold<L, Q> {
    fn default() -> Self {
        Self {
            record: Record::default(),
            last: L::default(),
            queued: Q::default(),
        }
    }
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    #[inline(always)]
    fn new(plan: Plan<R, C, O, W, U>, span: impl FnOnce() -> Option<CallSpan>) -> Self {
        let mut call = Self {
            plan,
            deadline: Moment::UNSET,
            cold: ManuallyDrop::new(None),
        };
        let own = call.plan.route.policy().get().deadline();
        let outer = ambient::deadline();
        if own.is_some() || !outer.is_unset() || event::is_spanned() {
            call.start(own, outer, span());
        }
        call
    }

    /// Starts a call that has a deadline or a span.
    #[cold]
    #[inline(never)]
    fn start(&mut self, own: Option<Duration>, outer: Moment, span: Option<CallSpan>) {
        let mut is_over = false;
        if own.is_some() || !outer.is_unset() {
            (self.deadline, is_over) = start_with_deadline(&mut self.plan.route, own, outer);
        }
        // A call with a record looks at its deadline before it is sent.
        if is_over || span.is_some() {
            self.cold().record.trace(span);
        }
    }

    fn cold(&mut self) -> &mut Cold<U::Slot<R>, U::Queued> {
        self.cold.get_or_insert_with(Cold::new)
    }

    /// Runs `step` on the part of the call that does not depend on the types of the function.
    #[inline(always)]
    fn core<T>(&mut self, step: impl FnOnce(CallCore<'_>, Option<&mut Record>) -> T) -> T {
        let policy = self.plan.route.policy();
        let has_record = self.cold.is_some();
        let route = &mut self.plan.route;
        let core = CallCore::new(self.deadline, policy.get(), route, has_record);
        step(core, self.cold.as_mut().map(|cold| &mut cold.record))
    }

    fn record(&self) -> Option<&Record> {
        self.cold.as_ref().map(|cold| &cold.record)
    }

    /// Allowances for hedged runs of the next attempt. `None` if the call is not idempotent.
    pub fn hedge_allowances(&self) -> Option<U::HedgeAllowances> {
        let Policy {
            budget, idempotent, ..
        } = *self.plan.route.policy().get().effective();
        idempotent.then(|| self.plan.route.hedge_allowances(budget))
    }

    /// The class of a failure for the fallback. `None` after a success, and for a call that its own
    /// fallback has made: it would have no end.
    pub fn failed_with(&self) -> Option<Class> {
        let class = self.plan.route.failed_with()?;
        let site = self.plan.route.site().address();
        (!ambient::is_falling_back(site)).then_some(class)
    }

    /// The call has failed, and its fallback answers in its place.
    pub fn falls_back(&mut self) {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is of one lifetime"
        )]
        self.core(|core, record| core.falls_back(record));
    }

    /// The context of the next attempt, for the body. `key` is that of the call.
    pub fn context(&self, key: IdempotencyKey) -> AttemptContext {
        let failed = self.record().map_or(0, |record| record.failed);
        let last = self.record().and_then(|record| record.attempts.last());
        AttemptContext {
            number: failed.saturating_add(1),
            attempts: self.plan.route.policy().get().effective().attempts.max(1),
            previous: last.map(|attempt| attempt.class),
            deadline: self.deadline,
            key,
        }
    }

    /// The call ends with this success, or is dropped.
    #[cold]
    #[inline(never)]
    fn close(&mut self, success: Option<Success>) {
        // Taken out first, so that everything in it is dropped even if a subscriber panics.
        let mut cold = self.cold.take();
        let record = cold.as_mut().map(|cold| &mut cold.record);
        self.core(|core, _| core.close(record, success));
    }
}

/// The deadline of a call that starts now, and whether it has passed.
#[cold]
#[inline(never)]
fn start_with_deadline(
    route: &mut impl Route,
    own: Option<Duration>,
    outer: Moment,
) -> (Moment, bool) {
    let now = Instant::now();
    route.started(now);
    let now = Moment::of(now);
    let own = own.map_or(Moment::UNSET, |deadline| now.after(deadline));
    let deadline = own.earlier(outer);
    (deadline, now >= deadline)
}

impl<R, C, O, W, U: Route> Drop for Call<R, C, O, W, U> {
    #[inline]
    fn drop(&mut self) {
        if self.plan.route.is_in_flight() || self.cold.is_some() {
            self.close(None);
        }
    }
}

impl<R, C, O, W, U: Route> fmt::Debug for Call<R, C, O, W, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("failed", &self.record().map_or(0, |record| record.failed))
            .finish_non_exhaustive()
    }
}

// Not `R: Outcome`: `Plan::new` has said so.
impl<R, C, O, W, U> Plan<R, C, O, W, U> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<'p, P>(self, site: &'p CallSite, policy: P) -> Call<R, C, O, W, U::Route>
    where
        U: Start<'p, P>,
    {
        let plan = self.with_route(|route| route.start(site, policy));
        Call::new(plan, || event::span(&site.label))
    }

    /// Starts the call, with a span of this level.
    #[inline(always)]
    pub(crate) fn start_at<'p, P>(
        self,
        level: Level,
        site: &'p CallSite,
        policy: P,
    ) -> Call<R, C, O, W, U::Route>
    where
        U: Start<'p, P>,
    {
        let name = site.label.name;
        let plan = self.with_route(|route| route.start(site, policy));
        Call::new(plan, || event::span(&SpanLabel { name, level }))
    }
}

impl<R, C, O, W, U> InSpan<Plan<R, C, O, W, U>> {
    /// Starts the call.
    #[inline(always)]
    pub fn start<'p, P>(self, site: &'p CallSite, policy: P) -> Call<R, C, O, W, U::Route>
    where
        U: Start<'p, P>,
    {
        let Self { plan, span } = self;
        let plan = plan.with_route(|route| route.start(site, policy));
        Call::new(plan, || span.if_enabled())
    }
}
