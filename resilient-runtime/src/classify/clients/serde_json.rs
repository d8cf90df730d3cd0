//! The errors of `serde_json`.

use crate::{
    Class, Classification, Classify,
    classify::{chain, io},
};
use std::{error::Error as _, io::ErrorKind};

/// [`Class::Decode`]; if the reader failed, the classification of its `io::Error`.
impl Classify for ::serde_json::Error {
    fn classify(&self) -> Classification {
        // The `io::Error` itself is not public, only its kind and what it holds.
        let by_kind = |kind: ErrorKind| io::by_class(io::class_of(&kind.into()));
        let of_reader = || self.io_error_kind().map(by_kind);
        let held = self.source().and_then(chain::from_chain);
        let classification = held.or_else(of_reader);
        classification
            .unwrap_or_else(|| Classification::new(Class::Decode))
            .message(&chain::text(self))
    }
}
