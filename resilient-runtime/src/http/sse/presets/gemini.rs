//! `streamGenerateContent` of Gemini and Vertex AI with `alt=sse`.

use super::{count, has_text, object};
use crate::{Tokens, http::json::Json, sse::ServerEvent};

/// Whether the event has a part of the answer: text, a thought, a function call or data.
///
/// ```
/// use resilient_runtime::sse::{ServerEvent, gemini};
///
/// let data = r#"{"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}"#;
/// assert!(gemini::is_content(&ServerEvent::new("message", data)));
/// ```
pub fn is_content(event: &ServerEvent) -> bool {
    let Some(json) = event.value() else {
        return false;
    };
    let has_part = |candidate: &Json<'_>| {
        let parts = candidate.get("content").and_then(|json| json.get("parts"));
        parts.is_some_and(has_text)
    };
    candidates(&json).iter().any(has_part)
}

/// Whether a candidate has a `finishReason`, or the prompt was blocked.
pub fn is_last(event: &ServerEvent) -> bool {
    let data = event.data();
    if !data.contains("\"finishReason\"") && !data.contains("\"blockReason\"") {
        return false;
    }
    let Some(json) = event.value() else {
        return false;
    };
    let says = |json: &Json<'_>, name: &str| {
        let reason = json.get(name).and_then(Json::text);
        reason.is_some_and(|reason| !reason.is_empty() && !reason.ends_with("_UNSPECIFIED"))
    };
    let feedback = root(&json).get("promptFeedback");
    candidates(&json)
        .iter()
        .any(|json| says(json, "finishReason"))
        || feedback.is_some_and(|json| says(json, "blockReason"))
}

/// The tokens so far, which every event may have: the last ones count.
pub fn usage(event: &ServerEvent) -> Option<Tokens> {
    if !event.data().contains("\"usageMetadata\"") {
        return None;
    }
    let json = event.value()?;
    let usage = object(root(&json), "usageMetadata")?;
    let sum = |first, second| count(usage, first).saturating_add(count(usage, second));
    Some(Tokens {
        input: sum("promptTokenCount", "toolUsePromptTokenCount"),
        output: sum("candidatesTokenCount", "thoughtsTokenCount"),
    })
}

/// Some gateways wrap each answer.
fn root<'j, 't>(json: &'j Json<'t>) -> &'j Json<'t> {
    object(json, "response").unwrap_or(json)
}

fn candidates<'j, 't>(json: &'j Json<'t>) -> &'j [Json<'t>] {
    root(json).get("candidates").map_or(&[][..], Json::elements)
}
