//! Stage classify: `eyre::Report`.

use crate::{Classification, Classify, classify::chain};

/// What the first known error in the chain says, context included.
impl Classify for ::eyre::Report {
    fn classify(&self) -> Classification {
        chain::classify_chain(self.as_ref())
    }
}
