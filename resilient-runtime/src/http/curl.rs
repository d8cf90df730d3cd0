//! Stage classify, an answer: takes the request that it answers, gives a command that repeats it, without secrets.

use crate::Redacted;
use ::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::fmt::Write as _;

/// The longest body that is shown, in characters.
const LIMIT: usize = 4 * 1024;

/// Headers whose values are shown. Any other may hold a secret.
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

/// What was sent besides method and URL, without secrets.
#[derive(Debug)]
pub(super) struct Sent {
    headers: Vec<Redacted>,
    body: Option<Redacted>,
}

impl Sent {
    pub(super) fn new(headers: &HeaderMap, body: Option<&[u8]>) -> Self {
        Self {
            headers: headers.iter().map(shown).collect(),
            body: body.filter(|body| !body.is_empty()).map(one_line),
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

fn shown((name, value): (&HeaderName, &HeaderValue)) -> Redacted {
    let is_shown = SHOWN.contains(&name.as_str());
    let value = value.to_str().ok().filter(|_| is_shown).unwrap_or("…");
    Redacted::from(&*format!("{name}: {value}"))
}

/// JSON needs no line breaks; in other texts they are escaped.
fn one_line(body: &[u8]) -> Redacted {
    let json = (body.len() <= crate::http::body::LIMIT)
        .then(|| serde_json::from_slice::<Value>(body).ok())
        .flatten();
    let text = json.map_or_else(
        || String::from_utf8_lossy(body.get(..4 * LIMIT).unwrap_or(body)).into_owned(),
        |json| json.to_string(),
    );
    Redacted::bounded(&text, LIMIT)
}

/// A word for a POSIX shell, where nothing in single quotes has a meaning but a single quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_request_leaves_its_quotes() {
        assert_eq!(quoted("it's; rm $HOME `x`"), r"'it'\''s; rm $HOME `x`'");
        let sent = Sent::new(&HeaderMap::new(), Some(b"{\"a\":\n\"it's\"}"));
        let command = command(Some("POST"), "http://h/?q='", Some(&sent));
        let expected = r#"curl -X POST 'http://h/?q='\''' --data-raw '{"a":"it'\''s"}'"#;
        assert_eq!(command, expected);
    }
}
