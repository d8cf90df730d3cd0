//! The classification of one failed attempt.

use crate::{
    Class, Redacted,
    failure::{server_limits::ServerLimits, server_wait::ServerWait},
};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Whether a retry can help, according to the failure itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retryable {
    /// It can, regardless of the class.
    Yes,
    /// It cannot, regardless of the class.
    No,
    /// The server forbids it: no rule of a policy overrides that.
    Forbidden,
}

/// Whether the server may have processed the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Processed {
    /// No: it was not sent, or the server rejected it before doing anything.
    No,
    /// Unknown.
    Maybe,
    /// Yes.
    Yes,
}

/// The classification of a failed attempt: its class, the server's directions about a retry, and
/// details that help to find the cause.
///
/// Create it from a response of any client by `from_answer`, by `from_response` if the body must
/// not be read, or from a status alone by [`of_status`](Self::of_status). Errors of clients provide
/// it by [`Classify`](crate::Classify), with the feature of that client. For reqwest 0.13 and 0.12
/// (`reqwest-012`), `send_checked` uses the complete response.
///
/// Fields are read directly and set by the methods of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Classification {
    /// The kind of failure.
    pub class: Class,
    /// Whether a retry can help; `None` leaves it to the class.
    pub retryable: Option<Retryable>,
    /// The wait that the server asked for.
    pub wait: Option<ServerWait>,
    /// The HTTP status code.
    pub status: Option<u16>,
    /// Whether the server may have processed the request.
    pub processed: Processed,
    /// The provider's code for the failure, such as `insufficient_quota`.
    pub code: Option<Redacted>,
    /// The provider's type of the failure, such as `invalid_request_error`.
    pub kind: Option<Redacted>,
    /// The parameter of the request that is wrong.
    pub param: Option<Redacted>,
    /// The message of the server or the client.
    pub message: Option<Redacted>,
    /// The request id of the server.
    pub request_id: Option<Redacted>,
    /// The quotas that the server reports.
    pub limits: Option<Box<ServerLimits>>,
    /// Whether a resilient call has already used up its retries on this failure: an outer call does
    /// not retry it again, unless its policy says `repeat_nested`. An error that holds the history
    /// of its call sets it to [`History::is_used_up`](crate::History::is_used_up).
    pub retried: bool,
    /// Whether the class is only probable: read from a text or from words in a name that no rule
    /// lists, which may repeat what a caller has sent; or a 402, which may concern one request or
    /// one customer. It opens no circuit breaker at once.
    pub(crate) is_probable: bool,
}

impl Classification {
    /// A failure of this class without further details. If the class implies it (a refused
    /// connection, a 429), it counts as not processed.
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
            retried: false,
            is_probable: false,
        }
    }

    /// The classification of an HTTP status code alone; see [`Class::from_status`].
    pub const fn of_status(status: u16) -> Self {
        let mut classification = Self::new(Class::from_status(status));
        classification.status = Some(status);
        match status {
            402 => classification.is_probable = true,
            // No complete request was received; sent to the wrong server; too early.
            408 | 421 | 425 => classification.processed = Processed::No,
            // The server does not support it, or is set up in a way that no retry mends. RFC 4918,
            // section 11.5: a full disk waits for somebody to decide.
            501 | 505..=508 | 510 | 511 | 525 | 526 => {
                classification.retryable = Some(Retryable::No);
            }
            _ => {}
        }
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

    /// Sets whether the server may have processed the request.
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

    /// Sets the request id of the server.
    pub fn request_id(self, request_id: &str) -> Self {
        Self {
            request_id: Some(request_id.into()),
            ..self
        }
    }

    /// Sets whether a resilient call has already used up its retries on this failure.
    pub fn retried(self, retried: bool) -> Self {
        Self { retried, ..self }
    }

    const fn details(&self) -> [&Option<Redacted>; 4] {
        [&self.code, &self.kind, &self.message, &self.request_id]
    }

    /// Whether more is known than class and status.
    pub(crate) fn has_details(&self) -> bool {
        self.details().iter().any(|detail| detail.is_some())
    }

    /// Identifies the failure among those of one attempt.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for text in self.details() {
            text.as_ref().map(Redacted::as_str).hash(&mut hasher);
        }
        (self.class, self.status).hash(&mut hasher);
        hasher.finish()
    }

    /// Sets the quotas that the server reports.
    pub fn limits(self, limits: ServerLimits) -> Self {
        Self {
            limits: Some(Box::new(limits)),
            ..self
        }
    }
}

/// A failure of this class without further details.
impl From<Class> for Classification {
    fn from(class: Class) -> Self {
        Self::new(class)
    }
}
