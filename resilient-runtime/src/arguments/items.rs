//! An `impl IntoIterator` as an argument. Its items are kept for all attempts: as attempts take
//! them, or all at once where its iterator cannot wait for an attempt.

#![expect(
    clippy::unused_self,
    reason = "the receiver is what method lookup goes by"
)]

use super::{
    Argument, Cloned, Given, Lent,
    replayed::{Replayed, replayed},
};
use std::{slice, vec};

/// An item of an iterator that is kept for all attempts. Implemented for every `Clone`.
#[diagnostic::on_unimplemented(
    message = "the items of this iterator, of type `{Self}`, are not `Clone`, so they cannot be given to more than one attempt",
    label = "needs items that are `Clone`",
    note = "the items of an iterator are kept, and cloned for each attempt: let the items be `Clone`, or take a slice"
)]
pub trait CloneItemForEachAttempt: Sized {
    /// One item for one attempt.
    fn clone_item(&self) -> Self;
    /// The items for one attempt.
    fn clone_items(items: &[Self]) -> Vec<Self>;
}

impl<T: Clone> CloneItemForEachAttempt for T {
    fn clone_item(&self) -> T {
        self.clone()
    }

    fn clone_items(items: &[T]) -> Vec<T> {
        items.to_vec()
    }
}

/// The items of an `impl IntoIterator`.
pub fn collected<I: IntoIterator>(items: I) -> Vec<I::Item> {
    items.into_iter().collect()
}

impl<T> Given<T> {
    /// The type of these items.
    pub const fn of_items(_: &[T]) -> Self {
        Self::new()
    }
}

impl Cloned {
    /// The collected items for the next attempt.
    pub fn pass_items<T: CloneItemForEachAttempt>(self, items: &[T]) -> Argument<Vec<T>> {
        Argument(T::clone_items(items))
    }
}

impl Lent {
    /// The collected items for the next attempt.
    pub const fn pass_items<T>(self, items: &[T]) -> Argument<&[T]> {
        Argument(items)
    }
}

impl<T> Argument<Vec<T>> {
    /// The items of an `impl IntoIterator`. The body sees no more than that.
    pub fn into_items(self) -> impl IntoIterator<Item = T, IntoIter = vec::IntoIter<T>> {
        self.0
    }
}

impl<'a, T> Argument<&'a [T]> {
    /// The items of an `impl IntoIterator`, lent.
    pub fn into_items(self) -> impl IntoIterator<Item = &'a T, IntoIter = slice::Iter<'a, T>> {
        self.0
    }
}

/// The iterator of the argument is kept.
#[derive(Debug)]
pub struct Kept;

/// The iterator of the argument would cost the future its `Send`, so all items are taken from it.
#[derive(Debug)]
pub struct Taken;

impl Kept {
    /// The iterator for all attempts.
    pub fn keep<
        // Items are kept and cloned for each attempt: let them be `Clone`, or take a slice.
        T: CloneItemForEachAttempt,
        I: IntoIterator<Item = T>,
    >(
        self,
        items: I,
    ) -> Replayed<I::IntoIter> {
        replayed(items.into_iter())
    }

    /// The iterator for all attempts.
    pub fn keep_option<
        // Items are kept and cloned for each attempt: let them be `Clone`, or take a slice.
        T: CloneItemForEachAttempt,
        I: IntoIterator<Item = T>,
    >(
        self,
        items: Option<I>,
    ) -> Option<Replayed<I::IntoIter>> {
        items.map(|items| self.keep(items))
    }
}

impl Taken {
    /// The iterator for all attempts.
    pub fn keep<
        // Items are kept and cloned for each attempt: let them be `Clone`, or take a slice.
        T: CloneItemForEachAttempt,
        I: IntoIterator<Item = T>,
    >(
        self,
        items: I,
    ) -> Replayed<vec::IntoIter<T>> {
        replayed(collected(items).into_iter())
    }

    /// The iterator for all attempts.
    pub fn keep_option<
        // Items are kept and cloned for each attempt: let them be `Clone`, or take a slice.
        T: CloneItemForEachAttempt,
        I: IntoIterator<Item = T>,
    >(
        self,
        items: Option<I>,
    ) -> Option<Replayed<vec::IntoIter<T>>> {
        items.map(|items| self.keep(items))
    }
}
