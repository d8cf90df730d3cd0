//! An error of a busy server.

use resilient_runtime::{Class, Classification, Classify};
use std::{error::Error, fmt};

#[derive(Debug)]
pub(crate) struct Busy(pub(crate) Class);

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("busy")
    }
}

impl Error for Busy {}

impl Classify for Busy {
    fn classify(&self) -> Classification {
        Classification::new(self.0)
    }
}
