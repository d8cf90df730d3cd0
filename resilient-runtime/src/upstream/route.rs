//! Stage upstream: how a call goes: directly, or through what it shares with others.

use super::{Budget, DirectExtra, Extra};
use crate::{
    Class, Classification, Policy, Rejection,
    budget::{Answer, BudgetState, CallBudget, Terms},
    clock::Moment,
    site::Site,
};
use std::{
    fmt,
    marker::PhantomData,
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

/// How an attempt has ended that was to be followed by another.
#[derive(Debug)]
pub enum Last<R> {
    /// With this result of its body.
    Result(R),
    /// Its time was over.
    TimedOut(Rejection),
}

/// What keeps a [`Last`], or nothing.
pub trait Keep<R> {
    /// Where nothing is kept yet.
    const EMPTY: Self;
    /// Whether it keeps anything.
    const KEEPS: bool;
    /// Keeps this instead of what was there.
    fn keep(&mut self, last: Last<R>);
    /// What was kept last.
    fn take(&mut self) -> Option<Last<R>>;
    /// Drops what was kept, which may hold a connection that the next attempt has use for.
    #[cold]
    fn forget(&mut self) {
        drop(self.take());
    }
}

/// Nothing is kept.
impl<R> Keep<R> for () {
    const EMPTY: Self = ();
    const KEEPS: bool = false;

    #[inline]
    fn keep(&mut self, _: Last<R>) {}

    #[inline]
    fn take(&mut self) -> Option<Last<R>> {
        None
    }
}

impl<R> Keep<R> for Option<Box<Last<R>>> {
    const EMPTY: Self = None;
    const KEEPS: bool = true;

    fn keep(&mut self, last: Last<R>) {
        *self = Some(Box::new(last));
    }

    fn take(&mut self) -> Option<Last<R>> {
        Self::take(self).map(|last| *last)
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

/// Whether the end of an attempt is kept over the wait after it. It is part of the call's future then, which is `Send`
/// only if it is.
pub trait Keeping {
    /// What keeps it.
    type Kept<R>: Keep<R>;
}

/// It is: for results that are `Send`, or may be.
#[derive(Debug)]
pub struct Keeps;

impl Keeping for Keeps {
    type Kept<R> = Option<Box<Last<R>>>;
}

/// It is not, so that the future can be `Send` whatever the result.
#[derive(Debug)]
pub struct Forgets;

impl Keeping for Forgets {
    type Kept<R> = ();
}

/// A function without an upstream: nothing is shared but the retry budget of the place in the code.
pub struct Alone<K = Keeps>(PhantomData<fn() -> K>);

impl<K> Alone<K> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<'p, K: Keeping> Start<'p> for Alone<K> {
    type Route = Direct<'p, K>;

    #[inline]
    fn start(self, site: &'p Site) -> Direct<'p, K> {
        Direct {
            state: &site.budget,
            budget: CallBudget::new(),
            keeping: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Alone<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone").finish()
    }
}

/// The route of a call without an upstream.
pub struct Direct<'p, K> {
    state: &'p BudgetState,
    budget: CallBudget,
    keeping: PhantomData<fn() -> K>,
}

impl<'p, K: Keeping> Route for Direct<'p, K> {
    type Kept<R> = K::Kept<R>;
    const REFUSES: bool = false;
    type Extra = DirectExtra<'p>;

    fn extra(&self, budget: Budget) -> DirectExtra<'p> {
        DirectExtra {
            state: self.state,
            budget,
        }
    }

    #[inline]
    fn is_admitted(&mut self) -> bool {
        self.budget.sent(self.state);
        true
    }

    type Outside = ();

    #[inline]
    fn before_poll(&self) {}

    #[inline]
    fn after_poll(&mut self, (): ()) {}

    #[inline]
    fn succeeded(&mut self, _: bool, policy: &Policy) {
        self.budget.succeeded(self.state, policy);
    }
}

impl<K> Settle for Direct<'_, K> {
    fn poll_queue(&mut self, _: Queue, _: &mut Context<'_>) -> Poll<Result<(), Box<Rejection>>> {
        Poll::Ready(Ok(()))
    }

    fn failed(&mut self, failed: Failed<'_>) -> Standing {
        self.budget.failed(self.state, &failed);
        Standing { circuit_open: None }
    }

    fn ask(&mut self, asking: Asking, cx: &mut Context<'_>) -> Asked {
        let Asking { terms, now } = asking;
        Asked(self.budget.ask(self.state, terms, now, cx))
    }
}

impl<K> Drop for Direct<'_, K> {
    #[inline]
    fn drop(&mut self) {
        self.budget.close(self.state);
    }
}

impl<K> fmt::Debug for Direct<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").finish_non_exhaustive()
    }
}
