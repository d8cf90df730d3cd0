//! Responses of `OpenAI` and Azure.

use super::{count, has_text, object, type_of};
use crate::{Tokens, sse::ServerEvent};

/// Whether the event has a part of the answer: text, reasoning, a refusal, audio, an image, or a
/// call of a tool or its arguments.
///
/// ```
/// use resilient_runtime::sse::{ServerEvent, openai_responses};
///
/// let name = "response.output_text.delta";
/// let data = r#"{"type": "response.output_text.delta", "delta": "Hi"}"#;
/// assert!(openai_responses::is_content(&ServerEvent::new(name, data)));
/// ```
pub fn is_content(event: &ServerEvent) -> bool {
    let Some(json) = event.value() else {
        return false;
    };
    let has = |name: &str| json.get(name).is_some_and(has_text);
    let kind = type_of(event, &json);
    match kind.rsplit_once('.').map_or(kind, |(_, step)| step) {
        "added" => {
            let item = json.get("item").and_then(|item| item.get("type")?.text());
            item.is_some_and(|item| item.ends_with("_call"))
        }
        "delta" => has("delta"),
        "partial_image" => has("partial_image_b64"),
        // After its deltas; of a server that sends none, the only content.
        "done" => {
            let parts = [
                "text",
                "refusal",
                "arguments",
                "input",
                "code",
                "transcript",
            ];
            parts.iter().any(|name| has(name))
        }
        _ => false,
    }
}

/// Whether the event ends the response: `response.completed`, or `response.incomplete` if it was
/// cut by a limit or a filter. `response.failed` is an error, see [`sse`](crate::sse).
pub fn is_last(event: &ServerEvent) -> bool {
    let is_last = |kind: &str| {
        matches!(
            kind,
            "response.completed" | "response.incomplete" | "response.cancelled"
        )
    };
    // The name repeats the type, and long data need not be read.
    match event.name() {
        "message" => {
            let may_be = event.data().contains("\"response.");
            may_be
                && event
                    .value()
                    .is_some_and(|json| is_last(type_of(event, &json)))
        }
        name => is_last(name),
    }
}

/// The tokens, which the last event has.
pub fn usage(event: &ServerEvent) -> Option<Tokens> {
    if !event.data().contains("\"usage\"") {
        return None;
    }
    let json = event.value()?;
    let usage = object(object(&json, "response")?, "usage")?;
    Some(Tokens {
        input: count(usage, "input_tokens"),
        output: count(usage, "output_tokens"),
    })
}
