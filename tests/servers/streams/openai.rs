//! A function that streams with async-openai.

use super::{Answer, KINDS, QUICK, fault, wiremock::dribble};
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
use futures::{Stream, StreamExt as _};
use resilient_runtime::{CallError, Class, resilient};
use resilient_servers::{Llmock, Wiremock, client};
use serde_json::{Value, json};

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

fn at(base: String) -> OpenAi {
    let config = OpenAIConfig::new()
        .with_api_base(base)
        .with_api_key("sk-test");
    Client::with_config(config).with_http_service(ReqwestService::new(client()))
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
    let openai = at(server.url("/v1"));
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

/// An event with this text, or with the end of the answer.
fn event(text: Option<&str>) -> String {
    let chunk = json!({
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o",
        "choices": [{
            "index": 0,
            "delta": { "content": text },
            "finish_reason": text.is_none().then_some("stop"),
        }],
    });
    format!("data: {chunk}\n\n")
}

#[tokio::test]
async fn faults_of_connections_reach_a_function_that_streams_with_async_openai() {
    let Some(server) = Wiremock::shared() else {
        return;
    };
    let hello = event(Some("Hello"));
    let whole = format!("{hello}{}data: [DONE]\n\n", event(None));
    let asked = async |name: &str, script: &[Value]| {
        let path = format!("/{name}/chat/completions");
        let url = server.script(&path, script).await;
        let base = url.trim_end_matches("/chat/completions");
        let answer = Answer::of(chat(&at(base.to_owned())).await).await;
        (answer, server.requests(&path).await)
    };
    // Events are cut anywhere.
    let (answer, requests) = asked("openai-whole", &[dribble(&whole, 50, 500)]).await;
    assert!(answer.failure.is_none(), "{:?}", answer.failure);
    assert_eq!((answer.items, requests), (2, 1));

    // Bytes arrive all the time, but the next content comes too late.
    let comment = format!(": {}\n\n", "-".repeat(30 * hello.len()));
    let late = dribble(&format!("{hello}{comment}{hello}"), 40, 12_000);
    let (answer, requests) = asked("openai-late", &[late]).await;
    answer.assert_broken(Failed::history, Class::Timeout, "late");
    assert_eq!((answer.items, requests), (1, 1));

    for name in [
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
    ] {
        let fault = json!({ "fault": name });
        let script = [fault.clone(), fault, dribble(&whole, 1, 0)];
        let (answer, requests) = asked(&format!("openai-{name}"), &script).await;
        assert!(answer.failure.is_none(), "{name}: {:?}", answer.failure);
        assert_eq!((answer.items, requests), (2, 3), "{name}");
    }
}
