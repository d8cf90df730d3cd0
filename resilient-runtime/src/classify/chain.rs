//! Classification of type-erased errors, by the first known error in the chain of sources.

use crate::{Class, Classification, Classify, History, Rejection, classify::register};
use std::{error::Error, io, sync::Arc};

/// The maximum depth of a chain of sources. A longer one is a cycle or useless.
const DEPTH: usize = 32;

impl Classify for dyn Error + Send + Sync {
    fn classify(&self) -> Classification {
        classify_chain(self)
    }
}

impl Classify for dyn Error + Send {
    fn classify(&self) -> Classification {
        classify_chain(self)
    }
}

impl Classify for dyn Error {
    fn classify(&self) -> Classification {
        classify_chain(self)
    }
}

impl<E: Classify + ?Sized> Classify for Box<E> {
    fn classify(&self) -> Classification {
        (**self).classify()
    }

    fn attach(&mut self, history: History) {
        (**self).attach(history);
    }
}

/// The history is attached only if the error is not shared.
impl<E: Classify + ?Sized> Classify for Arc<E> {
    fn classify(&self) -> Classification {
        (**self).classify()
    }

    fn attach(&mut self, history: History) {
        if let Some(error) = Self::get_mut(self) {
            error.attach(history);
        }
    }
}

/// The classification of the first known error in the chain; without one, [`Class::Unknown`] with
/// the outermost message.
pub(super) fn classify_chain(error: &(dyn Error + 'static)) -> Classification {
    from_chain(error)
        .unwrap_or_else(|| Classification::new(Class::Unknown).message(&error.to_string()))
}

/// The classification of the first known error in the chain.
pub(super) fn from_chain(error: &(dyn Error + 'static)) -> Option<Classification> {
    chain(error).find_map(known)
}

/// The error and its sources, from the outside in.
pub(super) fn chain<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source()).take(DEPTH)
}

/// The innermost message.
#[cfg(any(
    feature = "aws",
    feature = "hyper",
    feature = "reqwest-013",
    feature = "reqwest-012"
))]
pub(super) fn cause(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

/// The classification of one error, if its type is known.
fn known(error: &(dyn Error + 'static)) -> Option<Classification> {
    if let Some(rejection) = error.downcast_ref::<Rejection>() {
        return Some(rejection.classification());
    }
    if let Some(classification) = register::known(error) {
        return Some(classification);
    }
    // Some clients share their causes; the chain then contains the shared pointer instead of its
    // target.
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return from_chain(&**shared);
    }
    macro_rules! known {
        ($($feature:literal: $error:ty,)+) => {$(
            #[cfg(feature = $feature)]
            if let Some(error) = error.downcast_ref::<$error>() {
                return Some(error.classify());
            }
        )+};
    }
    known! {
        "http": crate::ApiError,
        "reqwest": ::reqwest::Error,
        "reqwest-012": ::reqwest_012::Error,
        "async-openai": ::async_openai::error::OpenAIError,
        "tonic": ::tonic::Status,
        "octocrab": ::octocrab::Error,
        "tokio-postgres": ::tokio_postgres::Error,
        "sqlx": ::sqlx::Error,
        "redis": ::redis::RedisError,
        "ureq": ::ureq::Error,
        "aws": ::aws_smithy_runtime_api::client::result::ConnectorError,
        "hyper-util": ::hyper_util::client::legacy::Error,
        "hyper": ::hyper::Error,
    }
    if let Some(error) = error.downcast_ref::<tokio::time::error::Elapsed>() {
        return Some(error.classify());
    }
    // An `io::Error` known only by its kind must not hide the error it wraps, so its classification
    // looks inside.
    error.downcast_ref::<io::Error>().map(Classify::classify)
}
