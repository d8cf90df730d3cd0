//! Which events, and which bodies in the place of events, are errors.

use super::ServerEvent;
#[cfg(feature = "async-openai-043")]
use crate::Classification;
use crate::http::{form::LIMIT, json::Json};
#[cfg(feature = "async-openai-043")]
use ::http::{HeaderMap, StatusCode};
use serde_json::json;
use std::borrow::Cow;
#[cfg(feature = "async-openai-043")]
use std::time::SystemTime;

/// The names of events, and types of data, that are errors. Failures of a tool are none.
const NAMES: &[&str] = &[
    "error",
    "exception",
    "response.error",
    "response.failed",
    "run_error",
    "stream_error",
    "thread.run.failed",
];

/// The reasons of an end that are failures, and the statuses that mean the same.
const REASONS: &[(&str, u16)] = &[("error", 500), ("insufficient_system_resource", 503)];

/// Text of which an event that is an error has some. Most events have none, and are not parsed.
const MARKS: &[&str] = &[
    "rror",
    "RROR",
    "fault",
    "failed",
    "xception",
    "insufficient",
];

/// The body of an error response that means the same as the event, if it is an error.
pub(super) fn error_of(event: &ServerEvent) -> Option<Cow<'_, str>> {
    let data = event.data();
    if is_name(event.name()) {
        return Some(Cow::Borrowed(data));
    }
    let may_be = data.len() <= LIMIT
        && data.trim_ascii_start().starts_with(['{', '['])
        && MARKS.iter().any(|mark| data.contains(mark));
    if !may_be {
        return None;
    }
    let json = event.value()?;
    if describes_error(&json) {
        return Some(Cow::Borrowed(data));
    }
    failed_end(&json).map(Cow::Owned)
}

/// The failure that the data of an event describes, if it is an error.
#[cfg(feature = "async-openai-043")]
pub(crate) fn failure_of(data: &str) -> Option<Classification> {
    let event = ServerEvent::new("message", data);
    let judge = |data: &str, is_error| {
        let (status, headers) = (StatusCode::OK, HeaderMap::new());
        Classification::judge(
            status,
            &headers,
            data.as_bytes(),
            SystemTime::now(),
            is_error,
        )
    };
    if let Some(error) = error_of(&event) {
        return Some(judge(&error, true).0);
    }
    let (failure, is_error) = judge(data, false);
    is_error.then_some(failure)
}

fn is_name(name: &str) -> bool {
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether JSON describes an error, by a member at its top.
pub(super) fn describes_error(json: &Json<'_>) -> bool {
    let root = json.elements().first().unwrap_or(json);
    let says = |name: &str| root.get(name).filter(|value| value.says_something());
    let is_named = |name: &&str| root.get(name).and_then(Json::text).is_some_and(is_name);
    // `errors` may also be a number of errors in a report of progress.
    let has_error = ["error", "errors", "Error", "fault"].iter().any(|name| {
        says(name).is_some_and(|value| match value {
            Json::Object(_) | Json::Array(_) | Json::Text(_) => true,
            Json::Bool(_) => *name == "error",
            Json::Number(_) | Json::Null => false,
        })
    });
    has_error || says("error_code").is_some() || ["type", "object", "event"].iter().any(is_named)
}

/// The error of an answer that ends with a failure as its reason, without an error of its own.
fn failed_end(json: &Json<'_>) -> Option<String> {
    let choices = json.get("choices").map_or(&[][..], Json::elements);
    let mut ends = choices.iter().chain(json.get("delta"));
    ends.find_map(|end| {
        let reason = end.get("finish_reason")?.text()?;
        let is_reason = |(known, _): &&(&str, u16)| known.eq_ignore_ascii_case(reason);
        let (_, status) = REASONS.iter().find(is_reason)?;
        let message = end.get("error").and_then(Json::text).unwrap_or(reason);
        let error = json!({ "code": status, "message": message });
        Some(json!({ "error": error }).to_string())
    })
}
