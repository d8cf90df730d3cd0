//! Blanks secrets of a request that its response echoes, regardless of their form.

use crate::{Classification, Redacted};
use ::http::{HeaderMap, HeaderName, HeaderValue};

/// The shortest value treated as a secret: a shorter one may be an ordinary word of a message.
const SHORTEST: usize = 8;

/// Headers that a server may mention, besides those that `curl` shows.
const SPOKEN_OF: &[&str] = &[
    "accept-encoding",
    "accept-language",
    "content-length",
    "correlation-id",
    "host",
    "openai-organization",
    "openai-project",
    "request-id",
    "traceparent",
    "x-client-request-id",
    "x-correlation-id",
    "x-request-id",
];

/// The values of headers that may be secrets.
pub(super) fn of_headers(headers: &HeaderMap) -> Vec<&str> {
    let may_be_secret = |(name, value): &(&HeaderName, &HeaderValue)| {
        let spoken_of = [SPOKEN_OF, crate::http::curl::SHOWN].iter();
        value.is_sensitive() || !spoken_of.copied().flatten().any(|known| *name == known)
    };
    let values = headers.iter().filter(may_be_secret);
    let texts = values.filter_map(|(_, value)| value.to_str().ok());
    // `Bearer abc`, `id=abc; theme=dark`.
    let words = texts.flat_map(|text| text.split([' ', ';', ',']));
    let values = words.map(|word| match word.split_once('=') {
        Some((_, value)) if !value.trim_matches('=').is_empty() => value,
        // Base64 may end with it.
        _ => word,
    });
    let bare = values.map(|value| value.trim_matches('"'));
    bare.filter(|value| value.len() >= SHORTEST).collect()
}

/// The values of a query whose names denote secrets.
pub(super) fn of_url(url: &str) -> Vec<&str> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let secrets = pairs.filter(|(name, _)| Redacted::is_name_of_secret(name));
    let values = secrets.map(|(_, value)| value);
    values.filter(|value| value.len() >= SHORTEST).collect()
}

/// Blanks them wherever the response shows them.
pub(super) fn blank(secrets: &[&str], failure: &mut Classification, body: &mut Option<Redacted>) {
    let Classification {
        code,
        kind,
        param,
        message,
        request_id,
        ..
    } = failure;
    let texts = [code, kind, param, message, request_id, body];
    for text in texts.into_iter().flatten() {
        for secret in secrets {
            text.blank(secret);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Class;

    #[test]
    fn echoed_secrets_are_blanked_and_other_text_is_kept() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("api-key", "0123abcdef"),
            ("authorization", "Custom dXNlcjpwYXNz=="),
            ("cookie", "theme=dark; id=\"fedcba9876\""),
            ("openai-organization", "org-0123456789"),
            ("x-request-id", "request-of-mine"),
            ("x-short", "gpt-4o"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let mut secrets = of_headers(&headers);
        secrets.extend(of_url("https://h/?q=something&api_key=a1b2c3d4e5#x"));
        let said = "0123abcdef dXNlcjpwYXNz== fedcba9876 a1b2c3d4e5 of org-0123456789 for gpt-4o: something";
        let mut failure = Classification::new(Class::Authentication)
            .message(said)
            .request_id("request-of-mine");
        // The limit divides the secret.
        let long = format!("{}0123abcdef", "x ".repeat(Redacted::LIMIT / 2 - 3));
        let mut body = Some(Redacted::from(&*long));
        blank(&secrets, &mut failure, &mut body);
        let expected =
            "[redacted] [redacted] [redacted] [redacted] of org-0123456789 for gpt-4o: something";
        assert_eq!(
            failure.message.as_ref().map(Redacted::as_str),
            Some(expected)
        );
        assert_eq!(
            failure.request_id.as_ref().map(Redacted::as_str),
            Some("request-of-mine")
        );
        let body = body.as_ref().map(Redacted::as_str).unwrap_or_default();
        assert!(body.ends_with("x [redacted]…"), "{body}");
    }
}
