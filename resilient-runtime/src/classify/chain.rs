//! Classification of type-erased errors, by the first known error in the chain of sources.

use crate::{
    Class, Classification, Classify, History, Rejection,
    classify::{io as by_kind, register, walk},
};
use std::{error::Error, io, sync::Arc};

pub(super) use crate::classify::walk::{chain, text};

macro_rules! erased {
    ($($error:ty),+) => {$(
        /// The history is attached to an error of a known type that can hold it.
        impl Classify for $error {
            fn classify(&self) -> Classification {
                classify_chain(self)
            }

            fn attach(&mut self, history: History) {
                attach(self, &history);
            }
        }
    )+};
}

erased!(dyn Error + Send + Sync, dyn Error + Send, dyn Error);

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
    from_chain(error).unwrap_or_else(|| Classification::new(Class::Unknown).message(&text(error)))
}

/// The classification of the first known error in the chain.
///
/// An `io::Error` is known by its kind only, so it must not hide an error below it.
pub(super) fn from_chain(error: &(dyn Error + 'static)) -> Option<Classification> {
    let walk = walk::Walk::enter();
    let mut by_io: Option<&io::Error> = None;
    let mut next = Some(error);
    while let Some(error) = next {
        if !walk.may_follow() {
            let class = by_io.map_or(Class::Unknown, by_kind::class_of);
            return Some(by_kind::by_class(class).message(walk::TOO_LONG));
        }
        if let Some(classification) = known(error) {
            return Some(classification);
        }
        if let Some(error) = walk::as_a::<io::Error>(error) {
            // The innermost one that tells something.
            if by_io.is_none() || by_kind::class_of(error) != Class::Unknown {
                by_io = Some(error);
            }
        }
        next = walk::below(error);
    }
    by_io.map(by_kind::by_kind)
}

/// The innermost message.
#[allow(dead_code, reason = "for clients, each of which is a feature")]
pub(super) fn cause(error: &(dyn Error + 'static)) -> String {
    if walk::is_too_long(error) {
        return walk::TOO_LONG.to_owned();
    }
    chain(error).last().map_or_else(String::new, text)
}

/// Attaches the history to an error of a known type that can hold it.
fn attach(error: &mut (dyn Error + 'static), history: &History) {
    #[cfg(feature = "http")]
    if let Some(error) = error.downcast_mut::<crate::ApiError>() {
        return error.attach(history.clone());
    }
    register::attach(error, history);
}

/// The classification of one error, if its type is known.
fn known(error: &(dyn Error + 'static)) -> Option<Classification> {
    if let Some(rejection) = walk::as_a::<Rejection>(error) {
        return Some(rejection.classification());
    }
    if let Some(classification) = register::known(error) {
        return Some(classification);
    }
    // A feature is named with its version: the plain name is only an alias.
    macro_rules! known {
        ($($feature:literal: $error:ty,)+) => {$(
            #[cfg(feature = $feature)]
            if let Some(error) = walk::as_a::<$error>(error) {
                return Some(Classify::classify(error));
            }
        )+};
    }
    known! {
        "http": crate::ApiError,
        "tower": crate::ServiceError,
        "serde_json": ::serde_json::Error,
        "reqwest-013": ::reqwest::Error,
        "reqwest-012": ::reqwest_012::Error,
        "reqwest-middleware-05": ::reqwest_middleware::Error,
        "reqwest-middleware-04": ::reqwest_middleware_04::Error,
        "async-openai-043": ::async_openai::error::OpenAIError,
        "tonic-014": ::tonic::Status,
        "tonic-014": ::tonic::ConnectError,
        "tonic-014": ::tonic::TimeoutExpired,
        "octocrab-054": ::octocrab::Error,
        "tokio-postgres-07": ::tokio_postgres::Error,
        "sqlx-09": ::sqlx::Error,
        "redis": ::redis::RedisError,
        "ureq": ::ureq::Error,
        "aws": ::aws_smithy_runtime_api::client::result::ConnectorError,
        "hyper-util-01": ::hyper_util::client::legacy::Error,
        "hyper": ::hyper::Error,
    }
    walk::as_a::<tokio::time::error::Elapsed>(error).map(Classify::classify)
}
