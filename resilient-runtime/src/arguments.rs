//! The arguments of a call: cloned for each attempt, and passed to a fallback.
//!
//! Compiler messages show the paths of these traits, so they are named for readers of messages.

mod given;
mod items;
mod replayed;
mod ways;

pub use given::{Given, HasBounds};
pub use items::{CloneItemForEachAttempt, collected};
pub use replayed::{Replayed, replay, replay_items};
pub use ways::{Cloned, Lent, LentExclusively};

/// An argument that the body owns. Implemented for every `Clone`.
#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` is not `Clone`, so it cannot be given to more than one attempt",
    label = "needs `Clone`",
    note = "the body seems to move it: derive `Clone` for it (for a type parameter, add the bound `Clone`), or take it by reference or in an `Arc`; if the body only borrows it, write `&` there, or name it in `by_ref(..)`"
)]
pub trait CloneForEachAttempt {
    /// The value for one attempt.
    fn clone_for_attempt(&self) -> Self;
}

impl<T: Clone> CloneForEachAttempt for T {
    fn clone_for_attempt(&self) -> Self {
        self.clone()
    }
}

/// A `mut` argument. Implemented for every `Clone`.
#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` is not `Clone`, so a `mut` argument of it cannot start anew in a second attempt",
    label = "needs `Clone`",
    note = "an attempt does not see the changes of the one before it: derive `Clone` (for a type parameter, add the bound `Clone`); to keep the changes, take a `&mut`, or name it in `by_ref(..)`"
)]
pub trait CloneMutForEachAttempt: Sized {
    /// The value for one attempt.
    fn clone_mut(&self) -> Self;
}

impl<T: Clone> CloneMutForEachAttempt for T {
    fn clone_mut(&self) -> Self {
        self.clone()
    }
}

/// An argument that is a response. Implemented for every `Clone`.
#[diagnostic::on_unimplemented(
    message = "the first attempt uses up this `{Self}`, which is not `Clone`, so the function cannot be repeated",
    label = "used up by the first attempt",
    note = "put `#[resilient]` on the function that makes the request, or take what was read from the response; if the body only borrows it, name it in `by_ref(..)`"
)]
pub trait CloneResponseForEachAttempt: Sized {
    /// The value for one attempt.
    fn clone_response(&self) -> Self;
}

impl<T: Clone> CloneResponseForEachAttempt for T {
    fn clone_response(&self) -> Self {
        self.clone()
    }
}

/// An argument that is `TryInto`. Implemented for every `Clone`.
#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` is not `Clone`, so a second attempt cannot convert it",
    label = "needs `Clone`",
    note = "each attempt converts it, since the body handles the error: add the bound `Clone`, or take the target of `TryInto`, so that the caller converts it; an `impl Into` needs no `Clone`"
)]
pub trait CloneUnconvertedForEachAttempt: Sized {
    /// The value for one attempt.
    fn clone_unconverted(&self) -> Self;
}

impl<T: Clone> CloneUnconvertedForEachAttempt for T {
    fn clone_unconverted(&self) -> Self {
        self.clone()
    }
}

/// An argument's value for one attempt. It is not `Copy`, so an async block that uses it owns it,
/// which keeps the block `Send` for values that are `Send` and not `Sync`.
#[derive(Debug)]
pub struct Argument<T>(T);

// The compiler shows the line between a bound and its function, also where it reports a part of the
// type in its own words.
impl<T: CloneForEachAttempt> Argument<T> {
    /// Each attempt needs a clone: derive `Clone` or add the bound, or only borrow it.
    pub fn clone_of(value: &T) -> Self {
        Self(value.clone_for_attempt())
    }
}

impl<T: CloneMutForEachAttempt> Argument<T> {
    /// Each attempt starts with a clone: derive `Clone` or add the bound, or take a `&mut`.
    pub fn clone_of_mut(value: &T) -> Self {
        Self(value.clone_mut())
    }
}

impl<T: CloneResponseForEachAttempt> Argument<T> {
    /// An attempt uses it up: put `#[resilient]` on the function that makes the request.
    pub fn clone_of_response(value: &T) -> Self {
        Self(value.clone_response())
    }
}

impl<T: CloneUnconvertedForEachAttempt> Argument<T> {
    /// The value for the next attempt.
    pub fn clone_of_unconverted(value: &T) -> Self {
        Self(value.clone_unconverted())
    }
}

impl<T> Argument<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// An `impl Into<T>`, converted once. The body sees no more than that, so that its calls of `into`
/// are inferred as they were.
pub fn converted<T>(value: T) -> impl Into<T> {
    value
}

/// An argument of `by_ref` that the body moves. Implemented for every `Copy`, whose moves are
/// copies.
#[diagnostic::on_unimplemented(
    message = "the body moves this argument of type `{Self}`, which `by_ref` only lends to it",
    label = "moved here, and the next attempt needs it again",
    note = "borrow it here (`&`) or clone it, or remove it from `by_ref`: each attempt then has a clone of its own, or a reference where the type is not `Clone`"
)]
pub trait MovedByTheBody {}

impl<T: Copy> MovedByTheBody for T {}

/// Does nothing.
pub const fn moved_by_the_body<T: MovedByTheBody>(_: &T) {}

/// A function with the parameters of a fallback. `Arguments` is a tuple of `PARAMETERS` types.
#[diagnostic::on_unimplemented(
    message = "a fallback takes the arguments, then the error by value; number of parameters expected here: {PARAMETERS}",
    label = "not a function with the parameters of a fallback"
)]
pub trait FallbackFunction<const PARAMETERS: usize, Arguments, Fit> {
    /// The function itself, so that the compiler checks and converts the arguments of the call.
    type Function;
    /// The function itself.
    fn function(self) -> Self::Function;
}

/// The function takes this number of arguments.
#[derive(Debug)]
pub enum Fitting {}

/// See [`Nothing`].
#[derive(Debug)]
pub enum Unfitting {}

/// Implemented for no type. The implementation for it makes the compiler choose between two, so it
/// tries the number of parameters first. With a single implementation it would report a wrong
/// number a second time, at the call.
pub trait Nothing {}

#[diagnostic::do_not_recommend]
impl<const PARAMETERS: usize, F: Nothing, Arguments>
    FallbackFunction<PARAMETERS, Arguments, Unfitting> for F
{
    type Function = F;

    fn function(self) -> F {
        self
    }
}

macro_rules! fallback_functions {
    ($($parameters:literal: $($name:ident)*,)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<F, R, $($name),*> FallbackFunction<$parameters, ($($name,)*), Fitting> for F
            where
                F: FnOnce($($name),*) -> R,
            {
                type Function = F;

                fn function(self) -> F {
                    self
                }
            }
        )*
    };
}

fallback_functions! {
    1: A,
    2: A B,
    3: A B C,
    4: A B C D,
    5: A B C D E,
    6: A B C D E G,
    7: A B C D E G H,
    8: A B C D E G H I,
    9: A B C D E G H I J,
    10: A B C D E G H I J K,
    11: A B C D E G H I J K L,
    12: A B C D E G H I J K L M,
}

/// The function of `fallback = path`, checked for its number of parameters.
pub fn fallback_function<const PARAMETERS: usize, Arguments, Fit, F>(function: F) -> F::Function
where
    F: FallbackFunction<PARAMETERS, Arguments, Fit>,
{
    function.function()
}
