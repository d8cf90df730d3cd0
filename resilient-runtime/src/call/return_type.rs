//! The plan that a function's calls begin with, by what the function returns.

#![expect(
    clippy::unused_self,
    reason = "the receiver is what method lookup goes by"
)]

use crate::{
    Classification,
    call::plan::{ByPolicy, ByTrait, ClassifyOk, Outcome, Plan, Trusted},
    route::{Alone, Forgets},
};
use std::{fmt, marker::PhantomData, ops::Deref};

/// A success that may be a failure by what it says itself.
pub trait Answer {
    /// The failure, by status and headers; the body is not touched.
    fn failure(&self) -> Option<Classification>;
}

#[cfg(feature = "http")]
impl<B> Answer for ::http::Response<B> {
    fn failure(&self) -> Option<Classification> {
        crate::http::failure_of(self.status(), self.headers())
    }
}

#[cfg(feature = "reqwest")]
impl Answer for ::reqwest::Response {
    fn failure(&self) -> Option<Classification> {
        crate::http::failure_of(self.status(), self.headers())
    }
}

#[cfg(feature = "reqwest-012")]
impl Answer for ::reqwest_012::Response {
    fn failure(&self) -> Option<Classification> {
        crate::http::failure_of(self.status(), self.headers())
    }
}

/// By what the success says itself.
#[derive(Debug)]
pub struct ByAnswer;

impl<T: Answer> ClassifyOk<T> for ByAnswer {
    fn classify_ok(&self, value: &T) -> Option<Classification> {
        value.failure()
    }
}

/// What a function returns. Method lookup finds `resilient_plan` where its bounds hold: here if the success is an
/// `Answer` and the result is `Send`, else further down the line of what this dereferences to. Only for types that
/// are written out: of one that is still to be inferred, lookup would assume that all bounds hold.
pub struct Returns<R>(LocalAnswer<R>);

/// An [`Answer`] that is not `Send`.
pub struct LocalAnswer<R>(Sendable<R>);

/// Nothing special, but `Send`.
pub struct Sendable<R>(Anything<R>);

/// Nothing special.
pub struct Anything<R>(PhantomData<fn() -> R>);

impl<R> Returns<R> {
    /// For the return type `R`.
    // The bound is the method's, so that a function that returns no `Result` is told so.
    pub const fn new() -> Self
    where
        R: Outcome,
    {
        Self(LocalAnswer(Sendable(Anything(PhantomData))))
    }
}

impl<R: Outcome> Default for Returns<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// A plan that keeps no result over a wait, so that the future can be `Send` whatever the result.
type LocalPlan<R, O> = Plan<R, ByTrait, O, ByPolicy, Alone<Forgets>>;

impl<T: Answer, E> Returns<Result<T, E>>
where
    Result<T, E>: Send,
{
    /// A plan that looks at the status of successes.
    pub const fn resilient_plan(&self) -> Plan<Result<T, E>, ByTrait, ByAnswer> {
        Plan::looking_by(ByAnswer)
    }
}

impl<T: Answer, E> LocalAnswer<Result<T, E>> {
    /// A plan that looks at the status of successes.
    pub const fn resilient_plan(&self) -> LocalPlan<Result<T, E>, ByAnswer> {
        Plan::looking_by(ByAnswer)
    }
}

impl<R: Send> Sendable<R> {
    /// A plan that trusts successes.
    pub const fn resilient_plan(&self) -> Plan<R> {
        Plan::looking_by(Trusted)
    }
}

impl<R> Anything<R> {
    /// A plan that trusts successes.
    pub const fn resilient_plan(&self) -> LocalPlan<R, Trusted> {
        Plan::looking_by(Trusted)
    }
}

macro_rules! line {
    ($($from:ident => $to:ident),+) => {$(
        impl<R> Deref for $from<R> {
            type Target = $to<R>;

            fn deref(&self) -> &$to<R> {
                &self.0
            }
        }

        impl<R> fmt::Debug for $from<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($from)).finish()
            }
        }
    )+};
}

line!(Returns => LocalAnswer, LocalAnswer => Sendable, Sendable => Anything);

impl<R> fmt::Debug for Anything<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anything").finish()
    }
}
