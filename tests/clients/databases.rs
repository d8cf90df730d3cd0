//! Errors of database clients whose servers refuse, vanish or do not exist.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_clients::answering;
use resilient_runtime::{Class, Classification, Classify, Processed};
use sqlx::{
    Connection as _,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode},
};
use std::time::Duration;

/// An `ErrorResponse` of [the
/// protocol](https://www.postgresql.org/docs/current/protocol-message-formats.html).
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

fn options(address: &str, port: u16) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass();
    let options = options.host(address).port(port).username("me");
    options.ssl_mode(PgSslMode::Disable)
}

async fn sqlx_at(address: &str, port: u16) -> Classification {
    match PgConnection::connect_with(&options(address, port)).await {
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
        for says in [
            postgres_at("127.0.0.1", address.port()).await,
            sqlx_at("127.0.0.1", address.port()).await,
        ] {
            assert_eq!((says.class, says.processed), (class, processed), "{code}");
            assert!(!format!("{says:?}").contains("CANARY"));
            assert_eq!(says.code.unwrap().to_string(), code);
            assert_eq!(says.message.unwrap().to_string(), "not now");
        }
    }
}

#[tokio::test]
async fn a_postgres_that_is_not_there_or_goes_away_is_told_by_the_connection() {
    let closing = answering(|_| Vec::new()).await;
    for (address, port, class, processed) in [
        ("127.0.0.1", 1, Class::Connect, Processed::No),
        ("no-such-host.invalid", 1, Class::Dns, Processed::No),
        (
            "127.0.0.1",
            closing.port(),
            Class::Network,
            Processed::Maybe,
        ),
    ] {
        let says = postgres_at(address, port).await;
        assert_eq!((says.class, says.processed), (class, processed));
        let says = sqlx_at(address, port).await;
        // sqlx does not tell whether it was connecting, and a read can be refused too.
        let processed = match class {
            Class::Connect => Processed::Maybe,
            _ => processed,
        };
        assert_eq!((says.class, says.processed), (class, processed));
    }
}

#[tokio::test]
async fn an_answer_out_of_order_is_a_broken_exchange_of_sqlx() {
    let row = answering(|_| b"D\0\0\0\x06\0\0".to_vec()).await;
    assert_eq!(sqlx_at("127.0.0.1", row.port()).await.class, Class::Network);
}

#[tokio::test(start_paused = true)]
async fn a_pool_without_a_free_connection_has_sent_nothing() {
    let refused = options("127.0.0.1", 1);
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_secs(1))
        .connect_lazy_with(refused);
    let says = pool.acquire().await.unwrap_err().classify();
    assert_eq!(
        (says.class, says.processed),
        (Class::Timeout, Processed::No)
    );
    pool.close().await;
    assert_eq!(
        pool.acquire().await.unwrap_err().classify().class,
        Class::Cancelled
    );
}

#[tokio::test]
async fn what_sqlx_finds_wrong_itself_is_final_and_told_by_what_it_is() {
    let invalid = "postgres://localhost/?sslmode=perhaps".parse::<PgConnectOptions>();
    for (error, class) in [
        (invalid.unwrap_err(), Class::InvalidRequest),
        (sqlx::Error::RowNotFound, Class::NotFound),
        (
            sqlx::Error::ColumnNotFound("name".to_owned()),
            Class::Decode,
        ),
        (sqlx::Error::Decode("not a number".into()), Class::Decode),
    ] {
        let says = error.classify();
        assert_eq!((says.class, says.retryable), (class, None));
        assert!(!class.is_retried_by_default());
    }
}
