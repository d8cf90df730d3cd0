//! Errors of type `anyhow::Error`.

use crate::{
    Classification, Classify, History,
    classify::{chain, erased_history::Attach as _},
};

/// The classification of the first known error in the chain, context included. The history of a
/// call is attached as a further context; [`ErasedHistory`](crate::ErasedHistory) reads it.
impl Classify for ::anyhow::Error {
    fn classify(&self) -> Classification {
        chain::classify_chain(self.as_ref())
    }

    fn attach(&mut self, history: History) {
        self.attach_history(history);
    }
}
