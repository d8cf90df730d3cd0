//! Detection of secrets in a text, word by word.

use crate::redact::{
    Redacted,
    formats::is_token,
    names::{Extent, named},
};

/// The expectation for the next word.
#[derive(Clone, Copy)]
pub(super) enum Next<'t> {
    Anything,
    /// This word was read: a joining character may make the next one a secret.
    After(&'t str),
    Secret(Extent),
    /// A part of a secret was read.
    Rest(Extent),
}

/// A word of a text.
#[derive(Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// Whether it is partly masked: `abc***xyz` and `sk-…xyz` are single words.
    masked: bool,
}

/// The word at the start of `text`; never empty.
#[inline]
pub(super) fn word(text: &str) -> Word<'_> {
    // Most words are plain ASCII and end where no mask begins.
    let end = text.bytes().position(|b| !is_plain(b));
    let (plain, rest) = match end.and_then(|end| text.split_at_checked(end)) {
        Some(parts) => parts,
        None => (text, ""),
    };
    let masked = rest.starts_with(is_mask);
    let text = if masked {
        up_to(text, |c| !is_word(c))
    } else {
        plain
    };
    Word { text, masked }
}

/// The part of `text` before the next word.
#[inline]
pub(super) fn gap(text: &str) -> &str {
    up_to(text, is_word)
}

/// The value at the start of `text`, up to its possible end.
pub(super) fn value(text: &str) -> &str {
    up_to(text, |c| {
        c.is_whitespace() || c.is_control() || "\"'&,;)}]<>`#\\".contains(c)
    })
}

/// `user:password` before an `@`, if the authority at the start of `text` has it.
pub(super) fn userinfo(text: &str) -> Option<&str> {
    let authority = up_to(text, |c| c.is_whitespace() || "/?#\"'<>".contains(c));
    let (user, _) = authority.rsplit_once('@')?;
    Some(user).filter(|user| !user.is_empty())
}

/// A block of PEM at the start of `text`, up to its end.
#[inline]
pub(super) fn pem<'t>(word: Word<'_>, text: &'t str) -> Option<&'t str> {
    if !word.text.starts_with('-') || !word.text.starts_with("-----BEGIN") {
        return None;
    }
    let end = text.split_once("-----END").map(|(block, rest)| {
        let (name, _) = rest.split_once("-----").unwrap_or((rest, ""));
        [block.len(), "-----END".len(), name.len(), "-----".len()]
            .iter()
            .sum()
    });
    let end = end.and_then(|end: usize| text.get(..end));
    Some(end.unwrap_or(text))
}

/// The part of the gap before a value that is no plain word, and that value: a quoted one ends with
/// its quote, and an object or a list with its bracket.
pub(super) fn quoted<'t>(text: &'t str, gap: &str, next: Next<'_>) -> Option<(&'t str, &'t str)> {
    let Next::After(name) = next else {
        return None;
    };
    let joint = up_to(gap, |c| !is_joint(c));
    if !joint.bytes().any(|b| matches!(b, b'=' | b':')) {
        return None;
    }
    // A list may have the name in the plural.
    let one = name
        .strip_suffix('s')
        .filter(|_| joint.len() > 2 || gap.len() > joint.len());
    named(name).or_else(|| named(one?))?;
    let (joint, rest) = text.split_at_checked(joint.len())?;
    let value = match joint.chars().next_back()? {
        _ if joint.contains('[') => up_to(rest, |c| c == ']'),
        quote @ ('"' | '\'') => up_to_quote(rest, quote, joint.ends_with("\\\""))?,
        _ if rest.starts_with('{') => up_to(rest, |c| c == '}'),
        // A word, perhaps of more than one part.
        _ if joint.len() == gap.len() => return None,
        _ => value(rest),
    };
    (!matches!(value, "" | "…" | "redacted" | Redacted::BLANK)).then_some((joint, value))
}

fn up_to_quote(text: &str, quote: char, is_escaped: bool) -> Option<&str> {
    if is_escaped {
        return text.split_once("\\\"").map(|(value, _)| value);
    }
    let mut after_escape = false;
    let end = text.find(|c| {
        let ends = c == quote && !after_escape;
        after_escape = c == '\\' && !after_escape;
        ends
    });
    end.and_then(|end| text.get(..end))
}

fn is_joint(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | '\\' | '[')
}

/// The extent of the value that begins with this word, if it is to be blanked.
#[inline]
pub(super) fn extent(word: Word<'_>, next: Next<'_>) -> Option<Extent> {
    let Word { text, masked } = word;
    match next {
        // Already blanked.
        Next::Secret(_) if matches!(text, "…" | "redacted") => None,
        Next::Secret(extent) if !is_scheme(text) => Some(extent),
        _ => {
            let masked = masked && ["***", "•••"].iter().any(|mask| text.contains(mask));
            (masked || is_token(text)).then_some(Extent::Word)
        }
    }
}

/// The expectation after this gap: a secret, after its name and a separator, or after an
/// authentication scheme and a space.
#[inline]
pub(super) fn after<'t>(gap: &str, next: Next<'t>) -> Next<'t> {
    let announced = match next {
        Next::After(word) if is_scheme(word) => Some(Extent::Word),
        Next::After(word) if gap.bytes().any(|b| matches!(b, b'=' | b':')) => named(word),
        // Exactly this separates the parts of a secret.
        Next::Rest(Extent::TwoWords) if gap == " " => return Next::Secret(Extent::Word),
        Next::Rest(Extent::Pairs) if gap.trim() == ";" => return Next::Secret(Extent::Pairs),
        _ => None,
    };
    announced
        .filter(|_| gap.chars().all(is_joint))
        .map_or(Next::Anything, Next::Secret)
}

/// Whether the text begins with a space before a word: most gaps are that.
#[inline]
pub(super) fn is_one_space(text: &str) -> bool {
    matches!(*text.as_bytes(), [b' ', next, ..] if is_plain(next))
}

/// The expectation after one space.
#[inline]
pub(super) fn after_space(next: Next<'_>) -> Next<'_> {
    match next {
        Next::After(word) if is_scheme(word) => Next::Secret(Extent::Word),
        Next::Rest(Extent::TwoWords) => Next::Secret(Extent::Word),
        _ => Next::Anything,
    }
}

/// The bytes of unmasked words. A table, because it is consulted for most bytes of a text.
#[expect(clippy::indexing_slicing, reason = "it is indexed by the compiler")]
static PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut b = 0_u8;
    while b.is_ascii() {
        is_plain[b as usize] = b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'%');
        b += 1;
    }
    is_plain
};

fn is_plain(b: u8) -> bool {
    PLAIN.get(usize::from(b)).copied().unwrap_or_default()
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | '…' | '•')
}

fn is_word(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_plain) || is_mask(c)
}

/// The start of `text` up to the first such character.
fn up_to(text: &str, ends: impl Fn(char) -> bool) -> &str {
    let end = text.find(ends).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Whether the word is an authentication scheme: a secret follows after a space.
#[inline]
pub(super) fn is_scheme(word: &str) -> bool {
    // Most words are shorter.
    if !(5..=9).contains(&word.len()) {
        return false;
    }
    let schemes: &[&str] = match word.bytes().next().unwrap_or_default().to_ascii_lowercase() {
        b'b' => &["basic", "bearer"],
        b'd' => &["digest"],
        b'n' => &["negotiate"],
        _ => &[],
    };
    schemes
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Whether the word is a secret by its form: a token of a known format, or random letters.
#[cfg(feature = "http")]
pub(crate) fn is_secret(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    is_token(word) || super::random::is_random(word)
}
