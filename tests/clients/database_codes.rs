//! Codes of databases, without a server: SQLSTATE, numbers of `MySQL`, result codes of `SQLite`.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use resilient_runtime::{Class, Classification, Classify, Processed, Retryable};
use sqlx::error::{DatabaseError, ErrorKind};
use std::{borrow::Cow, error::Error, fmt};

/// An error of a database client without a server.
#[derive(Debug)]
struct Said {
    code: Option<&'static str>,
    kind: fn() -> ErrorKind,
    number: Option<u16>,
    message: &'static str,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As in sqlx.
        match (self.number, self.code) {
            (Some(number), Some(code)) => write!(f, "{number} ({code}): {}", self.message),
            (Some(number), None) => write!(f, "{number}: {}", self.message),
            _ => f.write_str(self.message),
        }
    }
}

impl Error for Said {}

impl DatabaseError for Said {
    fn message(&self) -> &'static str {
        self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.code.map(Cow::from)
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        (self.kind)()
    }
}

#[test]
fn the_codes_of_sqlite_and_mysql_are_told_apart_from_those_of_postgres() {
    let other = || ErrorKind::Other;
    let unique = || ErrorKind::UniqueViolation;
    let no = Some(Retryable::No);
    for (code, kind, class, retryable) in [
        (Some("5"), other as fn() -> _, Class::Conflict, None),
        (Some("517"), other, Class::Conflict, None),
        (Some("6"), other, Class::Conflict, None),
        (Some("13"), other, Class::ServerError, no),
        (Some("8"), other, Class::Permission, None),
        (Some("787"), other, Class::InvalidRequest, None),
        (Some("2067"), unique, Class::Conflict, no),
        (Some("23000"), unique, Class::Conflict, no),
        (Some("23000"), other, Class::InvalidRequest, None),
        (Some("40001"), other, Class::Conflict, None),
        (Some("HY000"), other, Class::Unknown, None),
        (None, other, Class::Unknown, None),
        (
            None,
            || ErrorKind::CheckViolation,
            Class::InvalidRequest,
            None,
        ),
    ] {
        let says = sqlx::Error::from(Said {
            code,
            kind,
            number: None,
            message: "said",
        })
        .classify();
        assert_eq!((says.class, says.retryable), (class, retryable), "{code:?}");
        assert_eq!(
            says.code.as_ref().map(resilient_runtime::Redacted::as_str),
            code
        );
    }
}

const NO: Processed = Processed::No;
const MAYBE: Processed = Processed::Maybe;

fn coded(code: &'static str) -> Classification {
    sqlx::Error::from(Said {
        code: Some(code),
        kind: || ErrorKind::Other,
        number: None,
        message: "said",
    })
    .classify()
}

fn numbered(number: u16, code: Option<&'static str>, message: &'static str) -> Classification {
    sqlx::Error::from(Said {
        code,
        kind: || ErrorKind::Other,
        number: Some(number),
        message,
    })
    .classify()
}

#[test]
fn f265_mysql_is_told_by_its_number_whatever_the_sqlstate() {
    for (number, state, class, processed) in [
        (1205, "HY000", Class::Conflict, NO),
        (1213, "40001", Class::Conflict, NO),
        (3572, "HY000", Class::Conflict, NO),
        (1180, "HY000", Class::Conflict, MAYBE),
        (1836, "HY000", Class::Network, NO),
        (1792, "25006", Class::Network, NO),
        (3024, "HY000", Class::Timeout, MAYBE),
        (1927, "70100", Class::Network, MAYBE),
        (1053, "08S01", Class::Network, MAYBE),
        (2006, "HY000", Class::Network, MAYBE),
        (2013, "HY000", Class::Network, MAYBE),
        (1203, "42000", Class::Overloaded, NO),
        (1040, "08004", Class::Overloaded, NO),
        (9007, "HY000", Class::Conflict, NO),
        (1153, "08S01", Class::InvalidRequest, NO),
        (1142, "42000", Class::Permission, NO),
    ] {
        let says = numbered(number, Some(state), "not now: (1): 2");
        assert_eq!(says.class, class, "{number}");
        let is_retried = class.is_retried_by_default();
        assert!(!is_retried || says.processed == processed, "{number}");
        assert_eq!(says.code.unwrap().as_str(), number.to_string());
    }
    let replica = "The MySQL server is running with the --super-read-only option";
    let other = "The MySQL server is running with the --skip-grant-tables option";
    assert_eq!(
        numbered(1290, Some("HY000"), replica).class,
        Class::Network,
        "after a failover another server writes"
    );
    assert_eq!(
        numbered(1290, Some("HY000"), other).class,
        Class::Permission
    );
    assert_eq!(numbered(1205, None, "no state").class, Class::Conflict);
    let syntax = numbered(1064, Some("42000"), "syntax");
    assert_eq!(syntax.class, Class::InvalidRequest, "by its SQLSTATE");
    assert_eq!(
        numbered(1105, Some("HY000"), "unknown").class,
        Class::Unknown
    );
}

#[test]
fn f265_a_number_in_the_text_of_another_database_is_no_number_of_mysql() {
    let says = |message| {
        let said = Said {
            code: Some("42601"),
            kind: || ErrorKind::Other,
            number: None,
            message,
        };
        sqlx::Error::from(said).classify().class
    };
    assert_eq!(says("1205 (42601): quoted"), Class::InvalidRequest);
    assert_eq!(says("1205"), Class::InvalidRequest);
}

#[test]
fn f266_a_failover_and_the_codes_of_cockroachdb_are_known() {
    let no = Some(Retryable::No);
    for (code, class, processed, retryable) in [
        ("25006", Class::Network, NO, None),
        ("72000", Class::Conflict, NO, None),
        ("25P04", Class::Timeout, MAYBE, None),
        ("70100", Class::Timeout, MAYBE, None),
        ("HV00N", Class::Connect, MAYBE, None),
        ("XXA00", Class::ServerError, MAYBE, no),
        ("40003", Class::Conflict, MAYBE, None),
        ("40002", Class::InvalidRequest, MAYBE, None),
        ("53400", Class::InvalidRequest, MAYBE, None),
        ("2D000", Class::InvalidRequest, MAYBE, None),
    ] {
        let says = coded(code);
        assert_eq!(
            (says.class, says.processed, says.retryable),
            (class, processed, retryable),
            "{code}"
        );
    }
}

#[test]
fn f267_extended_codes_of_sqlite_say_more_than_their_primary_code() {
    let no = Some(Retryable::No);
    for (code, class, retryable) in [
        ("261", Class::Conflict, None),
        ("773", Class::Conflict, None),
        ("516", Class::Conflict, None),
        ("17", Class::Conflict, None),
        ("15", Class::Conflict, None),
        ("520", Class::Conflict, None),
        ("8", Class::Permission, None),
        ("1555", Class::Conflict, no),
        ("2579", Class::Conflict, no),
        ("3082", Class::Overloaded, None),
        ("7", Class::Overloaded, None),
        ("8458", Class::ServerError, no),
        ("266", Class::ServerError, None),
        ("2", Class::ServerError, no),
        ("100", Class::Unknown, None),
    ] {
        let says = coded(code);
        assert_eq!((says.class, says.retryable), (class, retryable), "{code}");
    }
}
