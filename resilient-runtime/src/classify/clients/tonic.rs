//! The gRPC statuses of tonic.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, Retryable,
    classify::{
        chain,
        clients::{http2, rpc},
        connecting,
    },
    failure::{ServerWait, WaitOrigin},
};
use ::tonic::{Code, ConnectError, Status, TimeoutExpired};
use std::{error::Error, sync::Arc, time::Duration};

/// Classified by the status code; if the status stands for a local failure, by its cause. The
/// server's directions about a retry are read from `grpc-retry-pushback-ms` (negative or malformed:
/// [forbidden][a6]) and from a `RetryInfo` in the status details.
///
/// [a6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
impl Classify for Status {
    fn classify(&self) -> Classification {
        let mut classification = self
            .source()
            .and_then(of_cause)
            .unwrap_or_else(|| of_code(self.code()))
            .code(name(self.code()))
            .message(self.message());
        if let Some(wait) = rpc::retry_delay(self.details()) {
            classification = put_off(classification, wait);
        }
        if let Some(pushback) = self.metadata().get("grpc-retry-pushback-ms") {
            let milliseconds = pushback.to_str().ok().and_then(|text| text.parse().ok());
            classification = match milliseconds {
                Some(wait) => put_off(classification, Duration::from_millis(wait)),
                None => classification.retryable(Retryable::Forbidden),
            };
        }
        let id = self.metadata().get("x-request-id");
        match id.and_then(|id| id.to_str().ok()) {
            Some(id) => classification.request_id(id),
            None => classification,
        }
    }
}

/// A status with the code that a server would send, and the rejection as its source.
impl FromRejection for Status {
    fn from_rejection(rejection: Rejection) -> Self {
        let code = match rejection.class() {
            Class::Timeout | Class::Deadline => Code::DeadlineExceeded,
            Class::Throttled | Class::AtCapacity => Code::ResourceExhausted,
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

/// A server that names a wait has deferred the request without starting it, and expects it again.
fn put_off(classification: Classification, wait: Duration) -> Classification {
    classification
        .retryable(Retryable::Yes)
        .processed(Processed::No)
        .wait(ServerWait::new(wait, WaitOrigin::Error))
}

/// Local failures, which tonic converts into statuses.
fn of_cause(cause: &(dyn Error + 'static)) -> Option<Classification> {
    if chain::chain(cause).any(<dyn Error>::is::<TimeoutExpired>) {
        return Some(Classification::new(Class::Timeout));
    }
    if chain::chain(cause).any(<dyn Error>::is::<ConnectError>) {
        return Some(connecting::failure_below(cause));
    }
    if http2::is_not_processed(cause) {
        return Some(Classification::new(Class::Network).processed(Processed::No));
    }
    chain::from_chain(cause)
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
        // Requested by the caller, in most servers.
        Code::Cancelled => of(Class::Cancelled),
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
