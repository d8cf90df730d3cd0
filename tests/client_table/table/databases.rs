//! Errors of clients of databases.

use resilient_client_table::Table;

pub(crate) async fn rows(table: &mut Table) {
    #[cfg(feature = "sqlx")]
    sqlx(table);
    #[cfg(feature = "tokio-postgres")]
    tokio_postgres(table).await;
    #[cfg(feature = "redis")]
    redis(table).await;
}

#[cfg(feature = "sqlx")]
fn sqlx(table: &mut Table) {
    use sqlx::Error;
    use std::io::{self, ErrorKind};
    for kind in [ErrorKind::ConnectionRefused, ErrorKind::ConnectionReset] {
        let error = Error::Io(io::Error::from(kind));
        table.row("sqlx", &format!("io, {kind:?}"), error);
    }
    let invalid = "postgres://localhost/?sslmode=perhaps";
    for (name, error) in [
        ("a pool without a free connection", Error::PoolTimedOut),
        ("a closed pool", Error::PoolClosed),
        ("no row", Error::RowNotFound),
        ("no such column", Error::ColumnNotFound("id".to_owned())),
        ("a value", Error::Decode("not a number".into())),
        ("the protocol", Error::Protocol("no".to_owned())),
        (
            "TLS",
            Error::Tls("invalid peer certificate: Expired".into()),
        ),
        (
            "a configuration",
            invalid
                .parse::<sqlx::postgres::PgConnectOptions>()
                .unwrap_err(),
        ),
    ] {
        table.row("sqlx", name, error);
    }
}

#[cfg(feature = "tokio-postgres")]
async fn tokio_postgres(table: &mut Table) {
    use resilient_client_table::replying;
    let connect = async |config: &str| {
        let connected = tokio_postgres::connect(config, tokio_postgres::NoTls).await;
        connected.err().expect("no server")
    };
    let refused = "host=127.0.0.1 port=1 user=me";
    table.row("tokio-postgres", "refused", connect(refused).await);
    table.row(
        "tokio-postgres",
        "a configuration",
        connect("port=no").await,
    );
    for (name, reply) in [
        ("an end without an answer", ""),
        (
            "40001",
            "E\0\0\0\u{2c}SFATAL\0VFATAL\0C40001\0Mnot now, not now\0\0",
        ),
        (
            "25006",
            "E\0\0\0\u{2c}SFATAL\0VFATAL\0C25006\0Mnot now, not now\0\0",
        ),
    ] {
        let url = replying(reply);
        let port = url.trim_matches(['/']).rsplit(':').next().unwrap();
        let config = format!("host=127.0.0.1 port={port} user=me sslmode=disable");
        table.row("tokio-postgres", name, connect(&config).await);
    }
}

#[cfg(feature = "redis")]
async fn redis(table: &mut Table) {
    use redis::{Client, ErrorKind, RedisError};
    use std::io;
    let client = Client::open("redis://127.0.0.1:1").unwrap();
    let connected = client.get_multiplexed_async_connection().await;
    table.row("redis", "refused", connected.expect_err("no server"));
    for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::TimedOut] {
        let error = RedisError::from(io::Error::from(kind));
        table.row("redis", &format!("io, {kind:?}"), error);
    }
    for kind in [
        ErrorKind::Parse,
        ErrorKind::AuthenticationFailed,
        ErrorKind::UnexpectedReturnType,
        ErrorKind::InvalidClientConfig,
        ErrorKind::ClusterConnectionNotFound,
    ] {
        table.row(
            "redis",
            &format!("{kind:?}"),
            RedisError::from((kind, "no")),
        );
    }
}
