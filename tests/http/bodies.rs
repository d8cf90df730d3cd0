//! Functions that return a response whose body is read in the attempt.

use reqwest::{Client, Response};
use resilient_examples::client;
use resilient_runtime::{
    CallError, Concurrency, Upstream, resilient,
    testing::server::{Answer, FaultyServer, status},
};
use std::time::Duration;

type Failed = CallError<reqwest::Error>;

static ONE: Upstream = Upstream::new("one").concurrency(Concurrency::new(1));

#[resilient(attempts = 3, timeout = "400ms", upstream = ONE, body = true)]
async fn fetch(http: &Client, url: &str) -> Result<Response, Failed> {
    Ok(http.get(url).send().await?)
}

/// Without `body`, the call ends with the headers.
#[resilient(attempts = 3, timeout = "400ms")]
async fn fetch_head(http: &Client, url: &str) -> Result<Response, Failed> {
    Ok(http.get(url).send().await?)
}

fn broken() -> [Answer; 3] {
    let half = || status(200).body("half of it");
    [half().cut(), half().half_body(), half().stall()]
}

#[resilient_runtime::test(no_waits)]
async fn a_body_that_breaks_or_hangs_is_read_again() {
    for broken in broken() {
        let name = broken.to_string();
        let server = FaultyServer::start().await;
        let whole = status(200).body("all of it").header("x-id", "7");
        server.answer([broken, whole]);
        let response = fetch(&client(), &server.url_of("/a")).await.unwrap();
        assert_eq!(response.url().path(), "/a", "{name}");
        assert_eq!(response.headers()["x-id"], "7", "{name}");
        assert_eq!(response.text().await.unwrap(), "all of it", "{name}");
        server.assert_used_up();
    }
    assert_eq!(ONE.snapshot().in_use, Some(0));
}

#[resilient_runtime::test(no_waits)]
async fn without_body_a_broken_one_is_left_to_the_caller() {
    let server = FaultyServer::start().await;
    server.answer(status(200).body("half of it").half_body());
    let response = fetch_head(&client(), &server.url()).await.unwrap();
    assert!(response.text().await.is_err());
    server.assert_used_up();
}

#[resilient_runtime::test(no_waits)]
async fn a_failing_response_keeps_its_status_though_its_body_breaks() {
    let server = FaultyServer::start().await;
    server.answer(status(404).body("not there").half_body());
    let response = fetch(&client(), &server.url()).await.unwrap();
    assert_eq!(response.status(), 404);
    server.assert_used_up();
}

/// With a clock that advances as soon as all received data is read.
#[resilient(attempts = 1, timeout = "30s", body = true)]
async fn fetch_with_paused_clock(http: &Client, url: &str) -> Result<Response, Failed> {
    let response = http.get(url).send().await?;
    tokio::time::pause();
    Ok(response)
}

#[resilient_runtime::test(no_waits)]
async fn f325_a_failing_response_keeps_its_status_though_its_body_hangs() {
    let server = FaultyServer::start().await;
    server.answer(status(503).body("busy").stall());
    let response = fetch_with_paused_clock(&client(), &server.url()).await;
    tokio::time::resume();
    let response = response.unwrap();
    assert_eq!(response.status(), 503);
    assert!("busy".starts_with(&response.text().await.unwrap()));
    server.assert_used_up();
}

#[resilient_runtime::test(no_waits)]
async fn the_timeout_includes_a_body_that_trickles() {
    let server = FaultyServer::start().await;
    let slow = status(200)
        .body([b'x'; 100])
        .trickle(Duration::from_millis(50));
    server.answer(slow.times(3));
    assert!(fetch(&client(), &server.url()).await.is_err());
    server.assert_used_up();
}

#[resilient_runtime::test(no_waits)]
async fn f353_a_failing_response_is_judged_by_the_body_that_was_read() {
    let quota = r#"{"error": {"code": "insufficient_quota", "message": "No credit is left."}}"#;
    let server = FaultyServer::start().await;
    server.answer(status(429).body(quota));
    let response = fetch(&client(), &server.url()).await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.text().await.unwrap(), quota);
    assert_eq!(server.requests().await.len(), 1);

    let busy = r#"{"message": "Slow down."}"#;
    let server = FaultyServer::start().await;
    server.answer([status(429).body(busy), status(200).body("yes")]);
    let response = fetch(&client(), &server.url()).await.unwrap();
    assert_eq!(response.text().await.unwrap(), "yes");
    server.assert_used_up();
}
