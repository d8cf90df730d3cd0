//! JSON values, another stream after a break, and hedges.

use super::{IN_TIME, QUICK, read};
use futures::{Stream, StreamExt as _};
use reqwest::Client;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, Kept, ReadEvents as _, SendChecked as _, resilient,
    sse::{ServerEvent, openai_chat},
    testing::server::{FaultyServer, openai, sse},
};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

fn text_of(chunk: &Value) -> &str {
    chunk["choices"][0]["delta"]["content"]
        .as_str()
        .unwrap_or_default()
}

fn is_last(chunk: &Value) -> bool {
    chunk["choices"][0]["finish_reason"].is_string()
}

#[resilient(policy = QUICK, content = |chunk| !text_of(chunk).is_empty(), last = is_last)]
async fn values(
    http: &Client,
    url: &str,
) -> Result<impl Stream<Item = Result<Value, ApiError>>, ApiError> {
    Ok(http.post(url).send_checked().await?.events_json())
}

#[tokio::test]
async fn values_are_retried_before_and_broken_after_the_first_content() {
    let server = FaultyServer::start().await;
    server.answer([
        sse().event("error", super::OVERLOADED),
        openai::unfinished_stream([]),
        openai::stream(["Hel", "lo"]),
        openai::unfinished_stream(["Hel", "lo"]).data("{\"choices\": [{"),
        openai::unfinished_stream(["Hel", "lo"]),
    ]);
    let (http, url) = (client(), server.url());
    let items: Vec<_> = values(&http, &url).await.unwrap().collect().await;
    let texts: Vec<_> = items
        .iter()
        .map(|it| text_of(it.as_ref().unwrap()))
        .collect();
    assert_eq!(texts, ["Hel", "lo", ""]);
    assert_eq!(server.requests().await.len(), 3);
    for class in [Class::Decode, Class::Network] {
        let items: Vec<_> = values(&http, &url).await.unwrap().collect().await;
        let error = items.last().unwrap().as_ref().unwrap_err();
        assert_eq!(
            (items.len(), error.failure().class),
            (3, Class::StreamBroken)
        );
        assert_eq!(error.history().attempts.last().unwrap().class, class);
    }
    assert_eq!(server.requests().await.len(), 5);
}

/// A function that goes on behind what the broken stream has given.
#[tokio::test]
async fn a_stream_that_breaks_goes_on_with_a_second_request() {
    type Text = Arc<Mutex<String>>;

    #[resilient(
        policy = QUICK,
        context = attempt,
        content = openai_chat::is_content,
        last = openai_chat::is_last,
        resume = go_on
    )]
    async fn ask(
        http: &Client,
        url: &str,
    ) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
        let text = Text::default();
        attempt.keep(Arc::clone(&text));
        let events = http.post(url).send_checked().await?.events();
        Ok(events.inspect(move |event| {
            let json = event
                .as_ref()
                .ok()
                .and_then(|event| event.json::<Value>().ok());
            text.lock()
                .unwrap()
                .push_str(text_of(&json.unwrap_or_default()));
        }))
    }
    async fn go_on(
        http: &Client,
        url: &str,
        error: ApiError,
        kept: Kept,
    ) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
        assert_eq!(error.failure().class, Class::StreamBroken);
        let text = kept.get::<Text>().unwrap().lock().unwrap().clone();
        let request = http.post(url).body(format!("go on after: {text}"));
        Ok(request.send_checked().await?.events())
    }
    for broken in [
        openai::unfinished_stream(["Hel"]).cut(),
        openai::unfinished_stream(["Hel"]),
        openai::unfinished_stream(["Hel"]).stall(),
        openai::unfinished_stream(["Hel"]).event("error", super::OVERLOADED),
    ] {
        let server = FaultyServer::start().await;
        server.answer([broken, openai::stream(["lo"])]);
        let http = client();
        let (text, failure) = read(ask(&http, &server.url()).await.unwrap()).await;
        assert_eq!(text, "Hello");
        assert!(failure.is_none(), "{failure:?}");
        let requests = server.requests().await;
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[1].text(), "go on after: Hel");
    }
}

#[tokio::test]
async fn of_hedged_requests_the_first_with_content_is_read() {
    #[resilient(
        policy = QUICK,
        hedge(after = HEDGE),
        content = openai_chat::is_content,
        last = openai_chat::is_last
    )]
    async fn ask(
        http: &Client,
        url: &str,
    ) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
        Ok(http.post(url).send_checked().await?.events())
    }
    const HEDGE: Duration = Duration::from_millis(100);

    let server = FaultyServer::start().await;
    server.answer([sse().keep_alives(IN_TIME / 20), openai::stream(["Hello"])]);
    let http = client();
    let (text, _) = read(ask(&http, &server.url()).await.unwrap()).await;
    assert_eq!((text.as_str(), server.requests().await.len()), ("Hello", 2));
}
