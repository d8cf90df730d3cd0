//! What is known about one failed attempt.

use crate::{
    Class, Redacted,
    failure::{server_limits::ServerLimits, server_wait::ServerWait},
};

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
    pub limits: Option<Box<ServerLimits>>,
}

impl Classification {
    /// A failure of this class, with nothing else known. A class that says so by itself (a refused
    /// connection, a 429) counts as not processed.
    pub const fn new(class: Class) -> Self {
        Self {
            class,
            retryable: None,
            wait: None,
            status: None,
            processed: class.processed(),
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
    pub fn limits(self, limits: ServerLimits) -> Self {
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
