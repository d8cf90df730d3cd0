//! Streams of server-sent events of model providers, with and without llmock's faults.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]

use futures::{Stream, StreamExt as _};
use resilient_runtime::{
    ApiError, Class, ReadEvents as _, SendChecked as _, Tokens,
    sse::{ServerEvent, anthropic, gemini, openai_chat, openai_responses},
};
use resilient_servers::{Llmock, client};
use serde_json::{Value, json};
use std::time::Duration;

type IsIt = fn(&ServerEvent) -> bool;

/// The path of a provider, a valid request, and the preset.
struct Provider {
    path: &'static str,
    request: Value,
    is_content: IsIt,
    is_last: IsIt,
    usage: fn(&ServerEvent) -> Option<Tokens>,
}

macro_rules! provider {
    ($module:ident, $path:literal, $request:tt) => {
        Provider {
            path: $path,
            request: json!($request),
            is_content: $module::is_content,
            is_last: $module::is_last,
            usage: $module::usage,
        }
    };
}

fn providers() -> [Provider; 4] {
    [
        provider!(openai_chat, "/v1/chat/completions", {
            "model": "gpt-4o",
            "stream": true,
            "stream_options": { "include_usage": true },
            "messages": [{ "role": "user", "content": "Good morning." }],
        }),
        provider!(openai_responses, "/v1/responses", {
            "model": "gpt-4o",
            "stream": true,
            "input": "Good morning.",
        }),
        provider!(anthropic, "/anthropic/v1/messages", {
            "model": "claude",
            "stream": true,
            "max_tokens": 900,
            "messages": [{ "role": "user", "content": "Good morning." }],
        }),
        provider!(gemini, "/gemini/v1beta/models/gemini-pro:streamGenerateContent?alt=sse", {
            "contents": [{ "parts": [{ "text": "Good morning." }] }],
        }),
    ]
}

fn fault(kind: &str) -> Value {
    json!([{ "type": "stream_fault", "kind": kind, "after_chunks": 2, "stall_seconds": 600 }])
}

/// The items until the end, a failure, or a silence.
async fn all<T>(
    mut items: impl Stream<Item = Result<T, ApiError>> + Unpin,
) -> (Vec<T>, Option<Class>) {
    let mut found = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_secs(2), items.next()).await {
            Ok(Some(Ok(item))) => found.push(item),
            Ok(Some(Err(error))) => return (found, Some(error.failure().class)),
            Ok(None) => return (found, None),
            Err(_) => return (found, Some(Class::Timeout)),
        }
    }
}

async fn ask(server: &Llmock, provider: &Provider) -> reqwest::Response {
    let request = client().post(server.url(provider.path));
    let response = request.json(&provider.request).send_checked().await;
    response.unwrap()
}

#[tokio::test]
async fn the_streams_of_providers_have_content_an_end_and_a_usage() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for provider in providers() {
        let (events, failure) = all(ask(&server, &provider).await.events()).await;
        assert_eq!(failure, None, "{}", provider.path);
        let content = events.iter().filter(|event| (provider.is_content)(event));
        assert!(content.count() > 0, "{} {events:?}", provider.path);
        assert!(!(provider.is_content)(&events[0]) || provider.path.contains("gemini"));
        assert!(
            events.iter().any(|event| (provider.is_last)(event)),
            "{} {events:?}",
            provider.path
        );
        let usage = events.iter().filter_map(|event| (provider.usage)(event));
        let total: u64 = usage.map(Tokens::total).sum();
        assert!(total > 0, "{} {events:?}", provider.path);
    }
}

#[tokio::test]
async fn each_fault_of_a_stream_is_reported() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for provider in providers() {
        // A stream that ends early ends cleanly: only its last event is missing.
        for (kind, expected) in [
            ("disconnect", Some(Class::Network)),
            ("truncate", None),
            ("stall", Some(Class::Timeout)),
        ] {
            server.script(&fault(kind)).await;
            let (events, failure) = all(ask(&server, &provider).await.events()).await;
            assert_eq!(failure, expected, "{kind} {}", provider.path);
            assert!(!events.is_empty(), "{kind} {}", provider.path);
            assert!(
                !events.iter().any(|event| (provider.is_last)(event)),
                "{kind} {}",
                provider.path
            );
        }
        server.script(&fault("malformed")).await;
        let values = ask(&server, &provider).await.events_json::<Value>();
        let (_, failure) = all(values).await;
        assert_eq!(failure, Some(Class::Decode), "{}", provider.path);
    }
}
