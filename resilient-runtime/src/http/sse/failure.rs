//! Which events, and which bodies in the place of events, are errors.

use super::ServerEvent;
#[cfg(feature = "async-openai-043")]
use crate::Classification;
use crate::http::{
    error_object::{is_error, is_error_type, may_be_error},
    form::LIMIT,
    json::Json,
};
#[cfg(feature = "async-openai-043")]
use ::http::{HeaderMap, StatusCode};
use serde_json::json;
use std::borrow::Cow;
#[cfg(feature = "async-openai-043")]
use std::time::SystemTime;

/// The reasons of an end that are failures, and the statuses that mean the same.
const REASONS: &[(&str, u16)] = &[("error", 500), ("insufficient_system_resource", 503)];

/// The body of an error response that means the same as the event, if it is an error.
pub(super) fn error_of(event: &ServerEvent) -> Option<Cow<'_, str>> {
    let data = event.data();
    if is_error_type(event.name()) {
        return Some(Cow::Borrowed(data));
    }
    let may_be = data.len() <= LIMIT
        && data.trim_ascii_start().starts_with(['{', '['])
        && (may_be_error(data) || data.contains("insufficient"));
    if !may_be {
        return None;
    }
    let json = event.value()?;
    if is_error(&json) {
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
