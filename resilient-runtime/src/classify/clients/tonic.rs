//! The gRPC statuses of tonic.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, Retryable,
    classify::{
        chain,
        clients::{rpc, rpc_words as words},
        connecting,
    },
    failure::{ServerWait, WaitOrigin},
};
use ::tonic::{Code, ConnectError, Status, TimeoutExpired, metadata::MetadataMap};
use std::{error::Error as _, sync::Arc, time::Duration};

/// Classified by its cause if it stands for a known failure of this side; else by the details and
/// the texts of gRPC libraries, and by the code. The server's wait is read from
/// `grpc-retry-pushback-ms` (negative, malformed or repeated: a retry is [forbidden][a6]) and from
/// a `RetryInfo` in the details; as in gRPC, it makes no other code retryable.
///
/// [a6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
impl Classify for Status {
    fn classify(&self) -> Classification {
        let details = rpc::Details::read(self.details());
        let by_words = || words::of(self.code(), self.message(), &details);
        let mut classification = self
            .source()
            .and_then(chain::from_chain)
            .or_else(by_words)
            .unwrap_or_else(|| of_code(self.code()))
            .code(name(self.code()))
            .message(self.message());
        if let Some(reason) = details.reason {
            classification = classification.kind(reason);
        }
        if let Some(wait) = details.delay {
            classification = deferred(classification, wait);
        }
        classification = match Pushback::of(self.metadata()) {
            Pushback::None => classification,
            Pushback::After(wait) if wait.is_zero() => classification,
            Pushback::After(wait) => deferred(classification, wait),
            Pushback::Forbidden => classification.retryable(Retryable::Forbidden),
        };
        let id = self.metadata().get("x-request-id");
        match id.and_then(|id| id.to_str().ok()) {
            Some(id) => classification.request_id(id),
            None => classification,
        }
    }
}

#[cfg(feature = "http")]
/// The failure of a response without a body, which has the status of gRPC in its headers. Other
/// responses have it in the trailers, behind the body.
pub(crate) fn grpc_failure_of(headers: &::http::HeaderMap) -> Option<Classification> {
    let status = Status::from_header_map(headers)?;
    (status.code() != Code::Ok).then(|| status.classify())
}

/// Its own timeout, or that of the caller's `grpc-timeout`.
impl Classify for TimeoutExpired {
    fn classify(&self) -> Classification {
        Classification::new(Class::Timeout).message(&chain::text(self))
    }
}

/// [`Class::Connect`], [`Class::CannotConnect`], [`Class::Dns`] or [`Class::Timeout`] by its cause,
/// and never processed.
impl Classify for ConnectError {
    fn classify(&self) -> Classification {
        connecting::failure(self)
    }
}

/// A status with the code that a server would send, and the rejection as its source.
impl FromRejection for Status {
    fn from_rejection(rejection: Rejection) -> Self {
        let code = match rejection.class() {
            Class::Timeout | Class::Deadline => Code::DeadlineExceeded,
            Class::Throttled | Class::AtCapacity | Class::CapReached => Code::ResourceExhausted,
            _ => Code::Unavailable,
        };
        let mut status = Self::new(code, rejection.to_string());
        status.set_source(Arc::new(rejection));
        status
    }
}

/// See [`Status`].
impl FromRejection for Box<Status> {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::new(Status::from_rejection(rejection))
    }
}

/// The header `grpc-retry-pushback-ms`.
enum Pushback {
    None,
    After(Duration),
    Forbidden,
}

impl Pushback {
    fn of(metadata: &MetadataMap) -> Self {
        let mut values = metadata.get_all("grpc-retry-pushback-ms").iter();
        let Some(value) = values.next() else {
            return Self::None;
        };
        let milliseconds = value.to_str().ok().and_then(|text| text.parse().ok());
        match (milliseconds, values.next()) {
            (Some(wait), None) => Self::After(Duration::from_millis(wait)),
            _ => Self::Forbidden,
        }
    }
}

/// A server that names a wait when it is overloaded or a rate is exceeded has not started the
/// request.
fn deferred(classification: Classification, wait: Duration) -> Classification {
    let processed = match classification.class {
        Class::RateLimited => Processed::No,
        _ => classification.processed,
    };
    classification
        .processed(processed)
        .come_back(ServerWait::new(wait, WaitOrigin::Error))
}

/// One row per code, by [its meaning](https://grpc.io/docs/guides/status-codes/).
fn of_code(code: Code) -> Classification {
    let of = Classification::new;
    match code {
        // A failed precondition lasts until the state of the system is changed.
        Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => {
            of(Class::InvalidRequest)
        }
        Code::Unauthenticated => of(Class::Authentication),
        Code::PermissionDenied => of(Class::Permission),
        // The server does not have the method: a wrong name or version.
        Code::NotFound | Code::Unimplemented => of(Class::NotFound),
        // It still exists at the next attempt.
        Code::AlreadyExists => of(Class::Conflict).retryable(Retryable::No),
        // Another writer was first; a new read and write, as in a new attempt, can succeed.
        Code::Aborted => of(Class::Conflict),
        // A rate or any other resource, possibly exhausted after the work began.
        Code::ResourceExhausted => of(Class::RateLimited).processed(Processed::Maybe),
        Code::Unavailable => of(Class::Overloaded),
        Code::DeadlineExceeded => of(Class::Timeout),
        // Also used for broken HTTP/2 streams.
        Code::Internal => of(Class::ServerError),
        Code::DataLoss => of(Class::ServerError).retryable(Retryable::No),
        // By the server or a proxy: a caller that cancels its own call sees no status. Retried, as
        // [OTLP](https://opentelemetry.io/docs/specs/otlp/#failures) and Firestore's clients do.
        Code::Cancelled => of(Class::Network),
        Code::Unknown | Code::Ok => of(Class::Unknown),
    }
}

/// The code's name in the protocol.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
