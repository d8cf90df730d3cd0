//! The result codes of `SQLite`.

use crate::{Class, Classification, Processed, Retryable};

/// The class of a [result code](https://www.sqlite.org/rescode.html), whose last byte is the primary
/// one.
pub(super) fn of(code: &str) -> Classification {
    let of = Classification::new;
    let Ok(code) = code.parse::<u32>() else {
        return of(Class::Unknown);
    };
    match (code, code & 0xff) {
        // Aborted because the transaction was rolled back.
        (516, _) => of(Class::Conflict).processed(Processed::No),
        // The row id, a primary key or a unique column exists at the next attempt too.
        (1555 | 2067 | 2579, _) => of(Class::Conflict).retryable(Retryable::No),
        // A read-only file whose log another connection recovers or locks.
        (264 | 520, _) => of(Class::Conflict).processed(Processed::No),
        // No memory, also for an operation on a file.
        (3082, _) | (_, 7) => of(Class::Overloaded),
        // Corruption that a file system reports, or a lost file.
        (8202 | 8458, _) => of(Class::ServerError).retryable(Retryable::No),
        // Busy or locked: another connection writes, opens the log, or has changed the schema.
        (_, 5 | 6 | 15 | 17) => of(Class::Conflict).processed(Processed::No),
        // A full disk and corruption do not resolve themselves; nor does a fault in SQLite, or a
        // system without large files.
        (_, 2 | 11 | 13 | 22 | 26) => of(Class::ServerError).retryable(Retryable::No),
        (_, 10) => of(Class::ServerError),
        // Access mode, read-only, refused by the authorizer.
        (_, 3 | 8 | 23) => of(Class::Permission),
        (_, 14) => of(Class::NotFound),
        // Interrupted by the caller.
        (_, 9) => of(Class::Cancelled),
        // Statement, size, constraint, type, use of the library, index of a parameter.
        (_, 1 | 18..=21 | 25) => of(Class::InvalidRequest),
        _ => of(Class::Unknown),
    }
}
