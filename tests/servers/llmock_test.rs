//! Annotated functions against the providers of models, and what a judge of clients says about them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use reqwest::Client;
use resilient_runtime::{Backoff, CallError, Class, Classify, Policy, resilient};
use resilient_servers::{Failure, Llmock, client, text};
use serde_json::{Value, json};
use std::time::Duration;

const FAST: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(Duration::from_millis(5)));

type Failed = CallError<Failure>;

#[resilient(policy = FAST)]
async fn ask(http: &Client, url: &str, body: &Value) -> Result<String, Failed> {
    Ok(text(http.post(url).json(body)).await?)
}

/// Each provider's path, and a request that it understands.
fn providers() -> [(&'static str, Value); 5] {
    let messages = json!([{ "role": "user", "content": "Good morning." }]);
    [
        (
            "/v1/chat/completions",
            json!({ "model": "gpt-4o", "messages": messages }),
        ),
        (
            "/anthropic/v1/messages",
            json!({ "model": "claude", "max_tokens": 9, "messages": messages }),
        ),
        (
            "/gemini/v1beta/models/gemini-pro:generateContent",
            json!({ "contents": [{ "parts": [{ "text": "Good morning." }] }] }),
        ),
        (
            "/mistral/v1/chat/completions",
            json!({ "model": "mistral-small", "messages": messages }),
        ),
        (
            "/cohere/v2/chat",
            json!({ "model": "command-r", "messages": messages }),
        ),
    ]
}

/// Asserts that one call of so many attempts came, and that nothing is to be said against it.
async fn assert_faultless(server: &Llmock, attempts: usize, about: &str) {
    let verdict = server.verdict().await;
    assert_eq!(verdict["findings"], json!([]), "{about}");
    assert_eq!(
        (&verdict["calls"], &verdict["attempts"]),
        (&json!(1), &json!(attempts)),
        "{about}"
    );
}

/// One call goes through all of them. The waits are fractions of a second, so only who reads the milliseconds is in time
/// and not slow.
#[tokio::test]
async fn faults_of_every_provider_are_retried_to_success() {
    #[resilient(policy = FAST.attempts(9))]
    async fn insist(http: &Client, url: &str, body: &Value) -> Result<String, Failed> {
        Ok(text(http.post(url).json(body)).await?)
    }
    let Some(server) = Llmock::start() else {
        return;
    };
    let faults = [408, 409, 429, 500, 502, 503, 504, 529]
        .map(|status| json!({ "type": "fail", "status": status, "retry_after": 0.1 }));
    for (path, body) in providers() {
        server.script(&json!(faults)).await;
        let answer = insist(&client(), &server.url(path), &body).await;
        assert!(answer.is_ok(), "{path}: {answer:?}");
        assert_faultless(&server, 9, path).await;
    }
}

#[tokio::test]
async fn what_a_provider_refuses_is_asked_once() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for (path, body) in providers() {
        for (status, class) in [
            (400, Class::InvalidRequest),
            (401, Class::Authentication),
            (402, Class::QuotaExhausted),
            (403, Class::Permission),
            (404, Class::NotFound),
            (413, Class::InvalidRequest),
            (422, Class::InvalidRequest),
        ] {
            server
                .script(&json!([{ "type": "fail", "status": status, "times": null }]))
                .await;
            let failed = ask(&client(), &server.url(path), &body).await.unwrap_err();
            assert_eq!(failed.classify().class, class, "{path}");
            assert_faultless(&server, 1, &format!("{path} {status}")).await;
        }
    }
}

#[tokio::test]
async fn an_outage_is_given_up_after_the_attempts_of_the_policy() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for (path, body) in providers() {
        let outage = json!([{ "type": "fail", "status": 503, "retry_after": 0.1, "times": null }]);
        server.script(&outage).await;
        let failed = ask(&client(), &server.url(path), &body).await.unwrap_err();
        assert_eq!(failed.classify().class, Class::Overloaded, "{path}");
        assert_faultless(&server, 3, path).await;
    }
}

/// A truncated stream is a success by HTTP's rules; only its missing last event gives it away.
#[tokio::test]
async fn a_stream_that_breaks_is_asked_for_again() {
    #[resilient(policy = FAST)]
    async fn stream(http: &Client, url: &str, body: &Value) -> Result<String, Failed> {
        let events = text(http.post(url).json(body)).await?;
        if !events.contains("data: [DONE]") {
            Err(Failure::Incomplete)?;
        }
        Ok(events)
    }
    let Some(server) = Llmock::start() else {
        return;
    };
    let url = server.url("/v1/chat/completions");
    let body = json!({
        "model": "gpt-4o",
        "stream": true,
        "messages": [{ "role": "user", "content": "Good morning." }],
    });
    for kind in ["disconnect", "truncate"] {
        server
            .script(&json!([{ "type": "stream_fault", "kind": kind, "after_chunks": 2 }]))
            .await;
        stream(&client(), &url, &body).await.unwrap();
        assert_faultless(&server, 2, kind).await;
    }
}

/// The control for the tests above: who does not wait is found out.
#[tokio::test]
async fn a_client_that_does_not_wait_is_found_out() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let [(path, body), ..] = providers();
    server
        .script(&json!([{ "type": "fail", "status": 429, "retry_after": 3600 }]))
        .await;
    for _ in 0..2 {
        let request = client().post(server.url(path)).json(&body);
        request.send().await.unwrap();
    }
    let verdict = server.verdict().await;
    assert_eq!(verdict["findings"][0]["code"], "retry_after_ignored");
    assert_eq!(verdict["attempts"], 2);
}
