//! Stage classify: what a database says. Takes a SQLSTATE, gives a [`Classification`].
//!
//! A retry of one statement of a transaction cannot help: the attempt has to hold the whole transaction.

use crate::{Class, Classification, Processed, Retryable};

/// The class of a SQLSTATE ([those of PostgreSQL](https://www.postgresql.org/docs/current/errcodes-appendix.html); the first two
/// characters are the standard's). What is not known here is [`Class::Unknown`].
pub(super) fn of(code: &str) -> Classification {
    let class = match code {
        // Serialization failure, deadlock: rolled back, to be tried again
        // (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html).
        // And somebody who holds the lock or uses the object just now.
        "40001" | "40P01" | "55P03" | "55006" => {
            return new(Class::Conflict).processed(Processed::No);
        }
        // A unique violation will be one the next time too.
        "23505" => return new(Class::Conflict).retryable(Retryable::No),
        // Too many connections; starting up or shutting down: this one was not let in.
        "53300" | "57P03" => return new(Class::Overloaded).processed(Processed::No),
        // A full disk does not empty itself in seconds; corruption does not heal.
        "53100" | "XX001" | "XX002" => return new(Class::ServerError).retryable(Retryable::No),
        // Could not connect, or was refused.
        "08001" | "08004" => Class::Connect,
        // Ended by an administrator, a crash, or for sitting idle: another connection will do.
        "57P01" | "57P02" | "57P05" | "25P03" => Class::Network,
        // A statement timeout, or somebody's wish.
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
            // Unsupported, cardinality, data, constraints, states, syntax, program limits, and what a stored
            // procedure raises.
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
