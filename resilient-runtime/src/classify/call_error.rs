//! [`CallError`]: a ready-made error type for functions that return a foreign error.

use crate::{Classification, Classify, History, Rejection, failure::Report};
use std::{error::Error, fmt};

/// A failed call: the error of its body or a [`Rejection`], with the attempts that led there.
///
/// It makes a foreign error type usable with `#[resilient]`: `?` converts the error.
///
/// ```
/// use resilient_runtime::{CallError, resilient};
///
/// #[resilient(attempts = 3, timeout = "2s")]
/// async fn read(path: &str) -> Result<String, CallError<std::io::Error>> {
///     Ok(tokio::fs::read_to_string(path).await?)
/// }
/// # mod tokio { pub mod fs { pub async fn read_to_string(_: &str) -> std::io::Result<String> {
/// #     Err(std::io::ErrorKind::NotFound.into())
/// # } } }
/// ```
///
/// `Display` and `Debug` show the classification, whose texts are redacted, and never the error's
/// own text, which may hold a URL with a key. The error itself is at [`error`](Self::error) and at
/// [`source`](Error::source).
pub struct CallError<E>(Cause<E>);

enum Cause<E> {
    Body(E, Box<History>),
    Rejected(Rejection),
}

impl<E> CallError<E> {
    /// The error of the body, unless the call was rejected.
    pub fn error(&self) -> Option<&E> {
        match &self.0 {
            Cause::Body(error, _) => Some(error),
            Cause::Rejected(_) => None,
        }
    }

    /// The error of the body, by value.
    ///
    /// # Errors
    /// The rejection, if the call was rejected.
    pub fn into_error(self) -> Result<E, Rejection> {
        match self.0 {
            Cause::Body(error, _) => Ok(error),
            Cause::Rejected(rejection) => Err(rejection),
        }
    }

    /// The rejection, if the call was rejected.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.0 {
            Cause::Body(..) => None,
            Cause::Rejected(rejection) => Some(rejection),
        }
    }

    /// The failed attempts of the call; empty before the call has given up.
    pub fn history(&self) -> &History {
        match &self.0 {
            Cause::Body(_, history) => history,
            Cause::Rejected(rejection) => rejection.history(),
        }
    }
}

impl<E: Classify> From<E> for CallError<E> {
    fn from(error: E) -> Self {
        Self(Cause::Body(error, Box::default()))
    }
}

impl<E> From<Rejection> for CallError<E> {
    fn from(rejection: Rejection) -> Self {
        Self(Cause::Rejected(rejection))
    }
}

impl<E: Classify> Classify for CallError<E> {
    fn classify(&self) -> Classification {
        match &self.0 {
            Cause::Body(error, history) => {
                let failure = error.classify();
                let retried = failure.retried || history.is_used_up();
                failure.retried(retried)
            }
            Cause::Rejected(rejection) => rejection.classification(),
        }
    }

    fn attach(&mut self, history: History) {
        match &mut self.0 {
            Cause::Body(error, own) => {
                error.attach(history.clone());
                **own = history;
            }
            Cause::Rejected(rejection) => rejection.attach(history),
        }
    }
}

/// The failure, the number of attempts, and advice; with `{:#}` one line per attempt.
impl<E: Classify> fmt::Display for CallError<E> {
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

impl<E: Classify> fmt::Debug for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("failure", &self.classify())
            .field("history", self.history())
            .finish()
    }
}

impl<E: Classify + Error + 'static> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Cause::Body(error, _) => Some(error),
            Cause::Rejected(rejection) => Some(rejection),
        }
    }
}
