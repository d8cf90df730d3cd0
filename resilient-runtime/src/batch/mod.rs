//! Calls for many items at once: batches that are halved until they succeed, and batches that are
//! gathered.
//!
//! `#[resilient(split)]` makes a second function, which returns one result for each item: the
//! guide has a page about [batches that split](crate::guide::split), and one about
//! [gathering](crate::guide::batcher).

mod batcher;
mod gathered;
mod halving;
mod meaning;
mod output;
mod shared_error;
mod ticket;

pub use batcher::Batcher;
pub use halving::Halving;
pub use output::{BatchOutput, BatchResult};
pub use shared_error::SharedError;
