//! Blanks secrets of a request that its response echoes, regardless of their form.

use crate::{
    Classification, Redacted,
    http::forms::{decoded_base64, forms_of},
    redact,
};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// The shortest value treated as a secret: a shorter one may be an ordinary word of a message.
const SHORTEST: usize = 8;

/// The number of secrets and the bytes of each that are looked for.
const MOST: usize = 64;
const LONGEST: usize = 4 * 1024;

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

/// The secrets of a request, and values that may be some.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    /// They are looked for in every form.
    sure: Vec<String>,
    /// They are looked for as they were sent.
    possible: Vec<String>,
}

impl Secrets {
    fn add(&mut self, value: &str, is_sure: bool) {
        let value = value.trim_matches(|c: char| c == '"' || c.is_whitespace());
        let list = if is_sure {
            &mut self.sure
        } else {
            &mut self.possible
        };
        let fits = (SHORTEST..=LONGEST).contains(&value.len()) && list.len() < MOST;
        if fits && !list.iter().any(|known| known == value) {
            list.push(value.to_owned());
        }
    }

    /// The values of headers.
    pub(super) fn of_headers(headers: &HeaderMap) -> Self {
        let mut secrets = Self::default();
        for (name, value) in headers {
            let is_secret = value.is_sensitive() || Redacted::is_name_of_secret(name.as_str());
            if is_secret || !is_spoken_of(name) {
                secrets.add_header(value, is_secret);
            }
        }
        secrets
    }

    /// `Bearer abc`, `id=abc; theme=dark`.
    fn add_header(&mut self, value: &HeaderValue, is_secret: bool) {
        let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
            return;
        };
        let mut count = 0_u32;
        let mut longest = 0_usize;
        for word in text.split([' ', ';', ',']) {
            count = count.saturating_add(1);
            longest = longest.max(word.len());
            let value = match word.split_once('=') {
                Some((_, value)) if !value.trim_matches('=').is_empty() => value,
                // Base64 may end with it.
                _ => word,
            };
            self.add(value, is_secret || redact::is_secret(value));
            let plain = is_secret.then(|| decoded_base64(value)).flatten();
            if let Some((user, password)) = plain.as_ref().and_then(|plain| plain.split_once(':')) {
                self.add(user, redact::is_user_a_key(user, password));
                self.add(password, true);
            }
        }
        // A passphrase of short words.
        if count > 2 || longest < SHORTEST {
            self.add(text, false);
        }
    }

    /// The secrets of user, host, path and query.
    pub(super) fn of_url(url: &str) -> Self {
        let mut secrets = Self::default();
        redact::url_without_secrets(url, |secret| secrets.add(secret, true));
        secrets
    }

    /// The members that are blanked.
    pub(super) fn of_json(json: &Value) -> Self {
        let mut found = Vec::new();
        redact::secrets_of_json(json, false, &mut found);
        Self::of_found(&found)
    }

    /// The values of a body that is no JSON, or longer than what is read of one.
    pub(super) fn of_text(text: &str) -> Self {
        let mut found = Vec::new();
        redact::secrets_of_text(text, &mut found);
        Self::of_found(&found)
    }

    fn of_found(found: &[&str]) -> Self {
        let mut secrets = Self::default();
        for text in found {
            secrets.add(text, true);
        }
        secrets
    }

    /// Blanks them wherever the response shows them.
    pub(super) fn blank<'t>(
        &self,
        failure: &'t mut Classification,
        others: [&'t mut Option<Redacted>; 2],
    ) {
        let Classification {
            code,
            kind,
            param,
            message,
            request_id,
            ..
        } = failure;
        let own = [code, kind, param, message, request_id];
        let mut texts: Vec<_> = own.into_iter().chain(others).flatten().collect();
        for secret in &self.possible {
            for text in &mut texts {
                text.blank(secret);
            }
        }
        for secret in &self.sure {
            for form in forms_of(secret) {
                for text in &mut texts {
                    text.blank_parts(&form);
                }
            }
        }
    }
}

fn is_spoken_of(name: &HeaderName) -> bool {
    let known = [SPOKEN_OF, crate::http::curl::SHOWN];
    known.iter().copied().flatten().any(|known| *name == *known)
}
