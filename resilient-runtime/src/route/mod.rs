//! Stage upstream: how a call goes: directly, or through what it shares with others.

mod direct;
mod hedge_allowance;
mod last_outcome;
mod upstream;

pub use direct::Alone;
pub use hedge_allowance::{DirectExtra, Extra, PassageExtra, Run};
pub use last_outcome::{Forgets, Keep, Keeping, Keeps, Last};

use crate::{
    Class, Classification, Policy, Rejection,
    budget::{Answer, Budget, Terms},
    call_site::Site,
    clock::Moment,
};
use std::{
    fmt,
    task::{Context, Poll},
    time::Duration,
};

/// What an attempt passes before it is sent, and where its end is told.
pub trait Route: Settle {
    /// What keeps the end of an attempt, for the case that there is no next one after all.
    type Kept<R>: Keep<R>;
    /// Whether an attempt can be refused.
    const REFUSES: bool;
    /// Whether the next attempt may be sent at once. If not, [`Settle::poll_queue`] says when.
    fn is_admitted(&mut self) -> bool;
    /// What lets further runs of an attempt be made.
    type Extra: Extra;
    /// What lets further runs of the next attempt be made.
    fn extra(&self, budget: Budget) -> Self::Extra;
    /// What the calls around have to say, while a body is polled.
    type Outside;
    /// The body is about to be polled.
    fn before_poll(&self) -> Self::Outside;
    /// The body was polled.
    fn after_poll(&mut self, outside: Self::Outside);
    /// The attempt has succeeded, in its first poll if `at_once`.
    fn succeeded(&mut self, at_once: bool, policy: &Policy);
}

/// The cold side of a route: failures, retries and waits, which most calls have no use for.
pub trait Settle {
    /// Ready when the next attempt, which could not be sent at once, may be sent, or when it may not.
    fn poll_queue(
        &mut self,
        queue: Queue,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>>;
    /// The attempt has failed.
    fn failed(&mut self, failed: Failed<'_>) -> Standing;
    /// Whether the retry budget lets the next attempt go. If not, the task is woken when it may.
    fn ask(&mut self, asking: Asking, cx: &mut Context<'_>) -> Asked;
    /// The next attempt waits no longer for the retry budget, but for something else.
    fn leave_queue(&mut self) {}
    /// The retry budget has not let another attempt go, and the call has given up.
    fn suppressed(&self) {}
    /// The retry budget cannot pay for the next attempt yet, so it waits.
    fn deferred(&self) {}
    /// For how long the circuit breaker lets nothing through, if it does not.
    fn circuit_open(&self, _: Until) -> Option<Duration> {
        None
    }
    /// The call is answered by its fallback.
    fn fell_back(&self) {}
}

/// A call that asks the retry budget.
#[derive(Debug)]
pub struct Asking {
    pub(crate) terms: Terms,
    pub(crate) now: Moment,
}

/// The answer of the retry budget.
pub struct Asked(pub(crate) Answer);

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}

/// A moment, for the types outside.
#[derive(Clone, Copy, Debug)]
pub struct Until(pub(crate) Moment);

/// How a call waits for admission.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// When the call has to be over, if ever.
    pub(crate) deadline: Moment,
    /// Whether it waits while the circuit breaker is open, instead of failing.
    pub(crate) waits_for_breaker: bool,
}

/// An attempt that has failed.
#[derive(Debug)]
pub struct Failed<'a> {
    pub(crate) failure: &'a Classification,
    /// What the attempt before failed with, if there was one.
    pub(crate) cause: Option<Class>,
    /// Whether no retry can heal it, by class and policy.
    pub(crate) is_final: bool,
    pub(crate) now: Moment,
    pub(crate) budget: Budget,
}

/// How a call stands with what it shares.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub(crate) circuit_open: Option<Duration>,
}

/// What makes a route when a call starts.
pub trait Start<'p> {
    /// The route of one call.
    type Route: Route;
    /// Starts a call at this place.
    fn start(self, site: &'p Site) -> Self::Route;
}
