//! Stage call: takes a plan and a policy, gives a [`Call`], which makes attempts one after another.

use crate::{
    AttemptContext, Policy,
    context::IdempotencyKey,
    event::{self, CallSpan},
    plan::{InSpan, Plan},
    site::Site,
    state::State,
};
use std::fmt;

/// One call, from its first attempt to its result. `R` is what it returns.
///
/// What the attribute makes of a function is this loop, and so is what [`call!`](crate::call!) makes of a
/// block:
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
pub struct Call<'p, R, C, O, W> {
    pub(crate) plan: Plan<R, C, O, W>,
    pub(crate) state: State<'p>,
}

impl<'p, R, C, O, W> Call<'p, R, C, O, W> {
    #[inline]
    pub(crate) fn new(plan: Plan<R, C, O, W>, policy: &'p Policy, span: Option<CallSpan>) -> Self {
        Self {
            plan,
            state: State::new(policy, span),
        }
    }

    /// What the body can know about the next attempt. `key` is that of the call.
    pub fn context(&self, key: IdempotencyKey) -> AttemptContext {
        self.state.context(key)
    }
}

impl<R, C, O, W> fmt::Debug for Call<'_, R, C, O, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("failed", &self.state.failed)
            .finish_non_exhaustive()
    }
}

// Not `R: Outcome`: `Plan::new` has said so.
impl<R, C, O, W> Plan<R, C, O, W> {
    /// Starts the call.
    pub fn start<'p>(self, site: &'p Site, policy: &'p Policy) -> Call<'p, R, C, O, W> {
        Call::new(self, policy, event::span(site))
    }
}

impl<R, C, O, W> InSpan<Plan<R, C, O, W>> {
    /// Starts the call.
    pub fn start<'p>(self, _: &'p Site, policy: &'p Policy) -> Call<'p, R, C, O, W> {
        Call::new(self.plan, policy, self.span.if_enabled())
    }
}
