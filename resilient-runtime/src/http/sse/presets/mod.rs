//! Which events of a provider's stream have content, end it, or count tokens.

pub mod anthropic;
pub mod gemini;
pub mod openai_chat;
pub mod openai_responses;

use super::ServerEvent;
use crate::http::json::Json;

/// Members that are no content, whatever they say.
const LABELS: &[&str] = &["type", "role", "id", "index", "format", "status"];

/// Members that only clients send back.
const SEALS: &[&str] = &["signature", "thoughtSignature", "thought_signature"];

/// The maximum nesting that is searched for content.
const DEPTH: u8 = 8;

/// Whether a delta has any text: of an answer, a thought, a refusal or a tool call.
fn has_text(json: &Json<'_>) -> bool {
    has_text_within(json, DEPTH)
}

fn has_text_within(json: &Json<'_>, depth: u8) -> bool {
    let Some(deeper) = depth.checked_sub(1) else {
        return false;
    };
    match json {
        Json::Text(text) => !text.is_empty(),
        Json::Array(elements) => elements.iter().any(|json| has_text_within(json, deeper)),
        Json::Object(members) => members.iter().any(|(name, value)| {
            let name = &&**name;
            let is_content = !LABELS.contains(name) && !SEALS.contains(name);
            is_content && has_text_within(value, deeper)
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// A number of tokens; zero if there is none.
fn count(usage: &Json<'_>, name: &str) -> u64 {
    match usage.get(name) {
        Some(Json::Number(number)) => number.as_u64().unwrap_or_default(),
        _ => 0,
    }
}

/// The type of an event: its data says it, or its name.
fn type_of<'e>(event: &'e ServerEvent, json: &'e Json<'_>) -> &'e str {
    let kind = json.get("type").and_then(Json::text);
    kind.unwrap_or(event.name())
}

/// The object of a member.
fn object<'j, 't>(json: &'j Json<'t>, name: &str) -> Option<&'j Json<'t>> {
    json.get(name)
        .filter(|value| matches!(value, Json::Object(_)))
}
