//! The plan that a function's calls begin with, by what the function returns.

use crate::{
    Classification,
    plan::{ByTrait, ClassifyOk, Outcome, Plan, Trusted},
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
        crate::answer::failure_of(self.status(), self.headers())
    }
}

#[cfg(feature = "reqwest")]
impl Answer for ::reqwest::Response {
    fn failure(&self) -> Option<Classification> {
        crate::answer::failure_of(self.status(), self.headers())
    }
}

#[cfg(feature = "reqwest-012")]
impl Answer for ::reqwest_012::Response {
    fn failure(&self) -> Option<Classification> {
        crate::answer::failure_of(self.status(), self.headers())
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

/// What a function returns. Method lookup finds `resilient_plan` here if the success is an `Answer`, and below,
/// in what this dereferences to, if it is anything else. Only for types that are written out: of one that is still
/// to be inferred, lookup would assume that it is an `Answer`.
pub struct Returns<R>(Anything<R>);

/// What a function returns that is nothing special.
pub struct Anything<R>(PhantomData<fn() -> R>);

impl<R> Returns<R> {
    /// For the return type `R`.
    // The bound is the method's, so that a function that returns no `Result` is told so.
    pub const fn new() -> Self
    where
        R: Outcome,
    {
        Self(Anything(PhantomData))
    }
}

impl<R: Outcome> Default for Returns<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Answer, E> Returns<Result<T, E>> {
    /// A plan that looks at the status of successes.
    pub const fn resilient_plan(&self) -> Plan<Result<T, E>, ByTrait, ByAnswer> {
        Plan::looking_by(ByAnswer)
    }
}

impl<R> Anything<R> {
    /// A plan that trusts successes.
    #[expect(
        clippy::unused_self,
        reason = "the receiver is what method lookup goes by"
    )]
    pub const fn resilient_plan(&self) -> Plan<R> {
        Plan::looking_by(Trusted)
    }
}

impl<R> Deref for Returns<R> {
    type Target = Anything<R>;

    fn deref(&self) -> &Anything<R> {
        &self.0
    }
}

impl<R> fmt::Debug for Returns<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returns").finish()
    }
}

impl<R> fmt::Debug for Anything<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anything").finish()
    }
}
