//! The results of functions for batches.

use super::SharedError;
use crate::{FromRejection, Rejection};

/// The result of a call for a batch: `Result<Vec<R>, E>`.
#[diagnostic::on_unimplemented(
    message = "`split` needs a function that returns `Result<Vec<R>, E>`, not `{Self}`",
    label = "not a `Result<Vec<R>, E>`"
)]
pub trait BatchResult {
    /// The result for one item.
    type Item;
    /// The error of the whole batch.
    type Error;

    /// The result itself.
    ///
    /// # Errors
    /// The error of the batch.
    fn into_batch(self) -> Result<Vec<Self::Item>, Self::Error>;
}

impl<R, E> BatchResult for Result<Vec<R>, E> {
    type Item = R;
    type Error = E;

    fn into_batch(self) -> Self {
        self
    }
}

/// The output of a function for batches: a `Vec<Result<R, E>>`, or a `Result<Vec<R>, E>`.
#[diagnostic::on_unimplemented(
    message = "a function for batches gives `Vec<Result<R, E>>` or `Result<Vec<R>, E>`, not `{Self}`",
    label = "not one result for each item"
)]
pub trait BatchOutput {
    /// The result for one item.
    type Item;
    /// The error for one item.
    type Error;

    /// One result for each of so many items.
    fn into_each(self, items: usize) -> Vec<Result<Self::Item, Self::Error>>;
}

/// Each item has its own error.
impl<R, E: FromRejection> BatchOutput for Vec<Result<R, E>> {
    type Item = R;
    type Error = E;

    fn into_each(self, items: usize) -> Self {
        if self.len() == items {
            return self;
        }
        let results = self.len();
        let wrong = |_| Err(E::from_rejection(Rejection::wrong_count(items, results)));
        (0..items).map(wrong).collect()
    }
}

/// All items share the error.
impl<R, E: FromRejection> BatchOutput for Result<Vec<R>, E> {
    type Item = R;
    type Error = SharedError<E>;

    fn into_each(self, items: usize) -> Vec<Result<R, SharedError<E>>> {
        let error = match self {
            Ok(results) if results.len() == items => return results.into_iter().map(Ok).collect(),
            Ok(results) => E::from_rejection(Rejection::wrong_count(items, results.len())),
            Err(error) => error,
        };
        let error = SharedError::new(error, items, 0);
        (0..items).map(|_| Err(error.clone())).collect()
    }
}
