//! Which events, and which bodies in the place of events, are errors.

use super::ServerEvent;
use crate::http::{form::LIMIT, json::Json};

/// The names of events, and types of data, that are errors.
const NAMES: &[&str] = &["error", "response.failed", "thread.run.failed"];

/// Whether an event says that the call has failed.
pub(super) fn is_error(event: &ServerEvent) -> bool {
    if NAMES.contains(&event.name()) {
        return true;
    }
    let data = event.data();
    // Most events are none, and are not parsed.
    let may_be = data.len() <= LIMIT
        && data.trim_ascii_start().starts_with(['{', '['])
        && (data.contains("rror") || data.contains("fault") || data.contains("failed"));
    may_be && event.value().is_some_and(|json| describes_error(&json))
}

/// Whether JSON describes an error, by a member at its top.
pub(super) fn describes_error(json: &Json<'_>) -> bool {
    let root = json.elements().first().unwrap_or(json);
    let says = |name: &str| root.get(name).filter(|value| value.says_something());
    let is_named = |name| {
        let text = root.get(name).and_then(Json::text);
        text.is_some_and(|text| NAMES.contains(&text))
    };
    // `errors` may also be a number of errors in a report of progress.
    let has_error = ["error", "errors", "Error", "fault"].iter().any(|name| {
        says(name).is_some_and(|value| match value {
            Json::Object(_) | Json::Array(_) | Json::Text(_) => true,
            Json::Bool(_) => *name == "error",
            Json::Number(_) | Json::Null => false,
        })
    });
    has_error || says("error_code").is_some() || is_named("type") || is_named("object")
}
