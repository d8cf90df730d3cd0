//! The route of a call: direct, or through an upstream.

mod direct;
mod hedge_allowance;
mod last_outcome;
mod upstream;

pub use crate::{budget::Failed, upstream::QueueTerms};
pub use direct::NoUpstream;
pub use hedge_allowance::{
    DirectHedgeAllowances, HedgeAllowance, HedgeAllowances, UpstreamHedgeAllowances,
};
pub use last_outcome::{Discard, LastOutcome, LastOutcomeSlot, Retention, Store};
pub use upstream::Layered;

use crate::{
    Policy, Rejection,
    budget::{Answer, Budget, RetryTerms},
    call_site::CallSite,
    clock::Moment,
    event::Origin,
    policy::Layer,
};
use std::{
    fmt,
    task::{Context, Poll},
    time::Duration,
};

/// Admits an attempt, and accounts for its result.
pub trait Route: RetryAccounting {
    /// Stores the last outcome, in case no further attempt is made.
    type Slot<R>: LastOutcomeSlot<R>;
    /// Whether an attempt can be refused.
    const REFUSES: bool;
    /// Whether the next attempt may be sent at once. If not, [`RetryAccounting::poll_queue`] says when.
    fn is_admitted(&mut self) -> bool;
    /// The source of allowances for hedged runs.
    type HedgeAllowances: HedgeAllowances;
    /// The allowances for hedged runs of the next attempt.
    fn hedge_allowances(&self, budget: Budget) -> Self::HedgeAllowances;
    /// The state of enclosing calls, restored after the poll.
    type Outside;
    /// The body is about to be polled.
    fn before_poll(&self) -> Self::Outside;
    /// The body was polled.
    fn after_poll(&mut self, outside: Self::Outside);
    /// The attempt has succeeded, in its first poll if `at_once`.
    fn succeeded(&mut self, at_once: bool, base: &Policy);
}

/// The cold side of a route: failures, retries and waits, which most calls have no use for.
pub trait RetryAccounting {
    /// Ready when the next attempt, which could not be sent at once, may be sent, or when it may not.
    fn poll_queue(
        &mut self,
        queue: QueueTerms,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>>;
    /// The attempt has failed.
    fn failed(&mut self, failed: Failed<'_>) -> SharedConstraints;
    /// Whether the retry budget lets the next attempt go. If not, the task is woken when it may.
    fn ask(&mut self, asking: RetryRequest, cx: &mut Context<'_>) -> RetryAnswer;
    /// The next attempt waits no longer for the retry budget, but for something else.
    fn leave_queue(&mut self) {}
    /// The retry budget has not let another attempt go, and the call has given up.
    fn suppressed(&self) {}
    /// The retry budget cannot pay for the next attempt yet, so it waits.
    fn deferred(&self) {}
    /// For how long the circuit breaker lets nothing through, if it does not.
    fn circuit_open(&self, _: Moment) -> Option<Duration> {
        None
    }
    /// The call is answered by its fallback.
    fn fell_back(&self) {}
    /// The layer of the call site over the policy. Without an upstream, there is none.
    fn layer(&self) -> Option<&Layer> {
        None
    }
    /// Call site, upstream and key, as far as there are any, for events.
    fn origin(&self) -> Origin<'_>;
}

/// A call that asks the retry budget.
#[derive(Debug)]
pub struct RetryRequest {
    pub(crate) terms: RetryTerms,
    pub(crate) now: Moment,
}

/// The answer of the retry budget.
pub struct RetryAnswer(pub(crate) Answer);

impl fmt::Debug for RetryAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryAnswer").finish_non_exhaustive()
    }
}

/// How a call stands with what it shares.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharedConstraints {
    pub(crate) circuit_open: Option<Duration>,
}

/// Creates the route when a call starts.
pub trait Start<'p> {
    /// The route of one call.
    type Route: Route;
    /// Starts a call at this place.
    fn start(self, site: &'p CallSite) -> Self::Route;
}
