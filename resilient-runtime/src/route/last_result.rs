//! The result of an attempt that has ended, kept for the case that the next one is refused or that
//! the call gives up waiting.

/// A place for a result, or none.
pub trait LastResult<R> {
    /// With this result, if there is a place for it.
    fn of(result: Option<R>) -> Self;
    /// Takes it out.
    fn take(&mut self) -> Option<R>;
}

/// No place: nothing is stored.
impl<R> LastResult<R> for () {
    #[inline(always)]
    fn of(_: Option<R>) -> Self {}

    #[inline(always)]
    fn take(&mut self) -> Option<R> {
        None
    }
}

impl<R> LastResult<R> for Option<R> {
    #[inline(always)]
    fn of(result: Self) -> Self {
        result
    }

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self::take(self)
    }
}

/// Whether the last result is stored during a wait. A stored result is part of the future, so the
/// future is `Send` only if the result is.
pub trait Retention {
    /// The place for it.
    type Last<R>: LastResult<R>;
}

/// Stores it.
#[derive(Debug)]
pub struct Store;

impl Retention for Store {
    type Last<R> = Option<R>;
}

/// Discards it; the future can be `Send` with any result.
#[derive(Debug)]
pub struct Discard;

impl Retention for Discard {
    type Last<R> = ();
}
