//! Errors of database clients: of servers that refuse, vanish or are not there.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_clients::answering;
use resilient_runtime::{Class, Classification, Classify, Processed};

/// An `ErrorResponse` of [the protocol](https://www.postgresql.org/docs/current/protocol-message-formats.html).
fn error_response(code: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{code}\0Mnot now\0Dthe password is CANARY\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap();
    [b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat()
}

async fn postgres_at(address: &str, port: u16) -> Classification {
    let config = format!("host={address} port={port} user=me sslmode=disable");
    match tokio_postgres::connect(&config, tokio_postgres::NoTls).await {
        Ok(_) => panic!("nobody answered that the connection is made"),
        Err(error) => error.classify(),
    }
}

#[tokio::test]
async fn a_refusal_of_postgres_is_told_by_its_sqlstate() {
    for (code, class, processed) in [
        ("57P03", Class::Overloaded, Processed::No),
        ("53300", Class::Overloaded, Processed::No),
        ("53200", Class::Overloaded, Processed::Maybe),
        ("57P01", Class::Network, Processed::Maybe),
        ("40001", Class::Conflict, Processed::No),
        ("40P01", Class::Conflict, Processed::No),
        ("55P03", Class::Conflict, Processed::No),
        ("28P01", Class::Authentication, Processed::No),
        ("42501", Class::Permission, Processed::No),
        ("3D000", Class::NotFound, Processed::Maybe),
        ("08006", Class::Network, Processed::Maybe),
        ("57014", Class::Timeout, Processed::Maybe),
        ("42601", Class::InvalidRequest, Processed::Maybe),
        ("XX000", Class::ServerError, Processed::Maybe),
        ("99999", Class::Unknown, Processed::Maybe),
    ] {
        let address = answering(move |_| error_response(code)).await;
        let says = postgres_at("127.0.0.1", address.port()).await;
        assert_eq!((says.class, says.processed), (class, processed), "{code}");
        assert!(!format!("{says:?}").contains("CANARY"));
        assert_eq!(says.code.unwrap().to_string(), code);
        assert_eq!(says.message.unwrap().to_string(), "not now");
    }
}

#[tokio::test]
async fn a_postgres_that_is_not_there_or_goes_away_is_told_by_the_connection() {
    let refused = postgres_at("127.0.0.1", 1).await;
    assert_eq!(
        (refused.class, refused.processed),
        (Class::Connect, Processed::No)
    );
    let closing = answering(|_| Vec::new()).await;
    assert_eq!(
        postgres_at("127.0.0.1", closing.port()).await.class,
        Class::Network
    );
    assert_eq!(
        postgres_at("no-such-host.invalid", 1).await.class,
        Class::Dns
    );
}
