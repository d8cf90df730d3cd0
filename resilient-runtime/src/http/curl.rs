//! A `curl` command that repeats a request, without secrets.

use crate::{
    Redacted,
    http::{echo::Secrets, form},
    redact,
};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::fmt::Write as _;

/// The longest body shown, in characters.
const LIMIT: usize = 4 * 1024;

/// Headers whose values are shown. Others may contain secrets.
pub(super) const SHOWN: &[&str] = &[
    "accept",
    "anthropic-beta",
    "anthropic-version",
    "api-version",
    "content-type",
    "openai-beta",
    "user-agent",
    "x-goog-api-client",
];

/// The body of a request. By default none is recorded: it may be personal data.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(any(feature = "reqwest-013", feature = "reqwest-012")),
    expect(dead_code, reason = "only these clients have such bodies")
)]
pub(super) enum Body<'a> {
    None,
    /// It cannot be read a second time.
    Streamed,
    /// Only its size is recorded.
    LeftOut(&'a [u8]),
    Recorded(&'a [u8]),
}

impl<'a> Body<'a> {
    fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::LeftOut(bytes) | Self::Recorded(bytes) => Some(bytes),
            Self::None | Self::Streamed => None,
        }
    }

    /// The part of it that may be kept.
    pub(super) fn note(self, headers: &HeaderMap) -> BodyNote {
        let json = self.bytes().and_then(json_of);
        let secrets = match (&json, self.bytes()) {
            (Some(json), _) => Secrets::of_json(json),
            (None, Some(bytes)) => Secrets::of_text(&form::text(bytes)),
            (None, None) => Secrets::default(),
        };
        let shown = match self {
            Self::None | Self::LeftOut([]) | Self::Recorded([]) => None,
            Self::Streamed => Some("[a stream]".to_owned()),
            Self::LeftOut(bytes) if json.is_some() => Some(format!(
                "[{} bytes; `record_body` records them]",
                bytes.len()
            )),
            Self::LeftOut(bytes) => Some(format!(
                "[{} bytes of {}]",
                bytes.len(),
                content_type(headers)
            )),
            Self::Recorded(bytes) => Some(match json {
                Some(mut json) => {
                    redact::blank_json(&mut json);
                    json.to_string()
                }
                // Only the members of JSON can be told apart.
                None => format!("[{} bytes of {}]", bytes.len(), content_type(headers)),
            }),
        };
        BodyNote {
            shown: shown.map(|shown| Redacted::of_blanked(&shown, LIMIT)),
            secrets,
        }
    }
}

/// All that is kept of a body: the form that is shown, and the secrets that an answer may repeat.
/// Not `Debug`.
#[derive(Clone, Default)]
pub(super) struct BodyNote {
    shown: Option<Redacted>,
    pub(super) secrets: Secrets,
}

/// The headers and the body that were sent, without secrets. Not `Debug`, since the body may be
/// personal data: only the command shows it.
pub(super) struct Sent {
    headers: Vec<Redacted>,
    body: Option<Redacted>,
}

impl Sent {
    pub(super) fn new(headers: &HeaderMap, body: BodyNote) -> Self {
        Self {
            headers: headers.iter().map(shown).collect(),
            body: body.shown,
        }
    }
}

/// A command for a POSIX shell.
pub(super) fn command(method: Option<&str>, url: &str, sent: Option<&Sent>) -> String {
    let mut command = "curl".to_owned();
    if let Some(method) = method {
        let _ = write!(command, " -X {method}");
    }
    let _ = write!(command, " {}", quoted(url));
    if let Some(Sent { headers, body }) = sent {
        for header in headers {
            let _ = write!(command, " -H {}", quoted(header.as_str()));
        }
        if let Some(body) = body {
            let _ = write!(command, " --data-raw {}", quoted(body.as_str()));
        }
    }
    command
}

/// The URL without secrets.
pub(super) fn without_secrets(url: &str) -> Redacted {
    redact::url_without_secrets(url, |_| ())
}

/// The longest path in a report, in characters, and the longest of its segments: longer than a UUID
/// and the name of a model.
const PATH: usize = 80;
const SEGMENT: usize = 40;

/// Scheme, host and a shortened path of a URL without secrets. Of a path that is too long, the
/// start and the end are shown.
pub(super) fn shortened(url: &str) -> String {
    let (place, query) = match url.split_once('?') {
        Some((place, _)) => (place, "?…"),
        None => (url, ""),
    };
    let scheme = place.find("://").map_or(0, |at| at.saturating_add(3));
    let slash = place.get(scheme..).and_then(|rest| rest.find('/'));
    let slash = slash.map_or(place.len(), |at| scheme.saturating_add(at));
    let (origin, path) = place.split_at_checked(slash).unwrap_or((place, ""));
    let segments: Vec<_> = path.split('/').skip(1).map(segment).collect();
    let whole = segments.concat();
    if whole.chars().count() <= PATH {
        return format!("{origin}{whole}{query}");
    }
    // Room for `/…`.
    let mut room = PATH.saturating_sub(2);
    let mut fits = |segment: &&String| {
        let left = room.checked_sub(segment.chars().count());
        room = left.unwrap_or(room);
        left.is_some()
    };
    // The end names the operation, so it takes its room first.
    let end = segments.iter().rev().take(2).take_while(&mut fits).count();
    let (start, end) = segments.split_at(segments.len().saturating_sub(end));
    let kept = start.iter().take_while(fits).count();
    let start = start.get(..kept).unwrap_or_default().concat();
    format!("{origin}{start}/…{}{query}", end.concat())
}

/// A segment with its slash, cut at its limit.
fn segment(text: &str) -> String {
    if text.chars().count() <= SEGMENT {
        return format!("/{text}");
    }
    let (start, _) = redact::start(text, SEGMENT.saturating_sub(1));
    format!("/{start}…")
}

fn shown((name, value): (&HeaderName, &HeaderValue)) -> Redacted {
    let is_shown = SHOWN.contains(&name.as_str()) && !value.is_sensitive();
    let value = value.to_str().ok().filter(|_| is_shown).unwrap_or("…");
    Redacted::from(&*format!("{name}: {value}"))
}

/// The body as JSON, if it is.
fn json_of(body: &[u8]) -> Option<Value> {
    (body.len() <= form::LIMIT)
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
        .filter(|json: &Value| json.is_object() || json.is_array())
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers
        .get("content-type")
        .filter(|value| !value.is_sensitive());
    let value = value.and_then(|value| value.to_str().ok());
    let value = value.and_then(|value| value.split(';').next());
    value.unwrap_or("an unknown type")
}

/// A quoted word for a POSIX shell. Within single quotes, only a single quote is special.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curl_command_quotes_every_part_of_the_request() {
        assert_eq!(quoted("it's; rm $HOME `x`"), r"'it'\''s; rm $HOME `x`'");
        let none = HeaderMap::new();
        let body = Body::Recorded(b"{\"a\":\n\"it's\"}");
        let sent = Sent::new(&none, body.note(&none));
        let command = command(Some("POST"), "http://h/?q='", Some(&sent));
        let expected = r#"curl -X POST 'http://h/?q='\''' --data-raw '{"a":"it'\''s"}'"#;
        assert_eq!(command, expected);
    }
}
