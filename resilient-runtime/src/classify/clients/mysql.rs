//! The numbers of the errors of `MySQL`, with those of `MariaDB`, `TiDB` and `ProxySQL`. Most have
//! the SQLSTATE HY000, which says nothing.

use crate::{Class, Classification, Processed, Retryable};

/// A row of the table: numbers, class, whether the statement may have been processed, and what
/// the number says about a retry, if the class is not enough.
struct Row(&'static [u16], Class, Processed, Option<Retryable>);

const NO: Processed = Processed::No;
const MAYBE: Processed = Processed::Maybe;
const FINAL: Option<Retryable> = Some(Retryable::No);

/// Sources: the [server errors of
/// MySQL](https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html), the [error
/// codes of MariaDB](https://mariadb.com/kb/en/mariadb-error-code-reference/) and of
/// [TiDB](https://docs.pingcap.com/tidb/stable/error-codes/).
#[rustfmt::skip]
const ROWS: [Row; 13] = [
    // A lock held by another session; a deadlock, also of XA, and a definition that has changed:
    // rolled back, to be retried.
    Row(&[1205, 1213, 1412, 1613, 1614, 1615, 3058, 3101, 3132, 3572], Class::Conflict, NO, None),
    // Another writer of TiDB, or its schema has changed.
    Row(&[8002, 8005, 8022, 8028, 9007], Class::Conflict, NO, None),
    // An error during COMMIT, as from a cluster: its outcome is not known.
    Row(&[1180], Class::Conflict, MAYBE, None),
    // Too many connections or transactions, no thread, no memory, no room for locks.
    Row(&[1037, 1038, 1040, 1041, 1135, 1203, 1206, 1637], Class::Overloaded, NO, None),
    // A part of TiDB is busy or late.
    Row(&[9002, 9003, 9004, 9005], Class::Overloaded, MAYBE, None),
    // No server of a cluster or behind a proxy in time.
    Row(&[9001], Class::Connect, NO, None),
    // A resource per hour of this user.
    Row(&[1226], Class::RateLimited, NO, None),
    // A replica, or a node outside of its cluster: after a failover another server can write.
    Row(&[1047, 1792, 1836], Class::Network, NO, None),
    // Shut down, killed, idle or lost: another connection can succeed.
    Row(&[1053, 1152, 1184, 1927, 2006, 2013, 2055, 3169, 4031], Class::Network, MAYBE, None),
    // The time limit of a statement, or KILL QUERY.
    Row(&[1317, 1969, 3024], Class::Timeout, MAYBE, None),
    // A full disk or table does not resolve itself.
    Row(&[1021, 1114], Class::ServerError, MAYBE, FINAL),
    // Nothing but an administrator unblocks a host.
    Row(&[1129, 1130], Class::Permission, NO, None),
    // A packet above the limit: its SQLSTATE is that of a broken connection.
    Row(&[1153], Class::InvalidRequest, NO, None),
];

/// Access to a database, table, column or operation, with the SQLSTATE of an invalid statement.
const DENIED: [u16; 7] = [1044, 1142, 1143, 1227, 1370, 1410, 1419];

/// The account, with the SQLSTATE HY000.
const ACCOUNT: [u16; 4] = [1820, 1862, 3118, 3955];

/// The class of a number; `None` leaves it to the SQLSTATE.
pub(super) fn of(number: u16, message: &str) -> Option<Classification> {
    if let Some(Row(_, class, processed, retryable)) =
        ROWS.iter().find(|row| row.0.contains(&number))
    {
        let mut classification = Classification::new(*class).processed(*processed);
        classification.retryable = *retryable;
        return Some(classification);
    }
    let class = match number {
        // The server runs with an option that prevents the statement: names it.
        1290 if message.contains("read-only") || message.contains("read_only") => {
            return Some(Classification::new(Class::Network).processed(NO));
        }
        1290 => Class::Permission,
        // No such database.
        1049 => Class::NotFound,
        number if DENIED.contains(&number) => Class::Permission,
        number if ACCOUNT.contains(&number) => Class::Authentication,
        _ => return None,
    };
    Some(Classification::new(class))
}

/// The number in the text of an error of sqlx, `1205 (HY000): message`. The type that has it as a
/// number exists only in some builds of sqlx.
pub(super) fn number(text: &str, code: Option<&str>, message: &str) -> Option<u16> {
    let text = text.strip_suffix(message)?.strip_suffix(": ")?;
    let number = match code {
        Some(code) => text
            .strip_suffix(')')?
            .strip_suffix(code)?
            .strip_suffix(" (")?,
        None => text,
    };
    number.parse().ok()
}
