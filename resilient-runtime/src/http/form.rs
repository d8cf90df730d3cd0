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

    /// Whether it has a member for the body of another server, so that this is no part of a
    /// message.
    pub(super) fn is_raw_declared(&self) -> bool {
        let Self::Json(json) = self else {
            return false;
        };
        let metadata = json.get("error").and_then(|error| error.get("metadata"));
        metadata.is_some_and(|data| data.get("raw").is_some())
    }

    pub(super) fn of(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim();
        let text = event(text);
        match Json::read(text).or_else(|| lenient::read(text)) {
            Some(json @ (Json::Object(_) | Json::Array(_) | Json::Text(_))) => Self::Json(json),
            Some(Json::Null) => Self::Plain(""),
            _ if text.starts_with('<') => Self::Markup(text),
            _ => Self::Plain(text),
        }
    }
}

/// The texts of the first elements that begin with these tags, each up to the next end of an
/// element.
pub(super) fn elements<'t, const N: usize>(text: &'t str, tags: [&str; N]) -> [Option<&'t str>; N] {
    let mut found = [None; N];
    let mut left = N;
    let mut rest = text;
    // Going from tag to tag once is many times as fast as searching each.
    while let Some((_, at_tag)) = tag_in(rest).and_then(|at| rest.split_at_checked(at)) {
        for (tag, place) in tags.iter().zip(&mut found) {
            let inner = at_tag.strip_prefix(tag).filter(|_| place.is_none());
            if let Some(inner) = inner {
                *place = Some(inner_text(inner).unwrap_or_default());
                left = left.saturating_sub(1);
            }
        }
        if left == 0 {
            break;
        }
        rest = at_tag.get(1..).unwrap_or_default();
    }
    found.map(|text| text.filter(|text| !text.is_empty()))
}

/// The place of the next tag. The texts between tags are too short for a search of many bytes at
/// once.
fn tag_in(text: &str) -> Option<usize> {
    text.bytes().position(|byte| byte == b'<')
}

/// The text before the end of an element.
fn inner_text(text: &str) -> Option<&str> {
    let mut end = tag_in(text)?;
    while !text.get(end..)?.starts_with("</") {
        let behind = end.saturating_add(1);
        end = behind.saturating_add(tag_in(text.get(behind..)?)?);
    }
    text.get(..end).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_the_first_of_each_tag_up_to_an_end() {
        let text = "<E><Code> A </Code><Message>no <b>bucket</b></Message><Code>B</Code><Id></Id>";
        assert_eq!(
            elements(text, ["<Code>", "<Message>", "<Id>", "<Other>"]),
            [Some("A"), Some("no <b>bucket"), None, None]
        );
        assert_eq!(elements("<Code>never closed <", ["<Code>"]), [None]);
        assert_eq!(elements(&"<Code>".repeat(100_000), ["<Code>"]), [None]);
    }
}
