//! Chat completions of `OpenAI`, Azure, Mistral, `OpenRouter`, Groq, `DeepSeek`, vLLM and others.

use super::{count, has_text, object};
use crate::{Tokens, http::json::Json, sse::ServerEvent};

/// Whether the event has a part of the answer: text, reasoning, a refusal, audio or a tool call.
/// One with a role, an empty text or a usage alone has none.
///
/// ```
/// use resilient_runtime::sse::{ServerEvent, openai_chat};
///
/// let event = |delta| ServerEvent::new("message", format!(r#"{{"choices": [{{"delta": {delta}}}]}}"#));
/// assert!(openai_chat::is_content(&event(r#"{"content": "Hi"}"#)));
/// assert!(!openai_chat::is_content(&event(r#"{"role": "assistant", "content": ""}"#)));
/// ```
pub fn is_content(event: &ServerEvent) -> bool {
    let Some(json) = event.value() else {
        return false;
    };
    let has_part = |choice: &Json<'_>| {
        ["delta", "message", "text"]
            .iter()
            .any(|name| choice.get(name).is_some_and(has_text))
    };
    choices(&json).iter().any(has_part)
}

/// Whether the event has a `finish_reason`, or is `[DONE]`. A usage may follow the first.
pub fn is_last(event: &ServerEvent) -> bool {
    if event.is_done() {
        return true;
    }
    if !event.data().contains("\"finish_reason\"") {
        return false;
    }
    let Some(json) = event.value() else {
        return false;
    };
    let reason = |choice: &Json<'_>| choice.get("finish_reason")?.text().map(str::to_owned);
    let mut reasons = choices(&json).iter().filter_map(reason);
    reasons.any(|reason| !reason.is_empty())
}

/// The tokens so far. `OpenAI` sends them in the last event, if the request has
/// `"stream_options": {"include_usage": true}`; others with each event, where the last ones count.
pub fn usage(event: &ServerEvent) -> Option<Tokens> {
    if !event.data().contains("usage\"") {
        return None;
    }
    let json = event.value()?;
    let usage = object(&json, "usage");
    let usage = usage.or_else(|| object(object(&json, "x_groq")?, "usage"))?;
    Some(Tokens {
        input: count(usage, "prompt_tokens").max(count(usage, "input_tokens")),
        output: count(usage, "completion_tokens").max(count(usage, "output_tokens")),
    })
}

fn choices<'j, 't>(json: &'j Json<'t>) -> &'j [Json<'t>] {
    json.get("choices").map_or(&[][..], Json::elements)
}
