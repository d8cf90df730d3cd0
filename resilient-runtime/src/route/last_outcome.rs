//! The outcome of the last attempt, kept for the case that the next one is refused or that the call
//! gives up waiting.

use crate::Rejection;

/// How an attempt has ended that was to be followed by another.
#[derive(Debug)]
pub enum LastOutcome<R> {
    /// With this result of its body.
    Result(R),
    /// Its time was over.
    TimedOut(Box<Rejection>),
}

/// A place for a [`LastOutcome`], or none. Empty by default.
pub trait LastOutcomeSlot<R>: Default {
    /// Stores this outcome, in the place of an earlier one.
    fn store(&mut self, last: LastOutcome<R>);
    /// Takes the outcome out.
    fn take(&mut self) -> Option<LastOutcome<R>>;
    /// Drops the outcome: it may hold a connection that the next attempt can use.
    fn clear(&mut self) {
        drop(self.take());
    }
}

/// No place: nothing is stored.
impl<R> LastOutcomeSlot<R> for () {
    #[inline]
    fn store(&mut self, _: LastOutcome<R>) {}

    #[inline]
    fn take(&mut self) -> Option<LastOutcome<R>> {
        None
    }
}

impl<R> LastOutcomeSlot<R> for Option<LastOutcome<R>> {
    fn store(&mut self, last: LastOutcome<R>) {
        *self = Some(last);
    }

    fn take(&mut self) -> Option<LastOutcome<R>> {
        Self::take(self)
    }
}

/// Whether the last outcome is stored during a wait. A stored outcome is part of the future, so the
/// future is `Send` only if the outcome is.
pub trait Retention {
    /// The place for it.
    type Slot<R>: LastOutcomeSlot<R>;
}

/// Stores it.
#[derive(Debug)]
pub struct Store;

impl Retention for Store {
    type Slot<R> = Option<LastOutcome<R>>;
}

/// Discards it; the future can be `Send` with any result.
#[derive(Debug)]
pub struct Discard;

impl Retention for Discard {
    type Slot<R> = ();
}
