//! Functions whose body streams with async-openai. The server counts the requests.
#![allow(
    clippy::unwrap_used,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::ReqwestService,
    types::chat::{
        ChatCompletionRequestUserMessage, CreateChatCompletionRequest,
        CreateChatCompletionRequestArgs, CreateChatCompletionStreamResponse,
    },
};
use futures::{Stream, StreamExt as _};
use resilient_examples::{client, install_tls};
use resilient_runtime::{
    Backoff, Budget, CallError, Class, Classify as _, Policy, resilient,
    testing::server::{Answer, FaultyServer, openai, reset, sse, status},
};
use std::{pin::pin, time::Duration};

type OpenAi = Client<OpenAIConfig>;
type Failed = CallError<OpenAIError>;
type Chunk = CreateChatCompletionStreamResponse;

/// Long enough for an answer that arrives.
const IN_TIME: Duration = Duration::from_secs(1);

const QUICK: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .timeout(IN_TIME)
    .first(IN_TIME)
    .idle(IN_TIME)
    .backoff(Backoff::fixed(Duration::from_millis(5)));

#[resilient(policy = QUICK, content = has_text, last = is_last)]
async fn ask(openai: &OpenAi) -> Result<impl Stream<Item = Result<Chunk, Failed>> + use<>, Failed> {
    let chunks = openai.chat().create_stream(question()).await?;
    Ok(chunks.map(|chunk| chunk.map_err(Failed::from)))
}

/// The client's own error can hold that of the library, too.
#[resilient(policy = QUICK, content = has_text, last = is_last)]
async fn ask_plainly(
    openai: &OpenAi,
) -> Result<impl Stream<Item = Result<Chunk, OpenAIError>> + use<>, OpenAIError> {
    openai.chat().create_stream(question()).await
}

fn text_of(chunk: &Chunk) -> &str {
    let delta = chunk.choices.first().map(|choice| &choice.delta);
    delta
        .and_then(|delta| delta.content.as_deref())
        .unwrap_or_default()
}

fn has_text(chunk: &Chunk) -> bool {
    !text_of(chunk).is_empty()
}

fn is_last(chunk: &Chunk) -> bool {
    chunk
        .choices
        .iter()
        .any(|choice| choice.finish_reason.is_some())
}

fn question() -> CreateChatCompletionRequest {
    CreateChatCompletionRequestArgs::default()
        .model("gpt")
        .messages([ChatCompletionRequestUserMessage::from("hello").into()])
        .build()
        .unwrap()
}

/// A client that sends each request once.
fn at(base: String) -> OpenAi {
    install_tls();
    let config = OpenAIConfig::new()
        .with_api_base(base)
        .with_api_key("sk-test");
    Client::with_config(config).with_http_service(ReqwestService::new(client()))
}

/// The text, the failure that ends it, and the number of requests.
async fn asked(
    answers: impl IntoIterator<Item = Answer>,
) -> (Result<(String, Option<Failed>), Failed>, usize) {
    let server = FaultyServer::start().await;
    server.answer(answers);
    let result = match ask(&at(server.url_of("/v1"))).await {
        Ok(stream) => Ok(read(stream).await),
        Err(error) => Err(error),
    };
    server.assert_used_up();
    (result, server.requests().await.len())
}

async fn read(stream: impl Stream<Item = Result<Chunk, Failed>>) -> (String, Option<Failed>) {
    let mut stream = pin!(stream);
    let mut text = String::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(chunk) => text.push_str(text_of(&chunk)),
            Err(error) => {
                assert!(stream.next().await.is_none(), "a failure is the last item");
                return (text, Some(error));
            }
        }
    }
    (text, None)
}

type Fault = (&'static str, fn(Answer) -> Answer, Class);

const OVERLOADED: &str = r#"{"error": {"message": "The model is currently overloaded with other requests.",
    "type": "server_error", "param": null, "code": null}}"#;
const RATE_LIMITED: &str = r#"{"error": {"message": "Rate limit reached. Please try again in 20ms.",
    "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}"#;
const FAILED_END: &str = r#"{"id": "", "object": "chat.completion.chunk", "created": 0, "model": "",
    "choices": [{"index": 0, "delta": {}, "finish_reason": "error"}]}"#;

