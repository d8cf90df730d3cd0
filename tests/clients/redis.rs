//! Errors of the redis client whose server refuses, breaks off or does not exist.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

use redis::{Client, RedisError, RedisResult, aio::MultiplexedConnection};
use resilient_clients::{answering, answering_until};
use resilient_runtime::{Class, Classification, Classify, Processed, Retryable};
use std::net::SocketAddr;

/// The same reply for each command in `asked`, except those by which the client introduces itself.
fn each(asked: &[u8], reply: &str) -> Vec<u8> {
    let asked = String::from_utf8_lossy(asked);
    let commands = asked.split('*').skip(1);
    commands
        .map(|command| {
            if command.contains("SETINFO") {
                "+OK\r\n"
            } else {
                reply
            }
        })
        .collect::<String>()
        .into_bytes()
}

async fn connected(address: SocketAddr) -> RedisResult<MultiplexedConnection> {
    let client = Client::open(format!("redis://{address}"))?;
    client.get_multiplexed_async_connection().await
}

async fn failure_at(address: SocketAddr) -> RedisError {
    let mut connection = match connected(address).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    let got: RedisResult<u64> = redis::cmd("GET")
        .arg("k")
        .query_async(&mut connection)
        .await;
    got.unwrap_err()
}

async fn of_reply(reply: &'static str) -> Classification {
    let address = answering(move |asked| each(asked, reply)).await;
    failure_at(address).await.classify()
}

#[tokio::test]
async fn a_refusal_of_redis_is_told_by_its_code() {
    let no = Some(Retryable::No);
    for (error, class, processed, retryable) in [
        ("LOADING in memory", Class::Overloaded, Processed::No, None),
        ("BUSY in a script", Class::Overloaded, Processed::No, None),
        ("OOM used memory", Class::Overloaded, Processed::No, None),
        ("MASTERDOWN no link", Class::Overloaded, Processed::No, None),
        ("CLUSTERDOWN hash", Class::Overloaded, Processed::No, None),
        (
            "TRYAGAIN resharding",
            Class::Overloaded,
            Processed::No,
            None,
        ),
        ("NOREPLICAS too few", Class::Overloaded, Processed::No, None),
        (
            "ERR max number of clients reached",
            Class::Overloaded,
            Processed::No,
            None,
        ),
        ("READONLY a replica", Class::Network, Processed::No, None),
        ("MOVED 1 127.0.0.1:2", Class::Network, Processed::No, None),
        ("ASK 1 127.0.0.1:2", Class::Network, Processed::No, None),
        (
            "NOAUTH required",
            Class::Authentication,
            Processed::No,
            None,
        ),
        ("WRONGPASS pair", Class::Authentication, Processed::No, None),
        ("NOPERM this user", Class::Permission, Processed::No, None),
        ("DENIED protected", Class::Permission, Processed::No, None),
        ("MISCONF disk", Class::ServerError, Processed::No, no),
        ("BUSYKEY exists", Class::Conflict, Processed::Maybe, no),
        ("NOSCRIPT none", Class::NotFound, Processed::Maybe, None),
        (
            "WRONGTYPE list",
            Class::InvalidRequest,
            Processed::Maybe,
            None,
        ),
        ("ERR syntax", Class::InvalidRequest, Processed::Maybe, None),
        ("NEWCODE of later", Class::Unknown, Processed::Maybe, None),
    ] {
        let reply = format!("-{error}\r\n");
        let address = answering(move |asked| each(asked, &reply)).await;
        let says = failure_at(address).await.classify();
        assert_eq!(
            (says.class, says.processed, says.retryable),
            (class, processed, retryable),
            "{error}"
        );
        let (code, message) = error.split_once(' ').unwrap();
        assert_eq!(
            says.code.as_ref().map(resilient_runtime::Redacted::as_str),
            Some(code)
        );
        assert_eq!(
            says.message
                .as_ref()
                .map(resilient_runtime::Redacted::as_str),
            Some(message)
        );
    }
}

#[tokio::test]
async fn a_value_is_not_told_with_the_failure() {
    let echo = "-ERR unknown command 'HELLO', with args beginning with: 'AUTH' 'CANARY'\r\n";
    let wrong_type = "$6\r\nCANARY\r\n";
    for (reply, class) in [(echo, Class::InvalidRequest), (wrong_type, Class::Decode)] {
        let says = of_reply(reply).await;
        assert_eq!(says.class, class);
        assert!(!format!("{says:?}").contains("CANARY"), "{says:?}");
    }
}

#[tokio::test]
async fn a_password_that_is_refused_is_told_as_such_and_not_shown() {
    let address = answering(|asked| each(asked, "-WRONGPASS invalid pair\r\n")).await;
    let client = Client::open(format!("redis://:CANARY@{address}")).unwrap();
    let refused = match client.get_multiplexed_async_connection().await {
        Ok(_) => panic!("the password was refused"),
        Err(error) => error.classify(),
    };
    assert_eq!(refused.class, Class::Authentication);
    assert!(!format!("{refused:?}").contains("CANARY"));
}

#[tokio::test]
async fn a_redis_that_is_not_there_or_breaks_off_is_told_by_the_connection() {
    // The client does not tell whether it was connecting, and a read can be refused too.
    let refused = failure_at(([127, 0, 0, 1], 1).into()).await.classify();
    assert_eq!(
        (refused.class, refused.processed),
        (Class::Connect, Processed::Maybe)
    );
    let no_socket = Client::open("unix:///no/such/socket").unwrap();
    let refused = match no_socket.get_multiplexed_async_connection().await {
        Ok(_) => panic!("nobody is there"),
        Err(error) => error.classify(),
    };
    assert_eq!(refused.class, Class::Connect);
    for half in ["", "$10\r\nhalf", "-LOAD", "*2\r\n+one\r\n"] {
        let address = answering_until(
            move |asked| each(asked, half),
            move |reply| reply == half.as_bytes(),
        )
        .await;
        let says = failure_at(address).await.classify();
        assert_eq!(
            (says.class, says.processed),
            (Class::Network, Processed::Maybe),
            "{half}"
        );
    }
    let garbage = of_reply("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert_eq!(garbage.class, Class::Decode);
}

#[tokio::test]
async fn a_pipeline_may_be_processed_in_part_and_a_refused_transaction_is_not() {
    let address = answering(|asked| {
        let asked = String::from_utf8_lossy(asked);
        let replies = asked.split('*').skip(1).map(|command| {
            if command.contains("SET\r\n") {
                "-LOADING in memory\r\n"
            } else if command.contains("EXEC\r\n") {
                "-EXECABORT discarded\r\n"
            } else {
                "+OK\r\n"
            }
        });
        replies.collect::<String>().into_bytes()
    })
    .await;
    let mut connection = connected(address).await.unwrap();
    for (is_atomic, processed) in [(false, Processed::Maybe), (true, Processed::No)] {
        let mut pipeline = redis::pipe();
        if is_atomic {
            pipeline.atomic();
        }
        pipeline.cmd("INCR").arg("n").cmd("SET").arg("k").arg("v");
        let failed: RedisResult<()> = pipeline.query_async(&mut connection).await;
        let says = failed.unwrap_err().classify();
        assert_eq!(
            (says.class, says.processed),
            (Class::Overloaded, processed),
            "{says:?}"
        );
    }
}
