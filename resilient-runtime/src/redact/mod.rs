//! Redaction: converts a text of a server or a client into one bounded line without secrets, safe
//! to log.

mod formats;
#[cfg(feature = "http")]
mod json;
#[cfg(feature = "http")]
mod known;
mod line;
mod names;
mod prose;
#[cfg(feature = "http")]
mod random;
mod secret;
#[cfg(feature = "http")]
mod text;
#[cfg(feature = "http")]
mod url;

#[cfg(feature = "http")]
pub(crate) use {
    json::{blank as blank_json, secrets as secrets_of_json},
    secret::is_secret,
    text::secrets as secrets_of_text,
    url::{is_user_a_key, without_secrets as url_without_secrets},
};

use crate::redact::{
    line::{Line, is_invisible},
    names::Extent,
    secret::Next,
};
use std::fmt;

/// A text that is safe to log: one line of bounded length, with control characters escaped and
/// probable secrets blanked. Every constructor redacts.
///
/// Blanked are tokens of known formats, values after the name of a secret, authorizations, blocks
/// of PEM and passwords in URLs. It cannot know every secret: a key of an unknown format that
/// nothing announces, and a password in the words of another sentence, stay.
///
/// ```
/// use resilient_runtime::Redacted;
///
/// let text = Redacted::from("GET /v1?api_key=abc failed\n");
/// assert_eq!(text.as_str(), r"GET /v1?api_key=[redacted] failed\u{a}");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Redacted(Box<str>);

impl Redacted {
    /// The maximum length, in characters: enough for a provider's message with its limits.
    pub const LIMIT: usize = 512;

    /// The replacement of a secret.
    pub const BLANK: &str = "[redacted]";

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text of at most `limit` characters.
    pub(crate) fn bounded(text: &str, limit: usize) -> Self {
        Self(line(text, limit))
    }

    /// A text without secrets, of at most `limit` characters.
    #[cfg(feature = "http")]
    pub(crate) fn of_blanked(text: &str, limit: usize) -> Self {
        let (text, cut) = start(text, limit);
        let mut line = Line::of(text);
        escape(&mut line, text);
        Self(line.end(cut))
    }

    /// Whether a value with this name is a secret.
    #[cfg(feature = "http")]
    pub(crate) fn is_name_of_secret(name: &str) -> bool {
        names::is_member(name, false)
    }
}

impl From<&str> for Redacted {
    fn from(text: &str) -> Self {
        Self::bounded(text, Self::LIMIT)
    }
}

