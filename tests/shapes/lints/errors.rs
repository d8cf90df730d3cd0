//! Error types under the same lints: the code of the derive triggers none.

use core::{fmt::Display, time::Duration};
use resilient_runtime::{Classify, Rejection};
use std::io;

/// Every word.
#[derive(Debug, Classify)]
#[non_exhaustive]
pub enum Failure<T, M: Display = String> {
    /// A class with details.
    #[classify(rate_limited, retry_after = wait, request_id = id, message = text)]
    Busy {
        /// A wait.
        wait: Option<Duration>,
        /// A name.
        id: u64,
        /// A text.
        text: M,
    },
    /// A status.
    #[classify(status = 0, code = 1)]
    Status(u16, Option<Box<str>>),
    /// An error of a known type.
    #[classify(delegate)]
    Io(io::Error),
    /// An error of any type.
    #[classify(delegate = source, code = code)]
    Source {
        /// An error.
        source: T,
        /// A code.
        code: i32,
    },
    /// A rejection.
    #[classify(rejection)]
    Rejected(Rejection),
    /// A deprecated variant.
    #[deprecated]
    #[classify(unknown)]
    Old,
}

/// An error that is only forwarded.
#[derive(Debug, Classify)]
#[classify(delegate)]
#[non_exhaustive]
pub struct Wrapper<T> {
    /// The error.
    pub source: T,
}

/// An error that never happens.
#[derive(Debug, Classify)]
#[non_exhaustive]
pub enum Never {}
