//! How an argument reaches an attempt, decided where the function is compiled: cloned if its type
//! is `Clone`, and lent otherwise.
//!
//! Method lookup takes the first method of this name whose bounds hold, along the line of types
//! that [`Given`] dereferences to. The bounds decide for concrete types, type parameters and `impl
//! Trait` alike.

#![expect(
    clippy::unused_self,
    reason = "the receiver is what method lookup goes by"
)]

use super::{
    Argument, CloneForEachAttempt,
    items::{Kept, Taken},
};
use std::{fmt, marker::PhantomData, ops::Deref};

/// An argument of type `T`, of which the body uses fields of the types `F` as values.
pub struct Given<T, F = ()>(Shareable<T, F>);

/// An argument that is not `Clone`.
pub struct Shareable<T, F>(Sendable<T, F>);

/// An argument that is neither `Clone` nor `Sync`: a shared borrow of it is not `Send`, an
/// exclusive one is.
pub struct Sendable<T, F>(Local<T, F>);

/// An argument that no thread is known to share or take over.
pub struct Local<T, F>(Consumed<T, F>);

/// An argument whose fields the body moves.
pub struct Consumed<T, F>(PhantomData<fn(&T, &F)>);

impl<T> Given<T> {
    /// The type of this argument.
    pub const fn of(_: &T) -> Self {
        Self::new()
    }

    /// The type within this argument.
    pub const fn of_option(_: &Option<T>) -> Self {
        Self::new()
    }
}

impl<T, F> Given<T, F> {
    pub(super) const fn new() -> Self {
        Self(Shareable(Sendable(Local(Consumed(PhantomData)))))
    }

    /// The body uses a field of this type as a value.
    pub const fn reading<G>(self, _: *const G) -> Given<T, (F, G)> {
        Given::new()
    }
}

impl<T: IntoIterator<IntoIter: Send>, F> Given<T, F> {
    /// Kept, with what is left of them.
    pub const fn resilient_items(&self) -> Kept {
        Kept
    }
}

impl<T: Send, F> Shareable<T, F> {
    /// Taken at once, so that the future stays `Send`.
    pub const fn resilient_items(&self) -> Taken {
        Taken
    }
}

impl<T, F> Sendable<T, F> {
    /// Kept, with what is left of them.
    pub const fn resilient_items(&self) -> Kept {
        Kept
    }
}

impl<T: Clone, F> Given<T, F> {
    /// Cloned.
    pub const fn resilient_way(&self) -> Cloned {
        Cloned
    }

    /// Cloned.
    pub const fn resilient_shared_way(&self) -> Cloned {
        Cloned
    }

    /// Cloned.
    pub const fn resilient_exclusive_way(&self) -> Cloned {
        Cloned
    }
}

impl<T: Sync, F: Copy> Shareable<T, F> {
    /// Lent.
    pub const fn resilient_way(&self) -> Lent {
        Lent
    }
}

impl<T, F: Copy> Shareable<T, F> {
    /// Lent, where parallel runs share the argument, or the attribute borrows it.
    pub const fn resilient_shared_way(&self) -> Lent {
        Lent
    }

    /// Lent exclusively, since the body calls it as an `FnMut`.
    pub const fn resilient_exclusive_way(&self) -> LentExclusively {
        LentExclusively
    }
}

impl<T: Send, F: Copy> Sendable<T, F> {
    /// Lent exclusively, so that the future stays `Send`.
    pub const fn resilient_way(&self) -> LentExclusively {
        LentExclusively
    }
}

impl<T, F: Copy> Local<T, F> {
    /// Lent exclusively, so that the future is `Send` where the caller's type is.
    pub const fn resilient_way(&self) -> LentExclusively {
        LentExclusively
    }
}

impl<T, F> Consumed<T, F> {
    /// Cloned, which the compiler reports.
    pub const fn resilient_way(&self) -> Cloned {
        Cloned
    }

    /// Cloned, which the compiler reports.
    pub const fn resilient_shared_way(&self) -> Cloned {
        Cloned
    }
}

/// Each attempt has a clone.
#[derive(Debug)]
pub struct Cloned;

impl Cloned {
    /// The value for the next attempt.
    pub fn pass<
        // Each attempt needs a clone: derive `Clone` or add the bound, or only borrow it.
        T: CloneForEachAttempt,
    >(
        self,
        value: &mut T,
    ) -> Argument<T> {
        Argument::clone_of(value)
    }

    /// The value for the next attempt.
    pub fn pass_option<T: CloneForEachAttempt>(self, value: &mut Option<T>) -> Argument<Option<T>> {
        self.pass_shared_option(value)
    }

    /// The value for the next attempt.
    pub fn pass_shared_option<T: CloneForEachAttempt>(
        self,
        value: &Option<T>,
    ) -> Argument<Option<T>> {
        Argument(value.as_ref().map(T::clone_for_attempt))
    }

    /// The value for the next attempt.
    pub fn pass_shared<T: CloneForEachAttempt>(self, value: &T) -> Argument<T> {
        Argument::clone_of(value)
    }
}

/// All attempts have the same shared borrow.
#[derive(Debug)]
pub struct Lent;

impl Lent {
    /// The value for the next attempt.
    pub const fn pass<T>(self, value: &mut T) -> Argument<&T> {
        Argument(value)
    }

    /// The value for the next attempt.
    pub const fn pass_option<T>(self, value: &mut Option<T>) -> Argument<Option<&T>> {
        Argument(value.as_ref())
    }

    /// The value for the next attempt.
    pub const fn pass_shared_option<T>(self, value: &Option<T>) -> Argument<Option<&T>> {
        Argument(value.as_ref())
    }

    /// The value for the next attempt.
    pub const fn pass_shared<T>(self, value: &T) -> Argument<&T> {
        Argument(value)
    }
}

/// Each attempt has an exclusive borrow, and sees the changes of the attempts before it.
#[derive(Debug)]
pub struct LentExclusively;

impl LentExclusively {
    /// The value for the next attempt.
    pub const fn pass<T>(self, value: &mut T) -> Argument<&mut T> {
        Argument(value)
    }

    /// The value for the next attempt.
    pub const fn pass_option<T>(self, value: &mut Option<T>) -> Argument<Option<&mut T>> {
        Argument(value.as_mut())
    }
}

macro_rules! deref_chain {
    ($($from:ident => $to:ident),+) => {$(
        impl<T, F> Deref for $from<T, F> {
            type Target = $to<T, F>;

            fn deref(&self) -> &$to<T, F> {
                &self.0
            }
        }

        impl<T, F> fmt::Debug for $from<T, F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($from)).finish()
            }
        }
    )+};
}

deref_chain!(Given => Shareable, Shareable => Sendable, Sendable => Local, Local => Consumed);

impl<T, F> fmt::Debug for Consumed<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumed").finish()
    }
}
