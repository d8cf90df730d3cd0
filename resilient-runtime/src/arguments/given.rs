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

use super::{Argument, CloneForEachAttempt};
use std::{fmt, marker::PhantomData, ops::Deref};

/// An argument of type `T`.
pub struct Given<T>(Shareable<T>);

/// An argument that is not `Clone`.
pub struct Shareable<T>(Sendable<T>);

/// An argument that is neither `Clone` nor `Sync`: a shared borrow of it is not `Send`, an
/// exclusive one is.
pub struct Sendable<T>(Local<T>);

/// An argument that no thread can share or take over.
pub struct Local<T>(PhantomData<fn(&T)>);

impl<T> Given<T> {
    /// The type of this argument.
    pub const fn of(_: &T) -> Self {
        Self(Shareable(Sendable(Local(PhantomData))))
    }
}

impl<T: Clone> Given<T> {
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

impl<T: Sync> Shareable<T> {
    /// Lent.
    pub const fn resilient_way(&self) -> Lent {
        Lent
    }
}

impl<T> Shareable<T> {
    /// Lent, where parallel runs share the argument, or the attribute borrows it.
    pub const fn resilient_shared_way(&self) -> Lent {
        Lent
    }

    /// Lent exclusively, since the body calls it as an `FnMut`.
    pub const fn resilient_exclusive_way(&self) -> LentExclusively {
        LentExclusively
    }
}

impl<T: Send> Sendable<T> {
    /// Lent exclusively, so that the future stays `Send`.
    pub const fn resilient_way(&self) -> LentExclusively {
        LentExclusively
    }
}

impl<T> Local<T> {
    /// Lent.
    pub const fn resilient_way(&self) -> Lent {
        Lent
    }
}

/// Each attempt has a clone.
#[derive(Debug)]
pub struct Cloned;

impl Cloned {
    /// The value for the next attempt.
    pub fn pass<T: CloneForEachAttempt>(self, value: &mut T) -> Argument<T> {
        Argument::clone_of(value)
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
}

macro_rules! line {
    ($($from:ident => $to:ident),+) => {$(
        impl<T> Deref for $from<T> {
            type Target = $to<T>;

            fn deref(&self) -> &$to<T> {
                &self.0
            }
        }

        impl<T> fmt::Debug for $from<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($from)).finish()
            }
        }
    )+};
}

line!(Given => Shareable, Shareable => Sendable, Sendable => Local);

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish()
    }
}
