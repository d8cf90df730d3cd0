//! The streams of four providers, and of values.

use super::{Answer, KINDS, QUICK, fault};
use futures::{Stream, stream::BoxStream};
use resilient_runtime::{
    ApiError, Class, ReadEvents as _, SendChecked as _, resilient, sse::ServerEvent,
};
use resilient_servers::{Llmock, client};
use serde_json::{Value, json};

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
            // Behind the events before the first content, of which one protocol has four, and
            // before the last one, which in another is the fourth.
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
