//! The outcome of the last attempt, kept for the case that the next one is refused or that the call gives up waiting.

use crate::Rejection;

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
