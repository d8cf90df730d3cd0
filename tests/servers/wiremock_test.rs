//! Annotated functions against connections and bodies that break at the level of the socket.
#![allow(
    clippy::unwrap_used,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use reqwest::Client;
use resilient_runtime::{
    ApiError, Backoff, Budget, Class, Policy, Processed, SendChecked as _, resilient,
};
use resilient_servers::{Wiremock, client};
use serde_json::{Value, json};
use std::{error::Error, io, iter::successors, time::Duration};

const FAST: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .backoff(Backoff::exponential(Duration::from_millis(5)));

#[resilient(policy = FAST)]
async fn read(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

#[resilient(policy = FAST, idempotent = false)]
async fn order(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.post(url).send_checked().await?.text().await?)
}

fn fault(name: &str) -> Value {
    json!({ "fault": name })
}

fn success() -> Value {
    json!({ "body": "hello" })
}

/// A body sent in a hundred pieces.
fn trickle(status: u16, milliseconds: u32) -> Value {
    json!({
        "status": status,
        "body": "a".repeat(1000),
        "chunkedDribbleDelay": { "numberOfChunks": 100, "totalDuration": milliseconds },
    })
}

/// Reads from a server that always fails with this fault, then from one that fails twice, and then
/// places an order at a failing one. Returns the class of all attempts, and the error.
async fn class_of(server: &Wiremock, name: &str) -> (Class, ApiError) {
    let dead = format!("/dead/{name}");
    let url = server.script(&dead, &[fault(name)]).await;
    let failed = read(&client(), &url).await.unwrap_err();
    assert_eq!(server.requests(&dead).await, 3, "{name}");
    let mut classes: Vec<_> = failed.history().attempts.iter().map(|a| a.class).collect();
    assert_eq!(classes.len(), 3, "{name}");
    classes.dedup();
    assert_eq!(classes.len(), 1, "{name}: {classes:?}");

    let flaky = format!("/flaky/{name}");
    let script = [fault(name), fault(name), success()];
    let url = server.script(&flaky, &script).await;
    assert_eq!(read(&client(), &url).await.unwrap(), "hello", "{name}");
    assert_eq!(server.requests(&flaky).await, 3, "{name}");

    let orders = format!("/orders/{name}");
    let url = server.script(&orders, &[fault(name)]).await;
    order(&client(), &url).await.unwrap_err();
    assert_eq!(server.requests(&orders).await, 1, "{name}");

    (classes.remove(0), failed)
}

#[tokio::test]
async fn a_reset_connection_is_a_network_failure() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let (class, failed) = class_of(&server, "CONNECTION_RESET_BY_PEER").await;
    assert_eq!(class, Class::Network);
    let first: &(dyn Error + 'static) = &failed;
    let was_reset = successors(Some(first), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::ConnectionReset);
    assert!(was_reset, "the server was meant to send a reset");
}

#[tokio::test]
async fn an_empty_reply_is_a_network_failure() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    assert_eq!(class_of(&server, "EMPTY_RESPONSE").await.0, Class::Network);
}

/// After the status and headers of a success, so that only reading the body reveals it.
#[tokio::test]
async fn a_malformed_chunk_is_a_network_failure() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let (class, _) = class_of(&server, "MALFORMED_RESPONSE_CHUNK").await;
    assert_eq!(class, Class::Network);
}

/// The client's error is the same for any bytes that are not HTTP, and most often they are those of
/// a port that speaks TLS: no retry heals that. The server may have processed the request.
#[tokio::test]
async fn bytes_that_are_not_http_are_met_once() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let script = "/dead/RANDOM_DATA_THEN_CLOSE";
    let url = server
        .script(script, &[fault("RANDOM_DATA_THEN_CLOSE")])
        .await;
    let failed = read(&client(), &url).await.unwrap_err();
    assert_eq!(failed.failure().class, Class::CannotConnect);
    assert_eq!(failed.failure().processed, Processed::Maybe);
    assert_eq!(server.requests(script).await, 1);
}

/// Data keeps arriving, so only the timeout of the attempt can end it.
#[tokio::test]
async fn a_body_that_trickles_is_cut_by_the_attempts_timeout() {
    #[resilient(policy = FAST.timeout(Duration::from_millis(300)))]
    async fn read_in_time(http: &Client, url: &str) -> Result<String, ApiError> {
        Ok(http.get(url).send_checked().await?.text().await?)
    }
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let url = server.script("/trickle", &[trickle(200, 60_000)]).await;
    let failed = read_in_time(&client(), &url).await.unwrap_err();
    let classes: Vec<_> = failed.history().attempts.iter().map(|a| a.class).collect();
    assert_eq!(classes, [Class::Timeout; 3]);
    assert_eq!(server.requests("/trickle").await, 3);

    let url = server.script("/slow", &[trickle(200, 600)]).await;
    assert_eq!(read(&client(), &url).await.unwrap().len(), 1000);
    assert_eq!(server.requests("/slow").await, 1);
}

#[tokio::test]
async fn a_failure_whose_body_trickles_is_told_by_its_status() {
    #[resilient(policy = FAST, attempts = 1)]
    async fn read_once(http: &Client, url: &str) -> Result<String, ApiError> {
        Ok(http.get(url).send_checked().await?.text().await?)
    }
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let url = server.script("/refusal", &[trickle(503, 60_000)]).await;
    let failed = read_once(&client(), &url).await.unwrap_err();
    assert_eq!(failed.failure().class, Class::Overloaded);
    assert!(failed.body().unwrap().starts_with("aaa"));
    assert_eq!(server.requests("/refusal").await, 1);
}
