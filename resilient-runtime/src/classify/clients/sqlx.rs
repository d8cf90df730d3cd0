//! The errors of sqlx.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, Retryable,
    classify::{chain, clients::sqlstate, connecting},
};
use ::sqlx::{
    Error,
    error::{DatabaseError, ErrorKind},
};
use std::error::Error as _;

/// Classified by the SQLSTATE of `PostgreSQL` and `MySQL` or the result code of `SQLite`, if the
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
    let classification = match (code.as_deref(), error.kind()) {
        // It recurs at the next attempt.
        (_, ErrorKind::UniqueViolation) => {
            Classification::new(Class::Conflict).retryable(Retryable::No)
        }
        (Some(code), _) if code.len() == 5 => sqlstate::of(code),
        (Some(code), _) => of_sqlite(code),
        (None, ErrorKind::Other) => Classification::new(Class::Unknown),
        (None, _) => Classification::new(Class::InvalidRequest),
    };
    let classification = classification.message(error.message());
    match code {
        Some(code) => classification.code(&code),
        None => classification,
    }
}

/// The class of a [result code](https://www.sqlite.org/rescode.html), whose last byte is the
/// primary one.
fn of_sqlite(code: &str) -> Classification {
    let of = Classification::new;
    match code.parse::<u32>().map(|code| code & 0xff) {
        // Busy or locked: another connection writes.
        Ok(5 | 6) => of(Class::Conflict).processed(Processed::No),
        // A full disk and corruption do not resolve themselves.
        Ok(11 | 13 | 26) => of(Class::ServerError).retryable(Retryable::No),
        Ok(10) => of(Class::ServerError),
        // Access mode, read-only, refused by the authorizer.
        Ok(3 | 8 | 23) => of(Class::Permission),
        Ok(14) => of(Class::NotFound),
        // Interrupted by the caller.
        Ok(9) => of(Class::Cancelled),
        // Statement, size, constraint, type, use of the library, index of a parameter.
        Ok(1 | 18..=21 | 25) => of(Class::InvalidRequest),
        _ => of(Class::Unknown),
    }
}
