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
    Cloned, Lent, LentExclusively,
    items::{Kept, Taken},
};
use std::{fmt, marker::PhantomData, ops::Deref};

/// An argument of type `T`. `F` are the types of the fields that the body uses as values, or a type
/// that has the bounds of the argument.
pub struct Given<T, F = ()>(Shareable<T, F>);

/// An argument that is not `Clone`.
pub struct Shareable<T, F>(Sendable<T, F>);

/// An argument that is neither `Clone` nor `Sync`: a shared borrow of it is not `Send`, an
/// exclusive one is.
pub struct Sendable<T, F>(Local<T, F>);

/// An argument that no thread is known to share or take over.
pub struct Local<T, F>(Consumed<T, F>);

/// An argument whose fields the body moves, or all of it.
pub struct Consumed<T, F>(PhantomData<fn(&T, &F)>);

/// The traits of a type parameter: implemented for each `T` that has them.
pub trait HasBounds<T> {}

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

impl<T> Given<T> {
    /// The body moves it, so a reference does only if it has the bounds `B` of the argument.
    pub const fn bounded_by<B>(self) -> Given<T, B> {
        Given::new()
    }
}

impl<T: Clone, B> Given<T, B> {
    /// Cloned.
    pub const fn resilient_bounded_way(&self) -> Cloned {
        Cloned
    }
}

impl<T, B: for<'a> HasBounds<&'a T>> Shareable<T, B> {
    /// Lent, and never exclusively: a reader or an iterator would be used up by the first attempt.
    ///
    /// The future stays `Send`: bounds that make an argument `Send` make a reference to it `Send`.
    pub const fn resilient_bounded_way(&self) -> Lent {
        Lent
    }
}

impl<T, B> Consumed<T, B> {
    /// Cloned, which the compiler reports.
    pub const fn resilient_bounded_way(&self) -> Cloned {
        Cloned
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
