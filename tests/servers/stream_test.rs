//! Functions that give a stream, against llmock's faults of streams and wiremock's of connections:
//! before the first content they are retried, after it they are one last item.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::ReqwestService,
    types::chat::{
        ChatCompletionRequestUserMessage, CreateChatCompletionRequestArgs,
        CreateChatCompletionStreamResponse,
    },
};
use futures::{Stream, StreamExt as _, stream::BoxStream};
use resilient_runtime::{
    ApiError, Backoff, Budget, CallError, Class, Classify, History, Policy, ReadEvents as _,
    SendChecked as _, resilient, sse::ServerEvent,
};
use resilient_servers::{Llmock, Wiremock, client};
use serde_json::{Value, json};
use std::{fmt::Debug, time::Duration};

/// Long enough for an answer that arrives.
const IN_TIME: Duration = Duration::from_secs(2);

const QUICK: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .timeout(IN_TIME)
    .first(IN_TIME)
    .idle(IN_TIME)
    // The verdict ignores waits below 50 ms.
    .backoff(Backoff::fixed(Duration::from_millis(60)));

type Events = BoxStream<'static, Result<ServerEvent, ApiError>>;

/// A function for each provider.
macro_rules! ask {
    ($provider:ident) => {
        mod $provider {
            use super::{Events, QUICK};
            use resilient_runtime::{
                ApiError, ReadEvents as _, SendChecked as _, resilient, sse::$provider,
            };

            #[resilient(
                                policy = QUICK,
                                stream = true,
                                content = $provider::is_content,
                                last = $provider::is_last
                            )]
            pub(super) async fn ask(request: &reqwest::RequestBuilder) -> Result<Events, ApiError> {
                let request = request.try_clone().unwrap();
                Ok(Box::pin(request.send_checked().await?.events()))
            }
        }
    };
}
ask!(openai_chat);
ask!(openai_responses);
ask!(anthropic);
ask!(gemini);

/// The items, and the failure at the call or at the end of its stream.
struct Answer<E> {
    items: usize,
    failure: Option<E>,
}

impl<E: Classify + Debug> Answer<E> {
    async fn of<T>(result: Result<impl Stream<Item = Result<T, E>>, E>) -> Self {
        let stream = match result {
            Ok(stream) => stream,
            Err(error) => {
                return Self {
                    items: 0,
                    failure: Some(error),
                };
            }
        };
        let (mut items, mut failure) = (0, None);
        let mut stream = std::pin::pin!(stream);
        while let Some(item) = stream.next().await {
            assert!(failure.is_none(), "a failure is the last item");
            match item {
                Ok(_) => items += 1,
                Err(error) => failure = Some(error),
            }
        }
        Self { items, failure }
    }

    /// Asserts that the stream broke after its first content, for this cause.
    fn assert_broken(&self, history: fn(&E) -> &History, cause: Class, about: &str) {
        let failure = self.failure.as_ref();
        let failure = failure.unwrap_or_else(|| panic!("{about}: {} items", self.items));
        assert_eq!(failure.classify().class, Class::StreamBroken, "{about}");
        assert!(self.items > 0, "{about}");
        let last = history(failure).attempts.last().unwrap();
        assert_eq!(last.class, cause, "{about}: {last}");
    }
}

async fn ask_provider(index: usize, server: &Llmock) -> Answer<ApiError> {
    let messages = json!([{ "role": "user", "content": "Good morning." }]);
    let (path, body) = [
        (
            "/v1/chat/completions",
            json!({ "model": "gpt-4o", "stream": true, "messages": messages }),
        ),
        (
            "/v1/responses",
            json!({ "model": "gpt-4o", "stream": true, "input": "Good morning." }),
        ),
        (
            "/anthropic/v1/messages",
            json!({ "model": "claude", "stream": true, "max_tokens": 900, "messages": messages }),
        ),
        (
            "/gemini/v1beta/models/gemini-pro:streamGenerateContent?alt=sse",
            json!({ "contents": [{ "parts": [{ "text": "Good morning." }] }] }),
        ),
    ][index]
        .clone();
    let request = client().post(server.url(path)).json(&body);
    let result = match index {
        0 => openai_chat::ask(&request).await,
        1 => openai_responses::ask(&request).await,
        2 => anthropic::ask(&request).await,
        _ => gemini::ask(&request).await,
    };
    Answer::of(result).await
}

