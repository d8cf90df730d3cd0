//! Stage classify: makes a text of a server or a client fit to be logged. Takes any text, gives one line
//! without secrets.

mod words;

use std::{fmt, ops::Deref};
use words::{Extent, SCHEMES, is_key, listed, names_a_secret};

/// What may come next, as far as secrets go.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Anything,
    /// The name of a secret was read: a separator makes its value a secret.
    Separator(Extent),
    /// An authentication scheme was read: a space makes the next word a secret.
    Space,
    Secret(Extent),
    /// A part of a secret was read.
    Rest(Extent),
}

/// A text that is fit to be logged: one line of bounded length, control characters escaped, and what looks like a
/// secret blanked. It can only be made that way.
///
/// ```
/// use resilient_runtime::Redacted;
///
/// let text = Redacted::from("GET /v1?api_key=abc failed\n");
/// assert_eq!(&*text, r"GET /v1?api_key=[redacted] failed\u{a}");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Redacted(Box<str>);

impl Redacted {
    /// The longest text that is kept, in characters: enough for a provider's message with its limits in it.
    pub const LIMIT: usize = 512;

    /// What stands in the place of a secret.
    pub const BLANK: &str = "[redacted]";

    /// A text of at most `limit` characters.
    pub(crate) fn bounded(text: &str, limit: usize) -> Self {
        Self(line(text, limit))
    }

    /// Blanks a secret that is known.
    #[cfg(feature = "http")]
    pub(crate) fn blank(&mut self, secret: &str) {
        if self.0.contains(secret) {
            self.0 = self.0.replace(secret, Self::BLANK).into();
        }
        // The end of the text may divide it.
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
        names_a_secret(name).is_some()
    }
}

impl From<&str> for Redacted {
    fn from(text: &str) -> Self {
        Self::bounded(text, Self::LIMIT)
    }
}

impl Deref for Redacted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

fn line(input: &str, limit: usize) -> Box<str> {
    // An escaped character is at most 10 long, and nothing behind the limit is looked at twice.
    let (input, cut) = match input.char_indices().nth(limit) {
        // A secret that the cut would divide ends in the part that is kept, so it is still recognised.
        Some((end, _)) => (input.get(..end).unwrap_or_default(), true),
        None => (input, false),
    };
    let mut line = String::with_capacity(input.len());
    let mut next = Next::Anything;
    let mut rest = input;
    while let Some(first) = rest.chars().next() {
        let piece;
        if is_word(first) {
            let named = match next {
                // What is blanked already stays so.
                Next::Secret(_) if word(rest) == "…" => None,
                Next::Secret(extent) if !listed(word(rest), SCHEMES) => Some(extent),
                _ => is_key(word(rest)).then_some(Extent::Word),
            };
            if let Some(extent) = named {
                piece = value(rest);
                line.push_str(Redacted::BLANK);
                next = Next::Rest(extent);
            } else {
                piece = word(rest);
                line.push_str(piece);
                next = if listed(piece, SCHEMES) {
                    Next::Space
                } else {
                    names_a_secret(piece).map_or(Next::Anything, Next::Separator)
                };
            }
        } else {
            piece = rest
                .find(is_word)
                .map_or(rest, |end| rest.get(..end).unwrap_or(rest));
            escape_into(&mut line, piece);
            next = after_gap(next, piece);
            if piece.ends_with("://") {
                let user = rest
                    .get(piece.len()..)
                    .and_then(userinfo)
                    .unwrap_or_default();
                if !user.is_empty() {
                    line.push_str(Redacted::BLANK);
                    rest = rest.get(piece.len()..).unwrap_or_default();
                    rest = rest.get(user.len()..).unwrap_or_default();
                    continue;
                }
            }
        }
        rest = rest.get(piece.len()..).unwrap_or_default();
    }
    if cut {
        line.push('…');
    }
    line.into()
}

/// What comes after the name of a secret and this gap.
fn after_gap(next: Next, gap: &str) -> Next {
    let joins = gap
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | '\\' | '['));
    match next {
        Next::Separator(extent) if joins && gap.contains(['=', ':']) => Next::Secret(extent),
        Next::Secret(extent) if joins => Next::Secret(extent),
        Next::Space if joins => Next::Secret(Extent::Word),
        Next::Rest(Extent::TwoWords) if gap == " " => Next::Secret(Extent::Word),
        Next::Rest(Extent::Pairs) if gap.trim() == ";" => Next::Secret(Extent::Pairs),
        _ => Next::Anything,
    }
}

/// A mask counts as part of a word: `sk-abc***xyz` and `sk-…xyz` are one secret.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.' | '%' | '…' | '•')
}

/// The word that `text` begins with.
fn word(text: &str) -> &str {
    text.find(|c| !is_word(c))
        .map_or(text, |end| text.get(..end).unwrap_or(text))
}

/// The value that `text` begins with: everything up to where a value can end.
fn value(text: &str) -> &str {
    text.find(|c: char| c.is_whitespace() || c.is_control() || "\"'&,;)}]<>`#\\".contains(c))
        .map_or(text, |end| text.get(..end).unwrap_or(text))
}

/// `user:password@`, if the authority that `text` begins with has one.
fn userinfo(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c))
        .unwrap_or(text.len());
    let at = text.get(..end)?.rfind('@')?;
    text.get(..at)
}

fn escape_into(line: &mut String, piece: &str) {
    for c in piece.chars() {
        if c.is_control() || is_invisible(c) {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
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
    fn prose_stays_readable() {
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
    fn f83_a_hostile_text_becomes_one_bounded_line() {
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
