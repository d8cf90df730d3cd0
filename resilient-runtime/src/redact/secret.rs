//! Detection of secrets in a text, word by word.

use crate::redact::words::{Extent, is_key, is_scheme, named};

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

/// The extent of the value that begins with this word, if it is to be blanked.
pub(super) fn extent(word: Word<'_>, next: Next<'_>) -> Option<Extent> {
    let Word { text, masked } = word;
    match next {
        // Already blanked.
        Next::Secret(_) if text == "…" => None,
        Next::Secret(extent) if !is_scheme(text) => Some(extent),
        _ => {
            let masked = masked && ["***", "•••"].iter().any(|mask| text.contains(mask));
            (masked || is_key(text)).then_some(Extent::Word)
        }
    }
}

/// The expectation after this gap: a secret, after its name and a separator, or after an
/// authentication scheme and a space.
pub(super) fn after<'t>(gap: &str, next: Next<'t>) -> Next<'t> {
    let announced = match next {
        Next::After(word) if is_scheme(word) => Some(Extent::Word),
        Next::After(word) if gap.bytes().any(|b| matches!(b, b'=' | b':')) => named(word),
        // Exactly this separates the parts of a secret.
        Next::Rest(Extent::TwoWords) if gap == " " => return Next::Secret(Extent::Word),
        Next::Rest(Extent::Pairs) if gap.trim() == ";" => return Next::Secret(Extent::Pairs),
        _ => None,
    };
    let joins = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | '\\' | '[');
    announced
        .filter(|_| gap.chars().all(joins))
        .map_or(Next::Anything, Next::Secret)
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
