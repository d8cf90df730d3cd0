//! A `curl` command that repeats a request, without secrets.

use crate::Redacted;
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

/// The headers and the body that were sent, without secrets. Not `Debug`, since the body may be
/// personal data: only the command shows it.
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

/// Any value of a query may be a secret, so all are blanked except the version of Azure's API.
pub(super) fn without_secrets(url: &str) -> Redacted {
    let url = url.split('#').next().unwrap_or(url);
    let Some((path, query)) = url.split_once('?') else {
        return Redacted::from(url);
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some(("api-version", _)) => pair.to_owned(),
        Some((name, _)) => format!("{name}=…"),
        None => "…".to_owned(),
    });
    let pairs: Vec<_> = pairs.collect();
    Redacted::from(&*format!("{path}?{}", pairs.join("&")))
}

fn shown((name, value): (&HeaderName, &HeaderValue)) -> Redacted {
    let is_shown = SHOWN.contains(&name.as_str());
    let value = value.to_str().ok().filter(|_| is_shown).unwrap_or("…");
    Redacted::from(&*format!("{name}: {value}"))
}

/// JSON needs no line breaks; in other texts they are escaped.
fn one_line(body: &[u8]) -> Redacted {
    let json = (body.len() <= crate::http::form::LIMIT)
        .then(|| serde_json::from_slice::<Value>(body).ok())
        .flatten();
    let text = json.map_or_else(
        || String::from_utf8_lossy(body.get(..4 * LIMIT).unwrap_or(body)).into_owned(),
        |json| json.to_string(),
    );
    Redacted::bounded(&text, LIMIT)
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
        let sent = Sent::new(&HeaderMap::new(), Some(b"{\"a\":\n\"it's\"}"));
        let command = command(Some("POST"), "http://h/?q='", Some(&sent));
        let expected = r#"curl -X POST 'http://h/?q='\''' --data-raw '{"a":"it'\''s"}'"#;
        assert_eq!(command, expected);
    }
}