fn fault(kind: &str, after_chunks: u32) -> Value {
    json!([{
        "type": "stream_fault", "kind": kind, "after_chunks": after_chunks, "stall_seconds": 600,
    }])
}

const KINDS: [(&str, Class); 3] = [
    ("disconnect", Class::Network),
    ("truncate", Class::Network),
    ("stall", Class::Timeout),
];

#[tokio::test]
async fn every_providers_stream_is_retried_before_its_first_content() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for provider in 0..4 {
        for (kind, _) in KINDS {
            server.script(&fault(kind, 0)).await;
            let answer = ask_provider(provider, &server).await;
            assert!(
                answer.failure.is_none(),
                "{kind} {provider}: {:?}",
                answer.failure
            );
            server
                .assert_judged(2, &[], &format!("{kind} {provider}"))
                .await;
        }
    }
}

#[tokio::test]
async fn every_providers_stream_that_breaks_after_its_content_says_so_once() {
    let Some(server) = Llmock::start() else {
        return;
    };
    for provider in 0..4 {
        for (kind, class) in KINDS {
            let about = format!("{kind} {provider}");
            // Behind the events before the first content, of which one protocol has four, and before
            // the last one, which in another is the fourth.
            let after = if provider == 3 { 2 } else { 6 };
            server.script(&fault(kind, after)).await;
            let answer = ask_provider(provider, &server).await;
            answer.assert_broken(ApiError::history, class, &about);
            assert_eq!(server.verdict().await["attempts"], 1, "{about}");
        }
    }
}

