//! The words that are secrets or announce one.

/// The extent of the value after the name of a secret.
#[derive(Clone, Copy)]
pub(super) enum Extent {
    Word,
    /// An authorization: an unknown scheme, a space and a word.
    TwoWords,
    /// A cookie: pairs separated by semicolons.
    Pairs,
}

/// The entries by first letter. Every word of a text is looked up, and most have no entry.
type List<T> = fn(u8) -> &'static [T];

/// Names of secrets, alone or as the last part of a longer name (`x-api-key`, `OPENAI_API_KEY`).
const NAMES: List<(&str, Extent)> = |first| match first.to_ascii_lowercase() {
    b'a' => &[
        ("apikey", Extent::Word),
        ("auth", Extent::Word),
        ("authorization", Extent::TwoWords),
    ],
    b'c' => &[
        ("cookie", Extent::Pairs),
        ("credential", Extent::Word),
        ("credentials", Extent::Word),
    ],
    b'k' => &[("key", Extent::Word)],
    b'p' => &[
        ("passwd", Extent::Word),
        ("password", Extent::Word),
        ("pwd", Extent::Word),
    ],
    b's' => &[
        ("secret", Extent::Word),
        ("session", Extent::Word),
        ("sig", Extent::Word),
        ("signature", Extent::Word),
    ],
    b't' => &[("token", Extent::Word)],
    _ => &[],
};

/// Authentication schemes: a secret follows after a space.
const SCHEMES: List<&str> = |first| match first.to_ascii_lowercase() {
    b'b' => &["basic", "bearer"],
    b'd' => &["digest"],
    b'n' => &["negotiate"],
    _ => &[],
};

/// The prefixes of well-known providers' keys.
const PREFIXES: List<&str> = |first| match first {
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
};

/// The matching entry of the list.
fn find<T>(word: &str, list: List<T>, fits: impl Fn(&T) -> bool) -> Option<&'static T> {
    let first = word.bytes().next()?;
    list(first).iter().find(|entry| fits(entry))
}

/// The extent of the value, if the word is the name of a secret.
pub(super) fn named(word: &str) -> Option<Extent> {
    let before = word.bytes().rposition(|b| matches!(b, b'-' | b'_' | b'.'));
    let last = before.and_then(|at| word.get(at..)?.get(1..));
    let last = last.unwrap_or(word);
    find(last, NAMES, |(name, _)| last.eq_ignore_ascii_case(name)).map(|(_, extent)| *extent)
}

/// Whether the word is an authentication scheme.
pub(super) fn is_scheme(word: &str) -> bool {
    find(word, SCHEMES, |scheme| word.eq_ignore_ascii_case(scheme)).is_some()
}

/// Whether the word starts like a key.
pub(super) fn is_key(word: &str) -> bool {
    let begins = |prefix: &&str| {
        word.strip_prefix(*prefix)
            .is_some_and(|rest| rest.len() > 5)
    };
    find(word, PREFIXES, begins).is_some()
}
