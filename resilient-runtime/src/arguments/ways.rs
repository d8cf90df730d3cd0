//! The ways in which an argument reaches an attempt.

use super::{Argument, CloneForEachAttempt};

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
    pub fn pass_shared<
        // Each attempt needs a clone: derive `Clone` or add the bound, or only borrow it.
        T: CloneForEachAttempt,
    >(
        self,
        value: &T,
    ) -> Argument<T> {
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
