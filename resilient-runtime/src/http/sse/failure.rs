//! Which events, and which bodies in the place of events, are errors.

use super::ServerEvent;
use crate::http::{
    error_object::{is_error, is_error_type, may_be_error},
    form::LIMIT,
    json::Json,
};
use serde_json::json;
use std::borrow::Cow;

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
