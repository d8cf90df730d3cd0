//! Annotated functions against the APIs of model providers, with llmock's verdicts on the client.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use reqwest::Client;
use resilient_runtime::{ApiError, Backoff, Budget, Class, Policy, SendChecked as _, resilient};
use resilient_servers::{Llmock, client};
use serde_json::{Value, json};
use std::{io, time::Duration};

const FAST: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .backoff(Backoff::fixed(Duration::from_millis(5)));

#[resilient(policy = FAST)]
async fn ask(http: &Client, url: &str, body: &Value) -> Result<String, ApiError> {
    Ok(http
        .post(url)
        .json(body)
        .send_checked()
        .await?
        .text()
        .await?)
}

/// The path of each provider, and a valid request.
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

/// Refuses every request with this status and the provider's code and message.
fn refusal(status: u16, code: &str, message: &str) -> Value {
    json!([{ "type": "fail", "status": status, "code": code, "message": message, "times": null }])
}

/// One call is answered by each of them in turn. The waits are fractions of a second, so the timing
/// shows whether the milliseconds are read.
#[tokio::test]
async fn faults_of_every_provider_are_retried_to_success() {
    #[resilient(policy = FAST.attempts(9))]
    async fn insist(http: &Client, url: &str, body: &Value) -> Result<String, ApiError> {
        Ok(http
            .post(url)
            .json(body)
            .send_checked()
            .await?
            .text()
            .await?)
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
        server.assert_judged(9, &[], path).await;
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
            assert_eq!(failed.failure().class, class, "{path}");
            server
                .assert_judged(1, &[], &format!("{path} {status}"))
                .await;
        }
    }
}

/// Only the body distinguishes it from a rate limit. The verdict is based on the status, and
/// demands a retry.
#[tokio::test]
async fn f23_an_exhausted_quota_is_asked_once() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let spent = "You exceeded your current quota, please check your plan and billing details.";
    let [openai, anthropic, gemini, mistral, _] = providers();
    for ((path, body), code, message) in [
        (&openai, "insufficient_quota", "no credit"),
        (&openai, "rate_limit_exceeded", spent),
        (
            &anthropic,
            "billing_error",
            "Your credit balance is too low.",
        ),
        (&gemini, "RESOURCE_EXHAUSTED", spent),
        (&mistral, "insufficient_quota", "no credit"),
    ] {
        server.script(&refusal(429, code, message)).await;
        let failed = ask(&client(), &server.url(path), body).await.unwrap_err();
        assert_eq!(failed.failure().class, Class::QuotaExhausted, "{path}");
        assert!(failed.body().unwrap().contains(message), "{path}");
        server.assert_judged(1, &["gave_up"], path).await;
    }
}

/// All providers send the same status; the body makes the difference.
#[tokio::test]
async fn a_client_error_is_what_the_providers_body_says() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let [openai, anthropic, gemini, mistral, cohere] = providers();
    let long = "This model's maximum context length is 128 tokens.";
    for ((path, body), code, message, class) in [
        (
            &openai,
            "context_length_exceeded",
            "no",
            Class::ContextLength,
        ),
        (
            &openai,
            "content_policy_violation",
            "no",
            Class::ContentFilter,
        ),
        (
            &anthropic,
            "invalid_request_error",
            "prompt is too long: 9 tokens",
            Class::ContextLength,
        ),
        (
            &gemini,
            "INVALID_ARGUMENT",
            "API key not valid.",
            Class::Authentication,
        ),
        (
            &mistral,
            "invalid_request_error",
            long,
            Class::ContextLength,
        ),
        (
            &cohere,
            "invalid_request_error",
            "too many tokens: 9",
            Class::ContextLength,
        ),
    ] {
        server.script(&refusal(400, code, message)).await;
        let failed = ask(&client(), &server.url(path), body).await.unwrap_err();
        assert_eq!(failed.failure().class, class, "{path} {code}");
        server.assert_judged(1, &[], path).await;
    }
}

/// 529 is not a standard status, and the field names of its body differ.
#[tokio::test]
async fn an_overload_is_one_at_every_provider() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for (path, body) in providers() {
        let overload =
            json!([{ "type": "fail", "status": 529, "retry_after": 0.1, "times": null }]);
        server.script(&overload).await;
        let failed = ask(&client(), &server.url(path), &body).await.unwrap_err();
        assert_eq!(failed.failure().class, Class::Overloaded, "{path}");
        server.assert_judged(3, &[], path).await;
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
        assert_eq!(failed.failure().class, Class::Overloaded, "{path}");
        server.assert_judged(3, &[], path).await;
    }
}

/// A truncated stream is a success by HTTP's rules; only the missing last event reveals it.
#[tokio::test]
async fn a_stream_that_breaks_is_asked_for_again() {
    #[resilient(policy = FAST)]
    async fn stream(http: &Client, url: &str, body: &Value) -> Result<String, ApiError> {
        let response = http.post(url).json(body).send_checked().await?;
        let events = response.text().await?;
        if !events.contains("data: [DONE]") {
            let error = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(ApiError::from_transport(error));
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
        server.assert_judged(2, &[], kind).await;
    }
}

/// The control for the tests above: a client that does not wait gets a verdict.
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
