//! Bulk runs: every item ends once or is given back.

mod concurrency;
mod costs;
mod ends;
mod journal;
mod panics;
mod progress;
mod random;
mod stops;

use resilient_runtime::{Class, Classification, Classify, FromRejection, Rejection};

/// An error of a class.
#[derive(Debug, PartialEq)]
struct Failure(Class);

impl Classify for Failure {
    fn classify(&self) -> Classification {
        Classification::new(self.0)
    }
}

impl FromRejection for Failure {
    fn from_rejection(rejection: Rejection) -> Self {
        Self(rejection.class())
    }
}
