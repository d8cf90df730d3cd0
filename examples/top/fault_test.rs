//! The error of the calls of tests.

use resilient_runtime::{Classification, Classify, Rejection};

#[derive(Debug)]
pub(crate) struct Fault(pub(crate) Classification);

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.classification())
    }
}

impl Classify for Fault {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}
