//! The results of functions for batches.

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
