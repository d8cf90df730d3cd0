//! Stage classify: `anyhow::Error`.

use super::{Classification, Classify, boxed};

/// What the first known error in the chain says, context included.
impl Classify for ::anyhow::Error {
    fn classify(&self) -> Classification {
        boxed::classify_chain(self.as_ref())
    }
}
