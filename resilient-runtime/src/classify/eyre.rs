//! Stage classify: `eyre::Report`.

use super::{Classification, Classify, boxed};

/// What the first known error in the chain says, context included.
impl Classify for ::eyre::Report {
    fn classify(&self) -> Classification {
        boxed::classify_chain(self.as_ref())
    }
}
