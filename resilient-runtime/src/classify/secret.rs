//! Stage classify: what looks like a secret. Takes a text word by word, says which of them are to be blanked.

/// Names whose value is a secret, by themselves or as the last part of a longer name (`x-api-key`,
/// `OPENAI_API_KEY`).
fn names(first: u8) -> &'static [&'static str] {
    match first.to_ascii_lowercase() {
        b'a' => &["apikey", "auth", "authorization"],
        b'c' => &["cookie", "credential", "credentials"],
        b'k' => &["key"],
        b'p' => &["passwd", "password", "pwd"],
        b's' => &["secret", "session", "sig", "signature"],
        b't' => &["token"],
        _ => &[],
    }
}

/// Authentication schemes: a secret follows after a space.
fn schemes(first: u8) -> &'static [&'static str] {
    match first.to_ascii_lowercase() {
        b'b' => &["basic", "bearer"],
        b'd' => &["digest"],
        b'n' => &["negotiate"],
        _ => &[],
    }
}

/// How the keys of well-known providers begin.
fn prefixes(first: u8) -> &'static [&'static str] {
    match first {
        b'A' => &["AIza", "AKIA", "ASIA"],
        b'e' => &["eyJ"],
        b'g' => &["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "gsk_"],
        b'h' => &["hf_"],
        b'p' => &["pk-", "pplx-"],
        b'r' => &["r8_", "rk_"],
        b's' => &["sk-", "sk_"],
        b'w' => &["whsec_"],
        b'x' => &["xai-", "xoxb-", "xoxp-"],
        b'y' => &["ya29."],
        _ => &[],
    }
}

/// What may come next, as far as secrets go.
#[derive(Clone, Copy)]
pub(super) enum Next<'t> {
    Anything,
    /// This word was read: what joins it to the next one may make that a secret.
    After(&'t str),
    Secret,
}

/// The word that `text` begins with; none is empty.
pub(super) fn word(text: &str) -> &str {
    up_to(text, |b| !is_word(b))
}

/// What stands in `text` before the next word.
pub(super) fn gap(text: &str) -> &str {
    up_to(text, is_word)
}

/// The value that `text` begins with: everything up to where a value can end.
pub(super) fn value(text: &str) -> &str {
    text.find(|c: char| c.is_whitespace() || c.is_control() || "\"'&,;)}]<>`#\\".contains(c))
        .map_or(text, |end| text.get(..end).unwrap_or(text))
}

/// `user:password` before an `@`, if the authority that `text` begins with has one.
pub(super) fn userinfo(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c))
        .unwrap_or(text.len());
    let at = text.get(..end)?.rfind('@')?;
    text.get(..at).filter(|user| !user.is_empty())
}

/// Whether a value begins with this word that is to be blanked.
pub(super) fn is_one(word: &str, next: Next<'_>) -> bool {
    matches!(next, Next::Secret) && !listed(word, schemes) || is_key(word)
}

/// What comes after this gap: after the name of a secret and a separator, or an authentication scheme and a space, it
/// is a secret.
pub(super) fn after<'t>(gap: &str, next: Next<'t>) -> Next<'t> {
    let announced = match next {
        Next::Anything => false,
        Next::After(word) => {
            listed(word, schemes)
                || gap.bytes().any(|b| matches!(b, b'=' | b':')) && listed(last_part(word), names)
        }
        Next::Secret => true,
    };
    let joins = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | '\\' | '[');
    if announced && gap.chars().all(joins) {
        Next::Secret
    } else {
        Next::Anything
    }
}

/// The bytes of words. A mask counts as part of one: `sk-abc***xyz` is one secret. Every byte of a text is asked for,
/// hence the table.
#[expect(clippy::indexing_slicing, reason = "it is indexed by the compiler")]
static WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut b = 0_u8;
    while b.is_ascii() {
        is_word[b as usize] =
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'*' | b'.' | b'%');
        b += 1;
    }
    is_word
};

fn is_word(b: u8) -> bool {
    WORD.get(usize::from(b)).copied().unwrap_or_default()
}

/// The beginning of `text` up to the first such byte, which has to be the first one of a character.
fn up_to(text: &str, ends: impl Fn(u8) -> bool) -> &str {
    let end = text.bytes().position(ends).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// `KEY` of `OPENAI_API_KEY`.
fn last_part(word: &str) -> &str {
    let before = word.bytes().rposition(|b| matches!(b, b'-' | b'_' | b'.'));
    before
        .and_then(|at| word.get(at..)?.get(1..))
        .unwrap_or(word)
}

/// A list, given the first letter: it is asked for every word of a text, of which most begin with another one.
type List = fn(u8) -> &'static [&'static str];

fn listed(word: &str, list: List) -> bool {
    let list = word.bytes().next().map_or(&[][..], list);
    list.iter().any(|entry| word.eq_ignore_ascii_case(entry))
}

fn is_key(word: &str) -> bool {
    let prefixes = word.bytes().next().map_or(&[][..], prefixes);
    let begins = |prefix: &&str| {
        word.strip_prefix(*prefix)
            .is_some_and(|rest| rest.len() > 5)
    };
    prefixes.iter().any(begins)
}
