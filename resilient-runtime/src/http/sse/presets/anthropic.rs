//! Messages of Anthropic, also on Bedrock and Vertex AI.

use super::{count, has_text, object, type_of};
use crate::{Tokens, sse::ServerEvent};

/// Whether the event has a part of the answer: text, thinking, citations, or the name or the input
/// of a tool. The start of an empty block, a `ping` and a signature have none.
///
/// ```
/// use resilient_runtime::sse::{ServerEvent, anthropic};
///
/// let name = "content_block_delta";
/// let data = r#"{"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}"#;
/// assert!(anthropic::is_content(&ServerEvent::new(name, data)));
/// assert!(!anthropic::is_content(&ServerEvent::new("ping", r#"{"type": "ping"}"#)));
/// ```
pub fn is_content(event: &ServerEvent) -> bool {
    let Some(json) = event.value() else {
        return false;
    };
    let part = match type_of(event, &json) {
        "content_block_delta" => json.get("delta"),
        "content_block_start" => json.get("content_block"),
        _ => None,
    };
    part.is_some_and(has_text)
}

/// Whether the event is `message_stop`.
pub fn is_last(event: &ServerEvent) -> bool {
    let is_stop = || {
        let json = event.value();
        json.is_some_and(|json| type_of(event, &json) == "message_stop")
    };
    event.name() == "message_stop" || (event.data().contains("\"message_stop\"") && is_stop())
}

/// The tokens so far: the first event has those of the input, and `message_delta` those of the
/// output. The counts are cumulative, so the largest of each counts. Tokens read from a cache are
/// left out, as in the limits of most models.
pub fn usage(event: &ServerEvent) -> Option<Tokens> {
    if !event.data().contains("\"usage\"") {
        return None;
    }
    let json = event.value()?;
    let outer = object(&json, "message").unwrap_or(&json);
    let usage = object(outer, "usage")?;
    let written = count(usage, "cache_creation_input_tokens");
    Some(Tokens {
        input: count(usage, "input_tokens").saturating_add(written),
        output: count(usage, "output_tokens"),
    })
}
