//! Calls for many items at once: batches that are halved until they succeed.
//!
//! `#[resilient(split)]` makes a second function, which returns one result for each item: the
//! [guide](crate::guide::split) has a page about it.

mod halving;
mod meaning;
mod output;
mod shared_error;

pub use halving::Halving;
pub use output::BatchResult;
pub use shared_error::SharedError;