const FAULTS: &[Fault] = &[
    ("error as data", |it| it.data(OVERLOADED), Class::Overloaded),
    (
        "error event",
        |it| it.event("error", RATE_LIMITED),
        Class::RateLimited,
    ),
    ("failed end", |it| it.data(FAILED_END), Class::ServerError),
    ("truncated, without [DONE]", |it| it, Class::Network),
    (
        "no last chunk before [DONE]",
        |it| it.data("[DONE]"),
        Class::Network,
    ),
    ("cut", Answer::cut, Class::Network),
    ("reset", Answer::reset_in_body, Class::Network),
    ("malformed chunk", Answer::malformed_chunk, Class::Network),
    ("stall", Answer::stall, Class::Timeout),
    (
        "keep-alives only",
        |it| it.keep_alives(IN_TIME / 20),
        Class::Timeout,
    ),
];

#[tokio::test]
async fn f306_before_the_first_content_each_fault_is_retried_and_seen_once() {
    for (name, fault, class) in FAULTS {
        let bad = || fault(sse().comment("hello"));
        let (result, requests) = asked([bad(), openai::stream(["Hel", "lo"])]).await;
        let (text, failure) = result.unwrap();
        assert_eq!((text.as_str(), requests), ("Hello", 2), "{name}");
        assert!(failure.is_none(), "{name}: {failure:?}");

        if *class == Class::Timeout {
            continue;
        }
        let (result, requests) = asked(bad().times(3)).await;
        let error = result.unwrap_err();
        let classes: Vec<_> = error.history().attempts.iter().map(|it| it.class).collect();
        assert_eq!((classes, requests), (vec![*class; 3], 3), "{name}");
    }
}

#[tokio::test]
async fn f306_a_break_after_three_tokens_is_one_last_item() {
    for (name, fault, class) in FAULTS {
        let answer = fault(openai::unfinished_stream(["Hel", "lo", "!"]));
        let (result, requests) = asked(answer).await;
        let (text, failure) = result.unwrap();
        assert_eq!((text.as_str(), requests), ("Hello!", 1), "{name}");
        let failure = failure.unwrap();
        assert_eq!(failure.classify().class, Class::StreamBroken, "{name}");
        let last = failure.history().attempts.last().unwrap();
        assert_eq!(last.class, *class, "{name}: {last}");
        assert!(
            failure.to_string().contains("broke after 3 items"),
            "{name}: {failure}"
        );
    }
}

#[tokio::test]
async fn failures_before_the_stream_opens_are_those_of_any_call() {
    for fault in [
        status(503),
        reset(),
        openai::overloaded(),
        openai::rate_limited(),
    ] {
        let name = fault.to_string();
        let (result, requests) = asked([fault, openai::stream(["Hello"])]).await;
        assert_eq!(
            (result.unwrap().0.as_str(), requests),
            ("Hello", 2),
            "{name}"
        );
    }
    let (result, requests) = asked(openai::quota_exhausted()).await;
    assert_eq!(
        (result.unwrap_err().classify().class, requests),
        (Class::QuotaExhausted, 1)
    );
}

/// No retry heals these, though the status was 200; and what is no error of the server is none.
#[tokio::test]
async fn f306_data_that_is_final_is_met_once() {
    let quota = r#"{"error": {"message": "no", "type": "insufficient_quota", "code": "insufficient_quota"}}"#;
    for (data, class) in [
        (quota, Class::QuotaExhausted),
        (
            r#"{"id": "1", "choices": "the model is overloaded"}"#,
            Class::Decode,
        ),
        ("{\"choices\": [", Class::Decode),
    ] {
        let (result, requests) = asked(sse().data(data)).await;
        assert_eq!(
            (result.unwrap_err().classify().class, requests),
            (class, 1),
            "{data}"
        );
    }
}

#[tokio::test]
async fn the_clients_own_error_holds_the_break() {
    let server = FaultyServer::start().await;
    server.answer([
        sse().data(OVERLOADED),
        openai::unfinished_stream(["Hel", "lo", "!"]).cut(),
    ]);
    let stream = ask_plainly(&at(server.url_of("/v1"))).await.unwrap();
    let items: Vec<_> = stream.collect().await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(
        (items.len(), error.classify().class),
        (4, Class::StreamBroken)
    );
    assert_eq!(server.requests().await.len(), 2);
}