#[tokio::test]
async fn data_that_is_no_json_ends_a_stream_of_values() {
    #[resilient(policy = QUICK, content = has_text, last = is_last)]
    async fn ask(
        url: &str,
    ) -> Result<impl Stream<Item = Result<Value, ApiError>> + use<>, ApiError> {
        let messages = json!([{ "role": "user", "content": "Good morning." }]);
        let body = json!({ "model": "gpt-4o", "stream": true, "messages": messages });
        Ok(client()
            .post(url)
            .json(&body)
            .send_checked()
            .await?
            .events_json())
    }
    fn has_text(chunk: &Value) -> bool {
        chunk["choices"][0]["delta"]["content"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    }
    fn is_last(chunk: &Value) -> bool {
        chunk["choices"][0]["finish_reason"].is_string()
    }
    let Some(server) = Llmock::start() else {
        return;
    };
    let url = server.url("/v1/chat/completions");
    server.script(&fault("malformed", 3)).await;
    let answer = Answer::of(ask(&url).await).await;
    answer.assert_broken(ApiError::history, Class::Decode, "malformed");
    assert_eq!(server.verdict().await["attempts"], 1);
    server.script(&fault("malformed", 0)).await;
    let failure = Answer::of(ask(&url).await).await.failure.unwrap();
    assert_eq!(failure.failure().class, Class::Decode);
    assert_eq!(server.verdict().await["attempts"], 1);
}

type OpenAi = Client<OpenAIConfig>;
type Failed = CallError<OpenAIError>;
type Chunk = CreateChatCompletionStreamResponse;

#[resilient(policy = QUICK, content = has_text, last = is_last)]
async fn chat(
    openai: &OpenAi,
) -> Result<impl Stream<Item = Result<Chunk, Failed>> + use<>, Failed> {
    let question = CreateChatCompletionRequestArgs::default()
        .model("gpt-4o")
        .messages([ChatCompletionRequestUserMessage::from("Good morning.").into()])
        .build()?;
    let chunks = openai.chat().create_stream(question).await?;
    Ok(chunks.map(|chunk| chunk.map_err(Failed::from)))
}

fn has_text(chunk: &Chunk) -> bool {
    let texts = chunk
        .choices
        .iter()
        .filter_map(|choice| choice.delta.content.as_deref());
    texts.into_iter().any(|text| !text.is_empty())
}

fn is_last(chunk: &Chunk) -> bool {
    chunk
        .choices
        .iter()
        .any(|choice| choice.finish_reason.is_some())
}

#[tokio::test]
async fn faults_reach_a_function_that_streams_with_async_openai() {
    let Some(server) = Llmock::start() else {
        return;
    };
    let http = client();
    let config = OpenAIConfig::new()
        .with_api_base(server.url("/v1"))
        .with_api_key("sk-test");
    let openai = Client::with_config(config).with_http_service(ReqwestService::new(http));
    for (kind, class) in KINDS.into_iter().chain([("malformed", Class::Decode)]) {
        server.script(&fault(kind, 3)).await;
        let answer = Answer::of(chat(&openai).await).await;
        answer.assert_broken(Failed::history, class, kind);
        assert_eq!(server.verdict().await["attempts"], 1, "{kind}");
        if class == Class::Decode {
            continue;
        }
        server.script(&fault(kind, 0)).await;
        let answer = Answer::of(chat(&openai).await).await;
        assert!(answer.failure.is_none(), "{kind}: {:?}", answer.failure);
        server.assert_judged(2, &[], kind).await;
    }
}

#[resilient(
    policy = QUICK,
    content = resilient_runtime::sse::openai_chat::is_content,
    last = resilient_runtime::sse::openai_chat::is_last
)]
async fn read(
    url: &str,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>> + use<>, ApiError> {
    Ok(client().get(url).send_checked().await?.events())
}

const HELLO: &str = "data: {\"choices\": [{\"delta\": {\"content\": \"Hello\"}}]}\n\n";

/// The response of `WireMock` with these events, in so many pieces over this time.
fn dribble(events: &str, pieces: u32, milliseconds: u32) -> Value {
    json!({
        "status": 200,
        "headers": { "content-type": "text/event-stream" },
        "body": events,
        "chunkedDribbleDelay": { "numberOfChunks": pieces, "totalDuration": milliseconds },
    })
}

#[tokio::test]
async fn a_stream_that_dribbles_arrives_whole_or_stalls() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let whole = format!(": a comment\n\n{HELLO}{HELLO}data: [DONE]\n\n");
    // Events are cut anywhere.
    let url = server
        .script("/stream/whole", &[dribble(&whole, 50, 500)])
        .await;
    let answer = Answer::of(read(&url).await).await;
    assert_eq!((answer.items, answer.failure.is_none()), (3, true));
    assert_eq!(server.requests("/stream/whole").await, 1);

    // Bytes arrive all the time, but the next content comes too late.
    let comment = format!(": {}\n\n", "-".repeat(30 * HELLO.len()));
    let late = format!("{HELLO}{comment}{HELLO}");
    let url = server
        .script("/stream/late", &[dribble(&late, 40, 12_000)])
        .await;
    let answer = Answer::of(read(&url).await).await;
    answer.assert_broken(ApiError::history, Class::Timeout, "late");
    assert_eq!(
        (answer.items, server.requests("/stream/late").await),
        (1, 1)
    );

    // The first content does.
    let never = dribble(&format!("{comment}{HELLO}data: [DONE]\n\n"), 40, 12_000);
    let script = [never, dribble(&whole, 1, 0)];
    let url = server.script("/stream/never", &script).await;
    let answer = Answer::of(read(&url).await).await;
    assert_eq!((answer.items, answer.failure.is_none()), (3, true));
    assert_eq!(server.requests("/stream/never").await, 2);
}

#[tokio::test]
async fn connections_that_break_before_the_first_content_are_retried() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let whole = dribble(&format!("{HELLO}data: [DONE]\n\n"), 1, 0);
    for name in [
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
    ] {
        let path = format!("/stream/{name}");
        let fault = json!({ "fault": name });
        let url = server
            .script(&path, &[fault.clone(), fault, whole.clone()])
            .await;
        let answer = Answer::of(read(&url).await).await;
        assert_eq!(
            (answer.items, answer.failure.is_none()),
            (2, true),
            "{name}"
        );
        assert_eq!(server.requests(&path).await, 3, "{name}");
    }
}
