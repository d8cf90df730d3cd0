//! The class of a SQLSTATE.
//!
//! Retrying a single statement of a transaction cannot help: the attempt has to contain the whole
//! transaction.

use crate::{Class, Classification, Processed, Retryable};

/// The class of a SQLSTATE ([PostgreSQL's
/// codes](https://www.postgresql.org/docs/current/errcodes-appendix.html), with those of
/// [CockroachDB](https://github.com/cockroachdb/cockroach/blob/master/pkg/sql/pgwire/pgcode/codes.go);
/// the first two characters are standard). Unknown codes are [`Class::Unknown`].
pub(super) fn of(code: &str) -> Classification {
    let class = match code {
        // Serialization failure or deadlock: rolled back, to be retried
        // (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html). Also
        // a lock held by another session, an object in use, or a snapshot that is too old.
        "40001" | "40P01" | "55P03" | "55006" | "72000" => {
            return new(Class::Conflict).processed(Processed::No);
        }
        // A standby, as after a failover: another connection can reach the server that writes.
        "25006" => return new(Class::Network).processed(Processed::No),
        // A unique violation recurs at the next attempt.
        "23505" => return new(Class::Conflict).retryable(Retryable::No),
        // A constraint that is checked at the end of the transaction, and a limit on temporary
        // files.
        "40002" | "53400" => Class::InvalidRequest,
        // Too many connections, starting up or shutting down: this connection was not admitted.
        "53300" | "57P03" => return new(Class::Overloaded).processed(Processed::No),
        // A full disk and corruption do not resolve themselves; nor does a missing licence, or a
        // change of the schema that failed after its transaction was committed.
        "53100" | "XX001" | "XX002" | "XXA00" | "XXC01" | "XXC02" => {
            return new(Class::ServerError).retryable(Retryable::No);
        }
        // Could not connect, or was refused; also to the server of a foreign table.
        "08001" | "08004" => Class::Connect,
        "HV00N" => return new(Class::Connect).processed(Processed::Maybe),
        // Ended by an administrator, a crash or an idle timeout: another connection can succeed.
        "57P01" | "57P02" | "57P05" | "25P03" => Class::Network,
        // The time limit of a statement or a transaction, or a cancellation by request, of MySQL
        // too.
        "57014" | "25P04" | "70100" => Class::Timeout,
        "42501" => Class::Permission,
        // No such database.
        "3D000" | "57P04" => Class::NotFound,
        _ => match code.get(..2) {
            Some("08") => Class::Network,
            Some("28") => Class::Authentication,
            Some("40") => Class::Conflict,
            Some("53") => Class::Overloaded,
            Some("58" | "XX") => Class::ServerError,
            // Unsupported, roles, cardinality, data, constraints, states, routines, savepoints,
            // syntax, program limits, and errors raised by a stored procedure.
            Some(
                "0A" | "0B" | "0L" | "0P" | "20" | "21" | "22" | "23" | "24" | "25" | "26" | "27"
                | "2B" | "2D" | "2F" | "34" | "38" | "39" | "3B" | "3F" | "42" | "44" | "54" | "55"
                | "P0",
            ) => Class::InvalidRequest,
            _ => Class::Unknown,
        },
    };
    new(class)
}

fn new(class: Class) -> Classification {
    Classification::new(class)
}
