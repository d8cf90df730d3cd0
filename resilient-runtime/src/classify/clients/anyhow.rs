//! Stage classify: `anyhow::Error`.

use crate::{Classification, Classify, classify::chain};

/// What the first known error in the chain says, context included.
impl Classify for ::anyhow::Error {
    fn classify(&self) -> Classification {
        chain::classify_chain(self.as_ref())
    }
}
