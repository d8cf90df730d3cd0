//! Redaction: converts a text of a server or a client into one bounded line without secrets, safe
//! to log.

mod secret;
mod words;

use crate::redact::secret::Next;
use std::fmt::{self, Write};

/// A text that is safe to log: one line of bounded length, with control characters escaped and
/// probable secrets blanked. Every constructor redacts.
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

    /// Blanks a known secret.
    #[cfg(feature = "http")]
    pub(crate) fn blank(&mut self, secret: &str) {
        if self.0.contains(secret) {
            self.0 = self.0.replace(secret, Self::BLANK).into();
        }
        // The end of the text may cut it.
        let Some(kept) = self.0.strip_suffix('…') else {
            return;
        };
        let parts = secret
            .char_indices()
            .skip(4)
            .map(|(end, _)| secret.get(..end));
        let begun = parts.flatten().filter_map(|part| kept.strip_suffix(part));
        if let Some(rest) = begun.last() {
            self.0 = format!("{rest}{}…", Self::BLANK).into();
        }
    }

    /// Whether a value with this name is a secret.
    #[cfg(feature = "http")]
    pub(crate) fn is_name_of_secret(name: &str) -> bool {
        words::named(name).is_some()
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

fn line(input: &str, limit: usize) -> Box<str> {
    let (input, cut) = start(input, limit);
    let mut line = Line::of(input);
    let mut next = Next::Anything;
    loop {
        let rest = line.rest();
        let word = secret::word(rest);
        if !word.text.is_empty() {
            if let Some(extent) = secret::extent(word, next) {
                line.replace(secret::value(rest).len(), Redacted::BLANK);
                next = Next::Rest(extent);
            } else {
                line.keep(word.text.len());
                next = Next::After(word.text);
            }
            continue;
        }
        let gap = secret::gap(rest);
        if gap.is_empty() {
            return line.end(cut);
        }
        if gap.bytes().all(|b| matches!(b, b' '..=b'~')) {
            line.keep(gap.len());
        } else {
            escape(&mut line, gap);
        }
        next = secret::after(gap, next);
        if gap.ends_with("://") {
            if let Some(user) = secret::userinfo(line.rest()) {
                line.replace(user.len(), Redacted::BLANK);
            }
        }
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

/// A text during redaction. Most of it is unchanged, and is copied in one go.
struct Line<'t> {
    text: &'t str,
    /// The bytes read, and the bytes of them that are written.
    read: usize,
    written: usize,
    redacted: String,
}

impl<'t> Line<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            read: 0,
            written: 0,
            redacted: String::new(),
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.read..).unwrap_or_default()
    }

    /// Keeps the next `length` bytes.
    fn keep(&mut self, length: usize) {
        self.read = self.read.saturating_add(length);
    }

    /// Replaces the next `length` bytes.
    fn replace(&mut self, length: usize, other: impl fmt::Display) {
        self.catch_up();
        self.keep(length);
        self.written = self.read;
        // Writing to a string cannot fail.
        let _ = write!(self.redacted, "{other}");
    }

    fn catch_up(&mut self) {
        let kept = self.text.get(self.written..self.read);
        self.redacted.push_str(kept.unwrap_or_default());
        self.written = self.read;
    }

    fn end(mut self, cut: bool) -> Box<str> {
        if self.written == 0 && !cut {
            return self.text.into();
        }
        self.catch_up();
        if cut {
            self.redacted.push('…');
        }
        self.redacted.into()
    }
}

/// Characters that end a line or reorder text without being control characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
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
