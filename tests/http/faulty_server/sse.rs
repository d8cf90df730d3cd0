//! Streams of server-sent events.

use super::{LONG, SHORT};
use resilient_examples::client;
use resilient_runtime::{
    Class, Classify as _,
    testing::server::{Answer, FaultyServer, anthropic, openai, sse},
};
use std::time::Duration;

/// The text of a stream, and the class of the failure that ends it. The next part of the text is
/// waited for so long.
async fn stream_within(time: Duration, answer: Answer) -> (String, Option<Class>) {
    let server = FaultyServer::start().await;
    server.answer(answer);
    let mut response = client().get(server.url()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    loop {
        let next = tokio::time::timeout(time, response.chunk()).await;
        match next {
            Ok(Ok(Some(chunk))) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
            Ok(Ok(None)) => return (text, None),
            Ok(Err(error)) => return (text, Some(error.classify().class)),
            Err(elapsed) => return (text, Some(elapsed.classify().class)),
        }
    }
}

async fn stream(answer: Answer) -> (String, Option<Class>) {
    stream_within(LONG, answer).await
}

#[tokio::test]
async fn events_arrive_with_their_names_and_their_gaps() {
    let gap = Duration::from_millis(20);
    let begin = std::time::Instant::now();
    let events = sse().data("one").gap(gap).event("error", "two\nlines");
    let (text, failure) = stream(events).await;
    assert_eq!(
        text,
        "data: one\n\nevent: error\ndata: two\ndata: lines\n\n"
    );
    assert_eq!(failure, None);
    assert!(begin.elapsed() >= gap);
}

#[tokio::test]
async fn a_stream_that_breaks_off_or_falls_silent_fails_after_its_events() {
    let one = "data: one\n\n".to_owned();
    let cut = stream(sse().data("one").cut()).await;
    assert_eq!(cut, (one.clone(), Some(Class::Network)));
    let silent = stream_within(SHORT, sse().data("one").stall()).await;
    assert_eq!(silent, (one.clone(), Some(Class::Timeout)));
    let reset = stream(sse().data("one").reset_in_body()).await;
    assert_eq!(reset, (one.clone(), Some(Class::Network)));
    let malformed = stream(sse().data("one").malformed_chunk()).await;
    assert_eq!(malformed, (one, Some(Class::Network)));
    let half = stream(sse().data("one").data("two").half_body()).await;
    assert_eq!(half, ("data: one\n\n".to_owned(), Some(Class::Network)));
}

#[tokio::test]
async fn the_streams_of_providers_have_their_events() {
    let (text, _) = stream(openai::stream(["Hel", "lo"])).await;
    assert_eq!(text.matches("data: ").count(), 4);
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let (text, _) = stream(anthropic::stream(["Hel", "lo"])).await;
    assert_eq!(text.matches("event: content_block_delta\n").count(), 2);
    assert!(text.contains("event: message_stop\n"), "{text}");
    let (text, _) = stream(anthropic::overloaded_in_stream(["Hel"])).await;
    assert!(
        text.contains("event: error\ndata: {\"type\": \"error\""),
        "{text}"
    );
}

/// Comments are no events, but they are bytes: a timeout of the client between bytes never ends it.
#[tokio::test]
async fn keep_alives_go_on_for_ever() {
    let server = FaultyServer::start().await;
    server.answer(sse().comment("a\nb").data("one").keep_alives(SHORT / 100));
    let mut response = client().get(server.url()).send().await.unwrap();
    let mut text = String::new();
    while text.matches(": keep-alive\n\n").count() < 5 {
        let chunk = response.chunk().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(
        text.starts_with(": a\n: b\n\ndata: one\n\n: keep"),
        "{text}"
    );
}
