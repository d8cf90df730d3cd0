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
        // Busy or locked: another connection writes, opens or recovers the log, has changed the
        // schema or rolled the transaction back.
        (264 | 516 | 520, _) | (_, 5 | 6 | 15 | 17) => of(Class::Conflict).processed(Processed::No),
        // The row id, a primary key or a unique column exists at the next attempt too.
        (1555 | 2067 | 2579, _) => of(Class::Conflict).retryable(Retryable::No),
        // No memory, also for an operation on a file.
        (3082, _) | (_, 7) => of(Class::Overloaded),
        // A full disk and corruption, also of a file system, do not resolve themselves; nor does a
        // lost file, a fault in SQLite, or a system without large files.
        (8202 | 8458, _) | (_, 2 | 11 | 13 | 22 | 26) => {
            of(Class::ServerError).retryable(Retryable::No)
        }
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
