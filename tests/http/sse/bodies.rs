//! Bodies that break, and events whatever the head says.

use super::{events, read, stream};
use futures::StreamExt as _;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Backoff, Class, Policy, ReadEvents as _, SendChecked as _, resilient,
    sse::ServerEvent,
    testing::server::{FaultyServer, ok, openai, sse, status},
};
use std::time::Duration;

#[tokio::test]
async fn a_body_that_breaks_is_a_failure_of_the_network_with_the_details_of_its_response() {
    for answer in [
        sse().data("one").cut(),
        sse().data("one").malformed_chunk(),
        sse().data("one").data("two").half_body(),
        stream("data: one\n\ndata: tw").content_length(1000),
    ] {
        let shown = answer.to_string();
        let (found, error) = events(answer.header("x-request-id", "req_0123")).await;
        let data: Vec<&str> = found.iter().map(ServerEvent::data).collect();
        assert_eq!(data, ["one"], "{shown}");
        let error = error.unwrap();
        let failure = error.failure();
        assert_eq!(
            (failure.class, failure.status),
            (Class::Network, Some(200)),
            "{shown}"
        );
        assert_eq!(failure.request_id.as_ref().unwrap().as_str(), "req_0123");
        assert!(error.request().unwrap().ends_with("/v1"), "{shown}");
    }
}

#[tokio::test]
async fn events_and_their_failures_are_the_same_over_http2() {
    resilient_examples::install_tls();
    let builder = reqwest::Client::builder().no_proxy();
    let http2 = builder.http2_prior_knowledge().build().unwrap();
    for (answer, class) in [
        (sse().data("one").cut(), Some(Class::Network)),
        (
            sse().data("one").event("error", "overloaded_error"),
            Some(Class::Overloaded),
        ),
        (sse().data("one"), None),
    ] {
        let server = FaultyServer::start().await;
        server.answer(answer);
        let response = http2.post(server.url()).send_checked().await.unwrap();
        assert_eq!(response.version(), reqwest::Version::HTTP_2);
        let (found, error) = read(response.events()).await;
        assert_eq!(found, [ServerEvent::new("message", "one")]);
        assert_eq!(error.map(|error| error.failure().class), class);
    }
}

#[tokio::test]
async fn a_body_that_breaks_after_its_end_was_told_has_ended() {
    let (found, error) = events(sse().data("one").data("[DONE]").cut()).await;
    assert_eq!((found.len(), error.is_none()), (2, true), "{error:?}");
}

#[tokio::test]
async fn events_are_read_whatever_the_content_type() {
    for kind in [
        "text/plain",
        "application/json",
        "application/octet-stream",
        "",
    ] {
        let (found, error) = events(ok("data: one\n\n").header("content-type", kind)).await;
        assert_eq!(
            (found.len(), error.is_none()),
            (1, true),
            "{kind} {error:?}"
        );
    }
}

#[tokio::test]
async fn an_error_response_that_was_not_checked_gives_its_error() {
    for body in [
        r#"{"error": {"message": "Overloaded"}}"#,
        "data: one\n\n",
        "",
    ] {
        let server = FaultyServer::start().await;
        server.answer([status(503).body(body), status(503).body(body).cut()]);
        for _ in 0..2 {
            let response = client().get(server.url()).send().await.unwrap();
            let (found, error) = read(response.events()).await;
            assert_eq!(found, []);
            assert_eq!(error.unwrap().failure().class, Class::Overloaded, "{body}");
        }
    }
}

/// A function that reads events until the first one with content.
#[resilient(policy = FAST)]
async fn first(http: &reqwest::Client, url: &str) -> Result<String, ApiError> {
    let mut events = http.post(url).send_checked().await?.events();
    let event = events.next().await.transpose()?;
    Ok(event.map(ServerEvent::into_data).unwrap_or_default())
}

const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_secs(5))
    .backoff(Backoff::exponential(Duration::from_millis(2)));

#[tokio::test]
async fn a_failure_inside_a_stream_is_retried_and_has_its_history() {
    let error = || sse().event("error", r#"{"error": {"type": "overloaded_error"}}"#);
    let server = FaultyServer::start().await;
    server.answer([error(), sse().cut(), openai::stream(["Hi"])]);
    assert!(
        first(&client(), &server.url())
            .await
            .unwrap()
            .contains("Hi")
    );
    server.answer(error().times(3));
    let error = first(&client(), &server.url()).await.unwrap_err();
    assert_eq!(error.failure().class, Class::Overloaded);
    assert_eq!(error.history().attempts.len(), 3);
    assert_eq!(server.requests().await.len(), 6);
}

#[tokio::test]
async fn no_secret_of_a_stream_is_in_its_failure() {
    let server = FaultyServer::start().await;
    let data =
        r#"{"error": {"message": "bad key sk-CANARY0123456789abcdef0123 or CANARY0123456789"}}"#;
    server.answer(sse().event("error", data));
    let url = server.url_of("/v1?key=CANARY0123456789");
    let response = client().get(url).send_checked().await.unwrap();
    let (_, error) = read(response.events()).await;
    let error = error.unwrap();
    let shown = format!("{error} {error:#} {error:?} {:?}", error.curl());
    assert!(!shown.contains("CANARY"), "{shown}");
}
