//! A function that streams with async-openai.

use super::{Answer, KINDS, QUICK, fault};
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
use resilient_servers::{Llmock, client};

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
