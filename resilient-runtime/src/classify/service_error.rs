//! [`ServiceError`]: the error of a resilient `tower` service.

use crate::{Class, Classification, Classify, History, Rejection, Retryable, failure::Report};
use std::{error::Error, fmt};

type BoxError = Box<dyn Error + Send + Sync>;

/// A failed call of a [`ResilientService`](crate::ResilientService): the error of the service
/// inside or a [`Rejection`], with the attempts that led there.
///
/// The error of the service is the [`source`](Error::source), unchanged, so that code that looks
/// for its type along the sources finds it. It is classified by the first known error there.
///
/// `Display` and `Debug` show the classification, whose texts are redacted, and never the error's
/// own text, which may hold a URL with a key. `{:#}` is a report with every attempt.
///
/// With the feature `tonic` it converts to `tonic::Status`, and with `async-openai` to
/// `OpenAIError`: to the error of the service if it is one, and else to one that holds the
/// failure.
pub struct ServiceError(Cause);

enum Cause {
    Service(Box<Failed>),
    Rejected(Rejection),
}

struct Failed {
    error: BoxError,
    /// By a function of the user's.
    judged: Option<Classification>,
    history: History,
}

impl ServiceError {
    /// The error of the service, with the judgement of the user's function.
    pub(crate) fn new(error: BoxError, judged: Option<Classification>) -> Self {
        Self(Cause::Service(Box::new(Failed {
            error,
            judged,
            history: History::default(),
        })))
    }

    /// Of an attempt that has no copy of the request left.
    pub(crate) fn unrepeatable() -> Self {
        let text = "the request cannot be sent again";
        let judged = Classification::new(Class::InvalidRequest)
            .message(text)
            .retryable(Retryable::Forbidden);
        Self::new(text.into(), Some(judged))
    }

    /// The error of the service, unless the call was rejected.
    pub fn error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &self.0 {
            Cause::Service(failed) => Some(&*failed.error),
            Cause::Rejected(_) => None,
        }
    }

    /// The error of the service, by value.
    ///
    /// # Errors
    /// The rejection, if the call was rejected.
    pub fn into_error(self) -> Result<Box<dyn Error + Send + Sync>, Rejection> {
        match self.0 {
            Cause::Service(failed) => Ok(failed.error),
            Cause::Rejected(rejection) => Err(rejection),
        }
    }

    /// The rejection, if the call was rejected.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.0 {
            Cause::Service(_) => None,
            Cause::Rejected(rejection) => Some(rejection),
        }
    }

    /// The failed attempts of the call.
    pub fn history(&self) -> &History {
        match &self.0 {
            Cause::Service(failed) => &failed.history,
            Cause::Rejected(rejection) => rejection.history(),
        }
    }
}

impl From<Rejection> for ServiceError {
    fn from(rejection: Rejection) -> Self {
        Self(Cause::Rejected(rejection))
    }
}

impl Classify for ServiceError {
    fn classify(&self) -> Classification {
        match &self.0 {
            Cause::Service(failed) => {
                let judged = failed.judged.clone();
                let failure = judged.unwrap_or_else(|| failed.error.classify());
                let retried = failure.retried || failed.history.is_used_up();
                failure.retried(retried)
            }
            Cause::Rejected(rejection) => rejection.classification(),
        }
    }

    fn attach(&mut self, history: History) {
        match &mut self.0 {
            Cause::Service(failed) => {
                failed.error.attach(history.clone());
                failed.history = history;
            }
            Cause::Rejected(rejection) => rejection.attach(history),
        }
    }
}

/// The failure, the number of attempts, and advice; with `{:#}` one line per attempt.
impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = Report {
            failure: &self.classify(),
            history: self.history(),
            incident: None,
            request: None,
        };
        report.fmt(f)
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("failure", &self.classify())
            .field("history", self.history())
            .finish()
    }
}

impl Error for ServiceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Cause::Service(failed) => Some(&*failed.error),
            Cause::Rejected(rejection) => Some(rejection),
        }
    }
}

#[cfg(feature = "tonic-014")]
impl From<ServiceError> for ::tonic::Status {
    fn from(error: ServiceError) -> Self {
        match error.0 {
            Cause::Service(_) => Self::from_error(Box::new(error)),
            Cause::Rejected(rejection) => crate::FromRejection::from_rejection(rejection),
        }
    }
}

#[cfg(feature = "async-openai-043")]
impl From<ServiceError> for ::async_openai::error::OpenAIError {
    fn from(error: ServiceError) -> Self {
        match error.0 {
            Cause::Service(failed) => match failed.error.downcast::<Self>() {
                Ok(own) => *own,
                Err(error) => Self::Boxed(error),
            },
            Cause::Rejected(rejection) => Self::Boxed(Box::new(rejection)),
        }
    }
}