impl AsRef<str> for Redacted {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// Whether redaction blanks a part of the text.
#[cfg(feature = "http")]
fn has_secret(text: &str) -> bool {
    line(text, usize::MAX).contains(Redacted::BLANK)
}

fn line(input: &str, limit: usize) -> Box<str> {
    let (input, cut) = start(input, limit);
    let mut line = Line::of(input);
    let mut next = Next::Anything;
    let mut is_announced = false;
    loop {
        let rest = line.rest();
        let word = secret::word(rest);
        if !word.text.is_empty() {
            if let Some(block) = secret::pem(word, rest) {
                line.replace(block.len(), Redacted::BLANK);
                next = Next::Anything;
            } else if let Some(extent) = secret::extent(word, next) {
                line.replace(secret::value(rest).len(), Redacted::BLANK);
                next = Next::Rest(extent);
            } else if (is_announced || line.has_begun() && prose::may_be_a_key(word.text))
                && prose::announces(line.before(), word.text)
            {
                line.replace(prose::value(line.before(), rest).len(), Redacted::BLANK);
                next = Next::Rest(Extent::Word);
            } else {
                line.keep(word.text.len());
                next = Next::After(word.text);
            }
            continue;
        }
        if secret::is_one_space(rest) {
            is_announced = matches!(next, Next::After(word) if prose::is_verb(word));
            line.keep(1);
            next = secret::after_space(next);
            continue;
        }
        let gap = secret::gap(rest);
        if gap.is_empty() {
            return line.end(cut);
        }
        is_announced = matches!(next, Next::After(word) if prose::may_announce(word, gap));
        if let Some((joint, value)) = secret::quoted(rest, gap, next) {
            keep(&mut line, joint);
            line.replace(value.len(), Redacted::BLANK);
            next = Next::Anything;
            continue;
        }
        keep(&mut line, gap);
        next = secret::after(gap, next);
        if gap.ends_with("://") {
            if let Some(user) = secret::userinfo(line.rest()) {
                line.replace(user.len(), Redacted::BLANK);
            }
        }
    }
}

/// Keeps a text without words, with its unsafe characters escaped.
fn keep(line: &mut Line<'_>, gap: &str) {
    if gap.bytes().all(|b| matches!(b, b' '..=b'~')) {
        line.keep(gap.len());
    } else {
        escape(line, gap);
    }
}

/// The first `limit` characters, and whether there are more.
pub(crate) fn start(input: &str, limit: usize) -> (&str, bool) {
    // This few bytes are never more characters.
    if input.len() <= limit {
        return (input, false);
    }
    match input.char_indices().nth(limit) {
        // An escaped character is at most 10 long, and nothing behind the limit is scanned twice. A
        // secret that the cut would divide ends in the part that is kept, so it is still
        // recognised.
        Some((end, _)) => (input.get(..end).unwrap_or_default(), true),
        None => (input, false),
    }
}

/// Escapes the characters that are unsafe in a line, and keeps the rest.
fn escape(line: &mut Line<'_>, gap: &str) {
    for c in gap.chars() {
        if c.is_control() || is_invisible(c) {
            line.replace(c.len_utf8(), c.escape_unicode());
        } else {
            line.keep(c.len_utf8());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Redacted, line as bounded};

    fn line(input: &str) -> Box<str> {
        bounded(input, Redacted::LIMIT)
    }

    #[test]
    fn secrets_are_blanked() {
        for (input, secret) in [
            ("Authorization: Bearer abc.DEF/ghi+jk==", "abc"),
            ("authorization=Basic dXNlcjpwYXNz", "dXNl"),
            (r#"{"api_key": "0123456789abcdef"}"#, "0123"),
            ("GET https://api.example/v1?key=abcdef&x=1", "abcdef"),
            ("https://user:hunter2@example.com/x", "hunter2"),
            (
                "Incorrect API key provided: sk-proj-****************abcd.",
                "abcd",
            ),
            ("OPENAI_API_KEY=topsecret in the environment", "topsecret"),
            (
                "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln was refused",
                "eyJh",
            ),
            ("x-goog-api-key:\tAIzaSyA-1234567890", "AIza"),
            (r#"Bearer "quoted-secret""#, "quoted"),
            ("Authorization: Token abc.DEF", "abc"),
            (r#""proxy-authorization": "ApiKey abcdef""#, "abcdef"),
            ("cookie: theme=dark; id=abcdef; x=1", "abcdef"),
            ("set-cookie: id=abcdef; Path=/", "abcdef"),
            ("Incorrect API key provided: sk-…abcd", "abcd"),
            ("invalid x-api-key ••••••abcd", "abcd"),
            ("subscription key 01****abcd is not valid", "abcd"),
        ] {
            let found = line(input);
            assert!(!found.contains(secret), "{input} gave {found}");
            assert!(found.contains(Redacted::BLANK), "{input} gave {found}");
        }
    }

    #[test]
    fn prose_is_not_redacted() {
        for input in [
            "Rate limit reached for gpt-4 in organization org-X on tokens per min (TPM): Limit 10000, Used 8554, Requested 3082. Please try again in 9.816s.",
            "You did not provide an API key. See https://platform.openai.com/docs for details.",
            "error trying to connect: tcp connect error: Connection refused (os error 111)",
            "request req_0123456789abcdef0123456789abcdef failed",
        ] {
            assert_eq!(&*line(input), input);
        }
    }

    #[test]
    fn f83_hostile_text_becomes_one_bounded_line() {
        let found = line("a\r\nERROR forged\u{1b}[31m\0\u{202e}b");
        assert_eq!(&*found, r"a\u{d}\u{a}ERROR forged\u{1b}[31m\u{0}\u{202e}b");
        let found = line(&"\n".repeat(10_000_000));
        assert!(found.len() <= Redacted::LIMIT * 10, "{}", found.len());
        let found = line(&format!(
            "{} sk-{}",
            "x".repeat(Redacted::LIMIT - 20),
            "y".repeat(100)
        ));
        assert!(!found.contains("yyyy"), "{found}");
        assert_eq!(&*line(&String::from_utf8_lossy(b"caf\xff")), "caf\u{fffd}");
    }
}
