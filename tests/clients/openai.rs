//! Calls through async-openai.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::{OpenAIError, StreamError};
use async_openai::middleware::{HttpRequestFactory, ReqwestService};
use async_openai::types::chat::{
    ChatCompletionRequestUserMessage, CreateChatCompletionRequest, CreateChatCompletionRequestArgs,
};
use resilient_examples::{Answer, Server, client, install_tls};
use resilient_runtime::{Backoff, CallError, Class, Classify, IntoApiResult, Policy, resilient};
use std::time::Duration;

type OpenAi = Client<OpenAIConfig>;
type Failed = CallError<OpenAIError>;

const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_secs(5))
    .backoff(Backoff::exponential(Duration::from_millis(5)));

#[resilient(policy = FAST, by_ref(openai))]
async fn chat(openai: OpenAi) -> Result<String, Failed> {
    let reply = openai.chat().create(question()).await?;
    let said = reply
        .choices
        .into_iter()
        .next()
        .and_then(|choice| choice.message.content);
    Ok(said.unwrap_or_default())
}

fn question() -> CreateChatCompletionRequest {
    CreateChatCompletionRequestArgs::default()
        .model("gpt")
        .messages([ChatCompletionRequestUserMessage::from("hello").into()])
        .build()
        .unwrap()
}

fn at(base: String) -> OpenAi {
    install_tls();
    Client::with_config(
        OpenAIConfig::new()
            .with_api_base(base)
            .with_api_key("sk-proj-CANARY0123456789"),
    )
}

fn alone(base: String) -> OpenAi {
    at(base).with_http_service(ReqwestService::new(client()))
}

/// The result of a call without the client's own retries, and the number of requests.
async fn asked(answers: impl IntoIterator<Item = Answer>) -> (Result<String, Failed>, usize) {
    let server = Server::start().await;
    let base = server.script("openai", answers);
    let result = chat(alone(base)).await;
    (result, server.requests("openai"))
}

#[tokio::test]
async fn the_plain_service_makes_one_request_and_the_default_one_hides_three_more() {
    let server = Server::start().await;
    let base = server.script("busy", [Answer::status(503)]);
    alone(base.clone())
        .chat()
        .create(question())
        .await
        .unwrap_err();
    assert_eq!(server.requests("busy"), 1);
    let default = at(base).with_http_client(client());
    default.chat().create(question()).await.unwrap_err();
    assert_eq!(
        server.requests("busy"),
        1 + 4,
        "the client has changed its own retries"
    );
}

#[tokio::test]
async fn failures_of_the_api_are_told_by_status_and_code() {
    let (reply, requests) =
        asked([Answer::status(429), Answer::status(503), Answer::ok("hi")]).await;
    assert_eq!((reply.unwrap().as_str(), requests), ("hi", 3));
    for (answer, class, code) in [
        (Answer::quota(), Class::QuotaExhausted, Some("insufficient_quota")),
        (Answer::status(401), Class::Authentication, Some("invalid_api_key")),
        (
            Answer::status(400).body(r#"{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#),
            Class::ContextLength,
            Some("context_length_exceeded"),
        ),
        (
            Answer::status(400).body(r#"{"error":{"message":"bad key sk-proj-CANARY0123456789","type":"invalid_request_error","param":null,"code":null}}"#),
            Class::InvalidRequest,
            None,
        ),
        (Answer::ok("").body("<html>welcome</html>"), Class::Decode, None),
    ] {
        let (result, requests) = asked([answer]).await;
        let says = result.unwrap_err().classify();
        assert_eq!((says.class, requests), (class, 1));
        assert_eq!(says.code.as_ref().map(resilient_runtime::Redacted::as_str), code);
        assert!(!format!("{says:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn failures_of_the_transport_are_what_its_client_says() {
    for (answer, class) in [
        (Answer::reset(), Class::Network),
        (Answer::cut(), Class::Network),
    ] {
        let (result, requests) = asked([answer]).await;
        assert_eq!((result.unwrap_err().classify().class, requests), (class, 3));
    }
    let refused = chat(alone("http://127.0.0.1:1".to_owned())).await;
    assert_eq!(refused.unwrap_err().classify().class, Class::Connect);
}

/// As in the documentation of the implementation: the client keeps headers and status.
#[tokio::test]
async fn a_service_that_reads_the_answer_keeps_what_the_client_drops() {
    let one_request = |request: HttpRequestFactory| async move {
        let response = client().execute(request.build().await?).await?;
        let response = response.into_api_result().await;
        response.map_err(|failure| OpenAIError::Boxed(failure.into()))
    };
    let server = Server::start().await;
    for (name, answer, class, wait) in [
        (
            "told",
            Answer::status(429).header("retry-after", "7"),
            Class::RateLimited,
            Some(7),
        ),
        (
            "gateway",
            Answer::status(403).body("<html>no</html>"),
            Class::Permission,
            None,
        ),
    ] {
        let base = server.script(name, [answer]);
        let openai = at(base).with_http_service(tower::service_fn(one_request));
        let failure = openai
            .chat()
            .create(question())
            .await
            .unwrap_err()
            .classify();
        assert_eq!((failure.class, server.requests(name)), (class, 1));
        assert_eq!(failure.wait.map(|wait| wait.duration.as_secs()), wait);
    }
}

#[test]
fn a_broken_stream_and_a_foreign_error_are_told() {
    let broken = StreamError::EventStream("cut".to_owned());
    let broken = OpenAIError::StreamError(Box::new(broken));
    assert_eq!(broken.classify().class, Class::StreamBroken);
    let foreign = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    assert_eq!(
        OpenAIError::Boxed(Box::new(foreign)).classify().class,
        Class::Network
    );
}
