//! The result of an attempt that opens a stream.

use crate::{
    History, Rejection, Tokens,
    ambient::Kept,
    call::{ClassifyError, FromRejection, Outcome, OutcomeError},
};
use std::{collections::VecDeque, fmt, pin::Pin};

/// A stream up to its first content.
pub struct First<S, T> {
    /// The items so far; the first content is the last of them.
    pub(super) items: VecDeque<T>,
    pub(super) stream: Pin<Box<S>>,
    /// Whether the stream has ended with them, and is not to be polled again.
    pub(super) has_ended: bool,
    /// The tokens that they say were used.
    pub(super) tokens: Option<Tokens>,
    /// What the body has kept.
    pub(super) kept: Kept,
}

/// The result of an attempt that opens a stream.
pub enum Opened<S, T, E> {
    /// Its first items, and the rest of it.
    Begun(First<S, T>),
    /// The error of the body, or of the stream.
    Failed(E),
    /// A failure that the library has noticed; an error only at the end of the call, which attaches
    /// the history first.
    Raised(Rejection),
}

impl<S, T, E> Outcome for Opened<S, T, E>
where
    E: FromRejection,
{
    const IS_STREAM: bool = true;

    type Ok = First<S, T>;
    type Error = E;

    fn as_result(&self) -> Result<&First<S, T>, OutcomeError<'_, E>> {
        match self {
            Self::Begun(first) => Ok(first),
            Self::Failed(error) => Err(OutcomeError::Own(error)),
            Self::Raised(rejection) => Err(OutcomeError::Raised(rejection)),
        }
    }

    fn attach<C: ClassifyError<E>>(&mut self, errors: &C, history: History) {
        match self {
            Self::Begun(_) => {}
            Self::Failed(error) => errors.attach(error, history),
            Self::Raised(rejection) => rejection.set_history(history),
        }
    }

    fn into_error(self) -> Result<Self, E> {
        match self {
            Self::Begun(_) => Ok(self),
            Self::Failed(error) => Err(error),
            Self::Raised(rejection) => Err(E::from_rejection(rejection)),
        }
    }

    fn rejected(rejection: Rejection) -> Self {
        Self::Raised(rejection)
    }
}

impl<S, T, E> fmt::Debug for Opened<S, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl<S, T> fmt::Debug for First<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("First").finish_non_exhaustive()
    }
}
