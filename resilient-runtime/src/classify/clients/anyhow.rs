//! Errors of type `anyhow::Error`.

use crate::{Classification, Classify, classify::chain};

/// The classification of the first known error in the chain, context included.
impl Classify for ::anyhow::Error {
    fn classify(&self) -> Classification {
        chain::classify_chain(self.as_ref())
    }
}
