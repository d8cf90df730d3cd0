//! The class of a SQLSTATE.
//!
//! Retrying a single statement of a transaction cannot help: the attempt has to contain the whole
//! transaction.

use crate::{Class, Classification, Processed, Retryable};

/// The class of a SQLSTATE ([PostgreSQL's
/// codes](https://www.postgresql.org/docs/current/errcodes-appendix.html); the first two characters
/// are standard). Unknown codes are [`Class::Unknown`].
pub(super) fn of(code: &str) -> Classification {
    let class = match code {
        // Serialization failure or deadlock: rolled back, to be retried
        // (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html). Also
        // a lock held by another session, or an object in use.
        "40001" | "40P01" | "55P03" | "55006" => {
            return new(Class::Conflict).processed(Processed::No);
        }
        // A unique violation recurs at the next attempt.
        "23505" => return new(Class::Conflict).retryable(Retryable::No),
        // Too many connections, starting up or shutting down: this connection was not admitted.
        "53300" | "57P03" => return new(Class::Overloaded).processed(Processed::No),
        // A full disk and corruption do not resolve themselves.
        "53100" | "XX001" | "XX002" => return new(Class::ServerError).retryable(Retryable::No),
        // Could not connect, or was refused.
        "08001" | "08004" => Class::Connect,
        // Ended by an administrator, a crash or an idle timeout: another connection can succeed.
        "57P01" | "57P02" | "57P05" | "25P03" => Class::Network,
        // A statement timeout, or a cancellation by request.
        "57014" => Class::Timeout,
        "42501" => Class::Permission,
        // No such database.
        "3D000" | "57P04" => Class::NotFound,
        _ => match code.get(..2) {
            Some("08") => Class::Network,
            Some("28") => Class::Authentication,
            Some("40") => Class::Conflict,
            Some("53") => Class::Overloaded,
            Some("58" | "XX") => Class::ServerError,
            // Unsupported, cardinality, data, constraints, states, syntax, program limits, and
            // errors raised by a stored procedure.
            Some(
                "0A" | "21" | "22" | "23" | "24" | "25" | "26" | "2B" | "34" | "3F" | "42" | "44"
                | "54" | "55" | "P0",
            ) => Class::InvalidRequest,
            _ => Class::Unknown,
        },
    };
    new(class)
}

fn new(class: Class) -> Classification {
    Classification::new(class)
}
