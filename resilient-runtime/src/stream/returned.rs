//! The types that a function that gives a stream may return.

use super::{
    account::StreamUpstream,
    begun::Begun,
    resilient::{Resilient, ResultStream},
    resume::{NoResume, Resume},
};
use crate::call::FromRejection;
use futures_core::Stream;
use std::pin::Pin;

/// A return type that is made of the stream of a resilient function.
#[diagnostic::on_unimplemented(
    message = "a resilient function that gives a stream returns `impl Stream<Item = Result<T, E>>`, `Pin<Box<dyn Stream<Item = Result<T, E>> + Send>>` or `Resilient<S>`, not `{Self}`",
    label = "cannot be made of a resilient stream",
    note = "with `stream = false` only the opening of the stream is retried, and its items are passed on as they come"
)]
pub trait FromBegun<S: ResultStream, A, N> {
    /// The stream as this type.
    fn from_begun(begun: Begun<S, S::Value, S::Error, N>, upstream: A) -> Self;
}

/// The error of an item of a stream: that of the function.
#[diagnostic::on_unimplemented(
    message = "the items of a resilient stream have the error of the function, `{E}`, and not `{Self}`",
    label = "another error than that of the function",
    note = "write `Result<T, {E}>` as the item, and convert the errors of the stream: `stream.map(|item| item.map_err(Into::into))`"
)]
pub trait ItemError<E> {}

impl<E> ItemError<E> for E {}

/// Compiles if the errors are the same.
pub const fn item_error<I: ItemError<E>, E>() {}

macro_rules! boxed {
    ($($bound:ident)*) => {
        impl<'s, S, A, N> FromBegun<S, A, N> for Pin<Box<dyn Stream<Item = S::Item> $(+ $bound)* + 's>>
        where
            S: ResultStream<Error: FromRejection> + 's,
            A: StreamUpstream + 's,
            N: Resume<S::Value, S::Error> + 's,
            Resilient<S, A, N>: Sized $(+ $bound)*,
        {
            fn from_begun(begun: Begun<S, S::Value, S::Error, N>, upstream: A) -> Self {
                Box::pin(Resilient::new(begun, upstream))
            }
        }
    };
}

boxed!();
boxed!(Send);
boxed!(Send Sync);

impl<S, A> FromBegun<S, A, NoResume> for Resilient<S>
where
    S: ResultStream,
    A: StreamUpstream + Send + Sync + 'static,
{
    fn from_begun(begun: Begun<S, S::Value, S::Error>, upstream: A) -> Self {
        Self::new(begun, Box::new(upstream))
    }
}
