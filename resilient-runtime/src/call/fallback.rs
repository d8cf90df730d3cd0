//! Stage call, its end: takes the result of a call that has failed, gives its error to a fallback.

use crate::call::plan::Outcome;
use std::{
    fmt,
    future::{Ready, ready},
    marker::PhantomData,
};

/// The error for the fallback and what runs it, or the result if it is a success.
///
/// # Errors
/// The error of the result.
pub fn failure<R: Outcome>(result: R) -> Result<R, (R::Error, Fallback<R>)> {
    result
        .into_error()
        .map_err(|error| (error, Fallback(PhantomData)))
}

/// Takes what a fallback gives; it has to be what the function gives.
pub struct Fallback<R>(PhantomData<fn() -> R>);

impl<R> Fallback<R> {
    /// A future of the result, whether the fallback has given the result or such a future.
    // Not `V::Future`, or a type that is none would be reported a second time, as what the future gives.
    pub fn of<V, K>(self, value: V) -> impl Future<Output = R>
    where
        V: IntoFallback<R, K>,
    {
        value.into_fallback()
    }
}

impl<R> fmt::Debug for Fallback<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("Fallback")
    }
}

/// The values that a fallback may give; `K` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "a fallback gives the result of the function, `{R}`, or a future of it, and not `{Self}`",
    label = "gives another type than the function"
)]
pub trait IntoFallback<R, K> {
    /// The future of the result.
    type Future: Future<Output = R>;
    /// The future of the result.
    fn into_fallback(self) -> Self::Future;
}

/// The fallback has given the result.
#[derive(Debug)]
pub enum AtOnce {}

/// The fallback has given a future of the result.
#[derive(Debug)]
pub enum Awaited {}

#[diagnostic::do_not_recommend]
impl<R> IntoFallback<R, AtOnce> for R {
    type Future = Ready<R>;

    fn into_fallback(self) -> Ready<R> {
        ready(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, F: Future<Output = R>> IntoFallback<R, Awaited> for F {
    type Future = F;

    fn into_fallback(self) -> F {
        self
    }
}
