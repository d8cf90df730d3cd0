//! The errors of sqlx.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, Retryable,
    classify::{
        chain,
        clients::{mysql, sqlite, sqlstate},
        connecting,
    },
};
use ::sqlx::{
    Error,
    error::{DatabaseError, ErrorKind},
};
use std::error::Error as _;

/// Classified by the number of `MySQL`, the SQLSTATE, or the result code of `SQLite`, if the
/// database sent one; else by the error of the connection or its pool.
///
/// A pool retries connecting until its `acquire_timeout`.
impl Classify for Error {
    fn classify(&self) -> Classification {
        let of = |class| Classification::new(class).message(&chain::text(self));
        match self {
            Self::Database(error) => of_database(&**error),
            Self::Io(error) => error.classify(),
            Self::Tls(error) => connecting::failure_below(&**error),
            Self::Protocol(_) | Self::WorkerCrashed => of(Class::Network),
            Self::PoolTimedOut => of(Class::Timeout).processed(Processed::No),
            Self::PoolClosed => of(Class::Cancelled).processed(Processed::No),
            Self::RowNotFound => of(Class::NotFound),
            Self::ColumnNotFound(_)
            | Self::ColumnIndexOutOfBounds { .. }
            | Self::ColumnDecode { .. }
            | Self::Decode(_) => of(Class::Decode),
            Self::Configuration(_)
            | Self::InvalidArgument(_)
            | Self::TypeNotFound { .. }
            | Self::Encode(_)
            | Self::InvalidSavePointStatement
            | Self::BeginFailed => of(Class::InvalidRequest),
            other => other
                .source()
                .map_or_else(|| of(Class::Unknown), chain::classify_chain),
        }
    }
}

/// An error of the connection, with the rejection as its source.
impl FromRejection for Error {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Io(rejection.into())
    }
}

fn of_database(error: &dyn DatabaseError) -> Classification {
    let code = error.code();
    let text = chain::text(error.as_error());
    let number = mysql::number(&text, code.as_deref(), error.message());
    let by_number = || mysql::of(number?, error.message());
    let by_code = || match code.as_deref() {
        Some(code) if code.len() == 5 => sqlstate::of(code),
        Some(code) => sqlite::of(code),
        None if error.kind() == ErrorKind::Other => Classification::new(Class::Unknown),
        None => Classification::new(Class::InvalidRequest),
    };
    let classification = match error.kind() {
        // It recurs at the next attempt.
        ErrorKind::UniqueViolation => Classification::new(Class::Conflict).retryable(Retryable::No),
        _ => by_number().unwrap_or_else(by_code),
    };
    let classification = classification.message(error.message());
    match (number, code) {
        (Some(number), _) => classification.code(&number.to_string()),
        (None, Some(code)) => classification.code(&code),
        (None, None) => classification,
    }
}
