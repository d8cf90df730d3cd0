//! Stage classify: errors whose type is erased. Takes a chain of sources, gives what the first known error
//! in it says.

use super::{Classification, Classify};
use crate::{Class, Rejection};
use std::{error::Error, io};

/// How deep a chain of sources is followed. A longer one is a cycle or no diagnosis.
const DEPTH: usize = 32;

impl Classify for Box<dyn Error + Send + Sync> {
    fn classify(&self) -> Classification {
        classify_chain(&**self)
    }
}

impl Classify for Box<dyn Error + Send> {
    fn classify(&self) -> Classification {
        classify_chain(&**self)
    }
}

impl Classify for Box<dyn Error> {
    fn classify(&self) -> Classification {
        classify_chain(&**self)
    }
}

/// What the first known error in the chain says; [`Class::Unknown`] with the outermost message if there is
/// none.
pub(super) fn classify_chain(error: &(dyn Error + 'static)) -> Classification {
    from_chain(error)
        .unwrap_or_else(|| Classification::new(Class::Unknown).message(&error.to_string()))
}

/// What the first known error in the chain says.
pub(super) fn from_chain(error: &(dyn Error + 'static)) -> Option<Classification> {
    chain(error).find_map(known)
}

/// The error and its sources, from the outside in.
pub(super) fn chain<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source()).take(DEPTH)
}

/// What one error says, if its type is known.
fn known(error: &(dyn Error + 'static)) -> Option<Classification> {
    if let Some(rejection) = error.downcast_ref::<Rejection>() {
        return Some(rejection.classification());
    }
    #[cfg(feature = "http")]
    if let Some(error) = error.downcast_ref::<crate::ApiError>() {
        return Some(error.classify());
    }
    #[cfg(feature = "reqwest")]
    if let Some(error) = error.downcast_ref::<::reqwest::Error>() {
        return Some(error.classify());
    }
    if let Some(error) = error.downcast_ref::<tokio::time::error::Elapsed>() {
        return Some(error.classify());
    }
    // An `io::Error` that is known only by its kind must not hide what it wraps, so it looks inside itself.
    error.downcast_ref::<io::Error>().map(Classify::classify)
}
