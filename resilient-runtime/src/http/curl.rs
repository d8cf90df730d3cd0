//! A `curl` command that repeats a request, without secrets.

use crate::{Redacted, redact};
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
    pub(super) fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::LeftOut(bytes) | Self::Recorded(bytes) => Some(bytes),
            Self::None | Self::Streamed => None,
        }
    }
}

/// The headers and the body that were sent, without secrets. Not `Debug`, since the body may be
/// personal data: only the command shows it.
pub(super) struct Sent {
    headers: Vec<Redacted>,
    body: Option<Redacted>,
}

impl Sent {
    pub(super) fn new(headers: &HeaderMap, body: Body<'_>) -> Self {
        let body = match body {
            Body::None | Body::LeftOut([]) | Body::Recorded([]) => None,
            Body::Streamed => Some("[a stream]".into()),
            Body::LeftOut(bytes) => Some(format!(
                "[{} bytes; `record_body` records them]",
                bytes.len()
            )),
            Body::Recorded(bytes) => Some(without_secrets_of_json(bytes).unwrap_or_else(|| {
                // Only the members of JSON can be told apart.
                format!("[{} bytes of {}]", bytes.len(), content_type(headers))
            })),
        };
        Self {
            headers: headers.iter().map(shown).collect(),
            body: body.map(|body: String| Redacted::of_blanked(&body, LIMIT)),
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

fn shown((name, value): (&HeaderName, &HeaderValue)) -> Redacted {
    let is_shown = SHOWN.contains(&name.as_str()) && !value.is_sensitive();
    let value = value.to_str().ok().filter(|_| is_shown).unwrap_or("…");
    Redacted::from(&*format!("{name}: {value}"))
}

/// The body as JSON, if it is.
pub(super) fn json_of(body: &[u8]) -> Option<Value> {
    (body.len() <= crate::http::form::LIMIT)
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
        .filter(|json: &Value| json.is_object() || json.is_array())
}

fn without_secrets_of_json(body: &[u8]) -> Option<String> {
    let mut json = json_of(body)?;
    redact::blank_json(&mut json);
    Some(json.to_string())
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
        let sent = Sent::new(&HeaderMap::new(), Body::Recorded(b"{\"a\":\n\"it's\"}"));
        let command = command(Some("POST"), "http://h/?q='", Some(&sent));
        let expected = r#"curl -X POST 'http://h/?q='\''' --data-raw '{"a":"it'\''s"}'"#;
        assert_eq!(command, expected);
    }
}
