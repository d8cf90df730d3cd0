//! Each fault of HTTP/1.1, and each place in which it may be.

use super::{
    FAULTS, Fault, IN_TIME, OVERLOADED, asked, assert_last_item, assert_retried, close, openai,
    reset, sse, status,
};
use futures::{StreamExt as _, future::join_all};
use resilient_examples::client;
use resilient_runtime::{
    Class,
    testing::server::{Answer, FaultyServer, anthropic, ok},
};
use std::time::Duration;

/// Those that HTTP/2 does not have.
const HTTP1: &[Fault] = &[
    ("malformed chunk", Answer::malformed_chunk, Class::Network),
    (
        "half a body",
        |answer| answer.data(OVERLOADED).data(OVERLOADED).cut(),
        Class::Overloaded,
    ),
];

#[tokio::test]
async fn before_the_first_content_each_fault_is_retried_and_seen_once() {
    let http = client();
    join_all(
        FAULTS
            .iter()
            .chain(HTTP1)
            .map(|it| assert_retried(&http, it)),
    )
    .await;
}

#[tokio::test]
async fn after_the_first_content_each_fault_is_one_last_item() {
    let http = client();
    join_all(
        FAULTS
            .iter()
            .chain(HTTP1)
            .map(|it| assert_last_item(&http, it)),
    )
    .await;
}

#[tokio::test]
async fn failures_before_the_stream_opens_are_those_of_any_call() {
    for fault in [
        status(503),
        status(429).retry_after(Duration::from_millis(20)),
        reset(),
        close(),
        ok(OVERLOADED),
    ] {
        let name = fault.to_string();
        let (result, requests) = asked(&client(), [fault, openai::stream(["Hello"])]).await;
        assert_eq!(
            (result.unwrap().0.as_str(), requests),
            ("Hello", 2),
            "{name}"
        );
    }
    // No retry heals these.
    for (fault, class) in [
        (openai::quota_exhausted(), Class::QuotaExhausted),
        (openai::context_length(), Class::ContextLength),
        (
            sse().data(&openai_error("insufficient_quota")),
            Class::QuotaExhausted,
        ),
        (
            sse().data(&openai_error("invalid_api_key")),
            Class::Authentication,
        ),
    ] {
        let (result, requests) = asked(&client(), fault).await;
        assert_eq!((result.unwrap_err().failure().class, requests), (class, 1));
    }
}

fn openai_error(code: &str) -> String {
    format!(r#"{{"error": {{"message": "no", "type": "{code}", "code": "{code}"}}}}"#)
}

/// Byte by byte, or with keep-alives between the parts.
#[tokio::test]
async fn a_slow_stream_arrives_whole_with_one_request() {
    let gap = Duration::from_millis(20);
    let interrupted = ["Hel", "lo"].into_iter().fold(sse(), |answer, part| {
        let chunk = serde_json::json!({ "choices": [{ "delta": { "content": part } }] });
        answer
            .comment("wait")
            .gap(gap)
            .data(&chunk.to_string())
            .gap(gap)
    });
    for answer in [
        openai::stream(["Hel", "lo"]).trickle(Duration::from_micros(100)),
        interrupted.data("[DONE]"),
        openai::stream(["Hel", "lo"]).delay(gap),
    ] {
        let (result, requests) = asked(&client(), answer).await;
        let (text, failure) = result.unwrap();
        assert_eq!((text.as_str(), requests), ("Hello", 1));
        assert!(failure.is_none(), "{failure:?}");
    }
}

/// The whole answer is there: what the connection does then is no matter.
#[tokio::test]
async fn f305_a_fault_of_the_connection_after_the_last_event_is_no_failure() {
    let finished = || {
        let stop = r#"{"choices": [{"delta": {}, "finish_reason": "stop"}]}"#;
        openai::unfinished_stream(["Hel", "lo"]).data(stop)
    };
    for answer in [
        finished(),
        finished().cut(),
        finished().reset_in_body(),
        finished().stall(),
    ] {
        let name = answer.to_string();
        let (result, requests) = asked(&client(), answer).await;
        let (text, failure) = result.unwrap();
        assert_eq!((text.as_str(), requests), ("Hello", 1), "{name}");
        assert!(failure.is_none(), "{name}: {failure:?}");
    }
}

/// The consumer goes away: so does the request.
#[tokio::test]
async fn a_stream_that_is_dropped_closes_its_connection() {
    let server = FaultyServer::start().await;
    server.answer(openai::unfinished_stream(["Hel", "lo"]).keep_alives(IN_TIME / 100));
    let (http, url) = (client(), server.url());
    let stream = super::ask(&http, &url).await.unwrap();
    let mut stream = Box::pin(stream);
    assert!(stream.next().await.unwrap().is_ok());
    drop(stream);
    // A new connection, and not the old one with the rest of the stream.
    server.answer(openai::stream(["again"]));
    let stream = super::ask(&http, &url).await.unwrap();
    assert_eq!(super::read(stream).await.0, "again");
    assert_eq!(server.requests().await.len(), 2);
}

#[tokio::test]
async fn the_streams_of_anthropic_are_retried_and_broken_as_their_events_say() {
    use futures::Stream;
    use reqwest::Client;
    use resilient_runtime::{
        ApiError, ReadEvents as _, SendChecked as _, resilient,
        sse::{self, ServerEvent},
    };

    #[resilient(
        policy = super::QUICK,
        content = sse::anthropic::is_content,
        last = sse::anthropic::is_last
    )]
    async fn ask(
        http: &Client,
        url: &str,
    ) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
        Ok(http.post(url).send_checked().await?.events())
    }
    let server = FaultyServer::start().await;
    server.answer([
        anthropic::overloaded_in_stream([]),
        anthropic::unfinished_stream([]).event("ping", r#"{"type": "ping"}"#),
        anthropic::stream(["Hel", "lo"]),
        anthropic::overloaded_in_stream(["Hel"]),
    ]);
    let (http, url) = (client(), server.url());
    let items: Vec<_> = ask(&http, &url).await.unwrap().collect().await;
    assert_eq!(server.requests().await.len(), 3);
    let names: Vec<_> = items.iter().map(|it| it.as_ref().unwrap().name()).collect();
    let deltas = names.iter().filter(|it| **it == "content_block_delta");
    assert_eq!((names[0], deltas.count()), ("message_start", 2));
    assert_eq!(names.last(), Some(&"message_stop"));

    let items: Vec<_> = ask(&http, &url).await.unwrap().collect().await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.failure().class, Class::StreamBroken);
    let cause = error.history().attempts.last().unwrap();
    assert_eq!(cause.class, Class::Overloaded);
    assert_eq!(server.requests().await.len(), 4);
}
