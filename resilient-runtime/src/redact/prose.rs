//! Secrets in sentences: `password is x`, `key abc123… is invalid`.

use crate::redact::names::{is_password, named};

/// The least length of a key.
const SHORTEST: usize = 8;

/// Words between the name of a secret and its value.
const LINKS: &[&str] = &[
    "given", "id", "is", "provided", "received", "sent", "used", "value", "was",
];

/// Words about a password that are not one.
const ORDINARY: &[&str] = &[
    "a",
    "already",
    "also",
    "an",
    "and",
    "be",
    "being",
    "blank",
    "can",
    "cannot",
    "compromised",
    "correct",
    "does",
    "empty",
    "expired",
    "for",
    "from",
    "has",
    "in",
    "incorrect",
    "invalid",
    "is",
    "it",
    "length",
    "long",
    "malformed",
    "match",
    "may",
    "mismatch",
    "missing",
    "must",
    "needed",
    "no",
    "not",
    "now",
    "null",
    "of",
    "old",
    "on",
    "one",
    "only",
    "or",
    "outdated",
    "required",
    "reset",
    "set",
    "short",
    "should",
    "the",
    "to",
    "too",
    "undefined",
    "unset",
    "used",
    "was",
    "weak",
    "with",
    "wrong",
];

/// Whether a sentence may announce the next word: after this verb or quote.
#[inline]
pub(super) fn may_announce(word: &str, gap: &str) -> bool {
    is_verb(word) || gap.len() > 1 && gap.contains(['"', '\'', '`'])
}

/// Whether the text before this word announces that it is a secret.
pub(super) fn announces(before: &str, word: &str) -> bool {
    let is_key = looks_like_a_key(word);
    let (first, gap) = last_word(before);
    if !is_key && !may_announce(first, gap) {
        return false;
    }
    let (second, _) = last_word(
        before
            .get(
                ..before
                    .len()
                    .saturating_sub(first.len())
                    .saturating_sub(gap.len()),
            )
            .unwrap_or_default(),
    );
    if is_key {
        return named(first).is_some() || is_link(first) && named(second).is_some();
    }
    let name = if is_verb(first) { second } else { first };
    is_password(name) && !is_ordinary(word)
}

/// The last word, and what joins it to the next one.
fn last_word(text: &str) -> (&str, &str) {
    let words = text.trim_end_matches(joins);
    let start = words.rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    let word = match start {
        // The letter before may have more than one byte.
        Some(at) => words
            .get(at..)
            .unwrap_or_default()
            .trim_start_matches(|c: char| !c.is_ascii_alphanumeric()),
        None => words,
    };
    (word, text.get(words.len()..).unwrap_or_default())
}

/// The value at the start of `text`: up to the closing quote, or the next space.
pub(super) fn value<'t>(before: &str, text: &'t str) -> &'t str {
    let quote = before.chars().next_back().filter(|c| "\"'`".contains(*c));
    let quoted = quote.and_then(|quote| text.split_once(quote));
    let end = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>".contains(c);
    let plain = text.split(end).next().unwrap_or(text);
    let plain = plain.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
    quoted.map_or(plain, |(value, _)| value.trim_end_matches('\\'))
}

#[inline]
pub(super) fn is_verb(word: &str) -> bool {
    matches!(word.as_bytes(), b"is" | b"was")
}

fn is_link(word: &str) -> bool {
    LINKS.contains(&word)
}

fn is_ordinary(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    ORDINARY
        .iter()
        .any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether it joins two words of one sentence.
fn joins(c: char) -> bool {
    matches!(c, ' ' | '"' | '\'' | '`' | ':' | '=' | '(' | '\\')
}

/// Most words have no digit.
#[inline]
pub(super) fn may_be_a_key(word: &str) -> bool {
    word.len() >= SHORTEST && word.bytes().any(|b| b.is_ascii_digit())
}

/// Whether one of its parts mixes letters and digits, as no name or number does.
fn looks_like_a_key(word: &str) -> bool {
    may_be_a_key(word)
        && word.split(['-', '_', '.', '%']).any(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            part.len() >= 8 && digits >= 2 && digits < part.len()
        })
}
