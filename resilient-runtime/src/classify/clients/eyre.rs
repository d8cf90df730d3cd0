//! Errors of type `eyre::Report`.

use crate::{Classification, Classify, classify::chain};

/// The classification of the first known error in the chain, context included.
impl Classify for ::eyre::Report {
    fn classify(&self) -> Classification {
        chain::classify_chain(self.as_ref())
    }
}
