//! The outcome of the last attempt, kept for the case that the next one is refused or that the call gives up waiting.

use crate::Rejection;

/// How an attempt has ended that was to be followed by another.
#[derive(Debug)]
pub enum LastOutcome<R> {
    /// With this result of its body.
    Result(R),
    /// Its time was over.
    TimedOut(Rejection),
}

/// What keeps a [`LastOutcome`], or nothing.
pub trait LastOutcomeSlot<R> {
    /// Where nothing is kept yet.
    const EMPTY: Self;
    /// Whether it keeps anything.
    const STORES: bool;
    /// Keeps this instead of what was there.
    fn store(&mut self, last: LastOutcome<R>);
    /// What was kept last.
    fn take(&mut self) -> Option<LastOutcome<R>>;
    /// Drops what was kept, which may hold a connection that the next attempt has use for.
    #[cold]
    fn clear(&mut self) {
        drop(self.take());
    }
}

/// Nothing is kept.
impl<R> LastOutcomeSlot<R> for () {
    const EMPTY: Self = ();
    const STORES: bool = false;

    #[inline]
    fn store(&mut self, _: LastOutcome<R>) {}

    #[inline]
    fn take(&mut self) -> Option<LastOutcome<R>> {
        None
    }
}

impl<R> LastOutcomeSlot<R> for Option<Box<LastOutcome<R>>> {
    const EMPTY: Self = None;
    const STORES: bool = true;

    fn store(&mut self, last: LastOutcome<R>) {
        *self = Some(Box::new(last));
    }

    fn take(&mut self) -> Option<LastOutcome<R>> {
        Self::take(self).map(|last| *last)
    }
}

/// Whether the end of an attempt is kept over the wait after it. It is part of the call's future then, which is `Send`
/// only if it is.
pub trait Retention {
    /// What keeps it.
    type Slot<R>: LastOutcomeSlot<R>;
}

/// It is: for results that are `Send`, or may be.
#[derive(Debug)]
pub struct Store;

impl Retention for Store {
    type Slot<R> = Option<Box<LastOutcome<R>>>;
}

/// It is not, so that the future can be `Send` whatever the result.
#[derive(Debug)]
pub struct Discard;

impl Retention for Discard {
    type Slot<R> = ();
}
