//! Annotated functions around async-openai without its own retries: the servers count as many
//! requests as the policy permits.
#![allow(
    clippy::unwrap_used,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::{HttpRequestFactory, ReqwestService},
    types::chat::{
        ChatCompletionRequestUserMessage, CreateChatCompletionRequest,
        CreateChatCompletionRequestArgs,
    },
};
use resilient_runtime::{
    Backoff, Budget, CallError, Class, Classify, IntoApiResult, Jitter, Policy, resilient,
};
use resilient_servers::{Llmock, Nginx, client};
use serde_json::json;
use std::time::Duration;

type OpenAi = Client<OpenAIConfig>;
type Failed = CallError<OpenAIError>;

/// The verdict ignores waits below 50 ms.
const QUICK: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .backoff(Backoff::exponential(Duration::from_millis(60)).jitter(Jitter::None));

#[resilient(policy = QUICK)]
async fn chat(openai: &OpenAi) -> Result<String, Failed> {
    let reply = openai.chat().create(question()).await?;
    let message = reply.choices.into_iter().next();
    Ok(message
        .and_then(|choice| choice.message.content)
        .unwrap_or_default())
}

fn question() -> CreateChatCompletionRequest {
    CreateChatCompletionRequestArgs::default()
        .model("gpt-4o")
        .messages([ChatCompletionRequestUserMessage::from("Good morning.").into()])
        .build()
        .unwrap()
}

fn at(base: String) -> OpenAi {
    // Created first: it chooses the TLS provider, without which `with_config` panics.
    let http = client();
    let config = OpenAIConfig::new()
        .with_api_base(base)
        .with_api_key("sk-test");
    Client::with_config(config).with_http_client(http)
}

/// Sends each request once.
fn plain(base: String) -> OpenAi {
    at(base).with_http_service(ReqwestService::new(client()))
}

/// Sends each request once, and keeps the information in the headers of a failure.
fn reading(base: String) -> OpenAi {
    let once = |request: HttpRequestFactory| async move {
        let response = client().execute(request.build().await?).await?;
        let response = response.into_api_result().await;
        response.map_err(|failure| OpenAIError::Boxed(failure.into()))
    };
    at(base).with_http_service(tower::service_fn(once))
}

fn classes(failed: &Failed) -> Vec<Class> {
    let attempts = &failed.history().attempts;
    attempts.iter().map(|attempt| attempt.class).collect()
}

/// The waits are fractions of a second, so the timing shows whether the milliseconds are read.
#[tokio::test]
async fn faults_are_retried_to_success_when_the_server_says() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let faults =
        [429, 503].map(|status| json!({ "type": "fail", "status": status, "retry_after": 0.1 }));
    server.script(&json!(faults)).await;
    assert!(!chat(&reading(server.url("/v1"))).await.unwrap().is_empty());
    server.assert_judged(3, &[], "reading").await;
}

/// The plain service loses the headers, so no wait is known here.
#[tokio::test]
async fn an_outage_is_given_up_after_the_attempts_of_the_policy() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for status in [500, 502] {
        let fault = json!([{ "type": "fail", "status": status, "times": null }]);
        server.script(&fault).await;
        let failed = chat(&plain(server.url("/v1"))).await.unwrap_err();
        assert_eq!(classes(&failed), [Class::from_status(status); 3]);
        server.assert_judged(3, &[], "an outage").await;
    }
}

#[tokio::test]
async fn what_cannot_heal_is_asked_once() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for (status, code, class) in [
        (400, "context_length_exceeded", Class::ContextLength),
        (401, "invalid_api_key", Class::Authentication),
        (404, "model_not_found", Class::NotFound),
    ] {
        let fault = json!({ "type": "fail", "status": status, "code": code, "times": null });
        for openai in [plain(server.url("/v1")), reading(server.url("/v1"))] {
            server.script(&json!([fault])).await;
            let failed = chat(&openai).await.unwrap_err();
            assert_eq!(failed.classify().class, class);
            server.assert_judged(1, &[], code).await;
        }
    }
}

/// The verdict is based on the status, and demands a retry.
#[tokio::test]
async fn f23_an_exhausted_quota_is_asked_once() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let quota =
        json!([{ "type": "fail", "status": 429, "code": "insufficient_quota", "times": null }]);
    for openai in [plain(server.url("/v1")), reading(server.url("/v1"))] {
        server.script(&quota).await;
        let failed = chat(&openai).await.unwrap_err();
        assert_eq!(failed.classify().class, Class::QuotaExhausted);
        server.assert_judged(1, &["gave_up"], "quota").await;
    }
}

/// The control, with its own retries on: the gateway logs more requests than the policy permits.
#[tokio::test]
async fn hidden_retries_show_in_the_gateways_log() {
    // Nothing listens on port 1.
    let Some(nginx) = Nginx::start(
        "location /dead { proxy_pass http://127.0.0.1:1; }
         location /gone { return 444; }",
    ) else {
        return;
    };
    for (openai, path, statuses, class) in [
        (
            plain as fn(String) -> OpenAi,
            "/dead/plain",
            vec![502; 3],
            Class::BadGateway,
        ),
        (reading, "/dead/reading", vec![502; 3], Class::BadGateway),
        (plain, "/gone/plain", vec![444; 3], Class::Network),
        (reading, "/gone/reading", vec![444; 3], Class::Network),
    ] {
        let failed = chat(&openai(nginx.url(path))).await.unwrap_err();
        assert_eq!(classes(&failed), [class; 3], "{path}");
        let asked = nginx.statuses(&format!("{path}/chat/completions")).await;
        assert_eq!(asked, statuses, "{path}");
    }
    let own = at(nginx.url("/dead/own"));
    own.chat().create(question()).await.unwrap_err();
    let asked = nginx.statuses("/dead/own/chat/completions").await;
    assert!(
        asked.len() > 1,
        "the client has no retries of its own any more"
    );
}
