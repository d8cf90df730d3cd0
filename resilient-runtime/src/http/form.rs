//! The format of a body.

use crate::http::{json::Json, lenient};
use std::borrow::Cow;

/// The bytes of a body that are read. A provider's error is below 4 KiB.
pub(crate) const LIMIT: usize = 64 * 1024;

/// The bytes of a body that are read, as text.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.get(..LIMIT).unwrap_or(bytes);
    // The lossy conversion inspects every byte.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The beginnings of errors that are repeated, behind the quote.
const REPEATED: &[&str] = &[
    "error\"",
    "error'",
    "error\\\"",
    "type\":\"error",
    "request_id\"",
    "status_code\"",
];

/// Whether this is an error of another server, and no JSON that the caller has sent.
fn repeats_an_error(object: &str) -> bool {
    let Some(text) = object.strip_prefix('{') else {
        return false;
    };
    let text = text.trim_start().trim_start_matches(['"', '\\', '\'']);
    REPEATED.iter().any(|start| text.starts_with(start))
}

/// A body by its format.
pub(super) enum Form<'t> {
    Json(Json<'t>),
    /// A gateway's page or an XML error.
    Markup(&'t str),
    Plain(&'t str),
}

/// The data of the first event of a stream that speaks of an error.
fn event(text: &str) -> &str {
    if !text.starts_with("data:") && !text.starts_with("event:") {
        return text;
    }
    let mut data = text
        .lines()
        .take(64)
        .filter_map(|line| Some(line.strip_prefix("data:")?.trim()));
    data.find(|data| data.contains("error")).unwrap_or(text)
}

impl<'t> Form<'t> {
    /// The body of another server that is repeated in this one, as text.
    pub(super) fn raw(&self) -> Option<&str> {
        let Self::Json(json) = self else {
            return None;
        };
        let error = json
            .get("error")
            .filter(|error| !matches!(error, Json::Bool(_)));
        let error = error.unwrap_or(json);
        let raw = error.get("metadata").and_then(|data| data.get("raw"));
        if let Some(raw) = raw.and_then(Json::text) {
            return Some(raw.trim()).filter(|raw| !raw.is_empty());
        }
        let message = error.get("message").or(Some(error))?.text()?.trim();
        // Without a branch, many bytes are compared at once.
        let is_brace = |any, byte| any | matches!(byte, b'{');
        if !message.bytes().fold(false, is_brace) {
            return None;
        }
        let (_, raw) = message.split_at_checked(message.find('{')?)?;
        (raw.len() == message.len() || repeats_an_error(raw)).then_some(raw)
    }

    pub(super) fn of(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim();
        let text = event(text);
        match Json::read(text).or_else(|| lenient::read(text)) {
            Some(json @ (Json::Object(_) | Json::Array(_) | Json::Text(_))) => Self::Json(json),
            _ if text.starts_with('<') => Self::Markup(text),
            _ => Self::Plain(text),
        }
    }
}

/// The text after the first occurrence of this tag, up to the next end of an element.
pub(super) fn between<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    // Searching first is ten times as fast as splitting.
    let (_, rest) = text.contains(tag).then(|| text.split_once(tag))??;
    let (inner, _) = rest.split_once("</")?;
    Some(inner.trim()).filter(|inner| !inner.is_empty())
}
