//! Stage classify: takes what an attempt returned, gives a [`Classification`].

mod boxed;
pub(crate) mod field;
mod hint;
mod io;
mod limits;
mod redact;
mod register;

#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "async-openai")]
mod async_openai;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "backoff")]
mod backoff;
#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "hyper-util")]
mod hyper_util;
#[cfg(feature = "octocrab")]
mod octocrab;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "reqwest", feature = "reqwest-012"))]
mod reqwest;
#[cfg(feature = "tonic")]
mod rpc;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod sqlstate;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "ureq")]
mod ureq;

pub use hint::{ServerWait, WaitOrigin};
pub use limits::{Limits, Quota};
pub use redact::Redacted;
#[cfg(feature = "http")]
pub(crate) use redact::start;
pub use register::register;

use crate::{Class, History};

/// Tells what kind of failure an error is.
///
/// ```
/// use resilient_runtime::{Class, Classification, Classify, Rejection};
///
/// enum ApiError {
///     Status(u16),
///     Rejected(Rejection),
/// }
///
/// impl Classify for ApiError {
///     fn classify(&self) -> Classification {
///         match self {
///             Self::Status(status) => Classification::of_status(*status),
///             Self::Rejected(rejection) => rejection.classification(),
///         }
///     }
/// }
///
/// impl From<Rejection> for ApiError {
///     fn from(rejection: Rejection) -> Self {
///         Self::Rejected(rejection)
///     }
/// }
///
/// assert_eq!(ApiError::Status(503).classify().class, Class::Overloaded);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Classify`, so resilient cannot tell which of its failures are transient",
    label = "on a type of your own: `#[derive(Classify)]`",
    note = "for `anyhow::Error`, `reqwest::Error` and the errors of other clients: enable the feature of `resilient-runtime` with the name of the crate, such as `anyhow`",
    note = "for an error type of your own: `#[derive(Classify)]`, with a class above each variant, such as `#[classify(rate_limited)]`",
    note = "for any other type: name a function with `classify = …`, or wrap it in an error type of your own"
)]
pub trait Classify {
    /// What kind of failure this is, and what the server said about a retry.
    fn classify(&self) -> Classification;

    /// Takes the attempts of the call that gives up with this error, for types that have room for it.
    /// Called once, by the call. Does nothing by default.
    fn attach(&mut self, history: History) {
        let _ = history;
    }
}

/// Whether a retry can help, in the words of the failure itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retryable {
    /// It can, although the class may say otherwise.
    Yes,
    /// It cannot, although the class may say otherwise.
    No,
    /// The server forbids it: no rule of a policy overrides that.
    Forbidden,
}

/// Whether the server may have acted on the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Processed {
    /// Surely not: it was not sent, or the server refused it before it did anything.
    No,
    /// Nobody knows.
    Maybe,
    /// Surely.
    Yes,
}

/// What is known about a failed attempt: its class, what the server said about a retry, and what helps to
/// find the cause.
///
/// Made of an answer of any client by `from_answer`, where the body is not to be touched by `from_response`, of a
/// status alone by [`of_status`](Self::of_status); the errors of clients give theirs by [`Classify`], with the feature
/// of that client. For reqwest, 0.13 and 0.12 (`reqwest-012`), there is `send_checked`, which loses nothing of the
/// answer.
///
/// Fields are read directly and set by the methods of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Classification {
    /// The kind of failure.
    pub class: Class,
    /// Whether a retry can help; none leaves it to the class.
    pub retryable: Option<Retryable>,
    /// The wait that the server asked for.
    pub wait: Option<ServerWait>,
    /// The HTTP status code.
    pub status: Option<u16>,
    /// Whether the server may have acted on the request.
    pub processed: Processed,
    /// The provider's code for the failure, such as `insufficient_quota`.
    pub code: Option<Redacted>,
    /// The provider's type of the failure, such as `invalid_request_error`.
    pub kind: Option<Redacted>,
    /// The parameter of the request that is wrong.
    pub param: Option<Redacted>,
    /// The message of the server or the client.
    pub message: Option<Redacted>,
    /// The server's name for the request.
    pub request_id: Option<Redacted>,
    /// What the server says about the quotas.
    pub limits: Option<Box<Limits>>,
}

impl Classification {
    /// A failure of this class, with nothing else known. A class that says so by itself (a refused
    /// connection, a 429) counts as not processed.
    pub const fn new(class: Class) -> Self {
        let processed = match class {
            Class::Connect
            | Class::Dns
            | Class::RateLimited
            | Class::QuotaExhausted
            | Class::Authentication
            | Class::Permission
            | Class::CircuitOpen
            | Class::Limited
            | Class::AtCapacity => Processed::No,
            Class::Decode | Class::StreamBroken => Processed::Yes,
            _ => Processed::Maybe,
        };
        Self {
            class,
            retryable: None,
            wait: None,
            status: None,
            processed,
            code: None,
            kind: None,
            param: None,
            message: None,
            request_id: None,
            limits: None,
        }
    }

    /// What an HTTP status code says by itself; see [`Class::from_status`].
    pub const fn of_status(status: u16) -> Self {
        let mut classification = Self::new(Class::from_status(status));
        classification.status = Some(status);
        classification
    }

    /// Sets whether a retry can help.
    pub fn retryable(self, retryable: Retryable) -> Self {
        Self {
            retryable: Some(retryable),
            ..self
        }
    }

    /// Sets the wait that the server asked for.
    pub fn wait(self, wait: ServerWait) -> Self {
        Self {
            wait: Some(wait),
            ..self
        }
    }

    /// Sets the HTTP status code.
    pub fn status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// Sets whether the server may have acted on the request.
    pub fn processed(self, processed: Processed) -> Self {
        Self { processed, ..self }
    }

    /// Sets the provider's code.
    pub fn code(self, code: &str) -> Self {
        Self {
            code: Some(code.into()),
            ..self
        }
    }

    /// Sets the provider's type of the failure.
    pub fn kind(self, kind: &str) -> Self {
        Self {
            kind: Some(kind.into()),
            ..self
        }
    }

    /// Sets the parameter of the request that is wrong.
    pub fn param(self, param: &str) -> Self {
        Self {
            param: Some(param.into()),
            ..self
        }
    }

    /// Sets the message.
    pub fn message(self, message: &str) -> Self {
        Self {
            message: Some(message.into()),
            ..self
        }
    }

    /// Sets the server's name for the request.
    pub fn request_id(self, request_id: &str) -> Self {
        Self {
            request_id: Some(request_id.into()),
            ..self
        }
    }

    /// Sets what the server says about the quotas.
    pub fn limits(self, limits: Limits) -> Self {
        Self {
            limits: Some(Box::new(limits)),
            ..self
        }
    }
}

/// A failure of this class, with nothing else known.
impl From<Class> for Classification {
    fn from(class: Class) -> Self {
        Self::new(class)
    }
}

/// So that a body may use `?` on what is already classified.
impl Classify for Classification {
    fn classify(&self) -> Classification {
        self.clone()
    }
}
