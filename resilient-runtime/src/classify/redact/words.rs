//! Stage classify: the words by which a secret is known. Takes a word, says whether it is one or names one.

/// Names whose value is a secret, by themselves or as the last part of a longer name (`x-api-key`,
/// `OPENAI_API_KEY`).
const NAMES: &[&str] = &[
    "key",
    "apikey",
    "token",
    "secret",
    "password",
    "passwd",
    "pwd",
    "sig",
    "signature",
    "cookie",
    "authorization",
    "auth",
    "credential",
    "credentials",
    "session",
];

/// Authentication schemes: a secret follows after a space.
pub(super) const SCHEMES: &[&str] = &["bearer", "basic", "digest", "negotiate"];

/// How the keys of well-known providers begin.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "rk_",
    "xai-",
    "gsk_",
    "hf_",
    "r8_",
    "pplx-",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "AIza",
    "ya29.",
    "eyJ",
    "AKIA",
    "ASIA",
    "xoxb-",
    "xoxp-",
    "whsec_",
];

/// How far the value goes that a name says is a secret.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Extent {
    Word,
    /// Of an authorization: an unknown scheme, a space and a word.
    TwoWords,
    /// Of a cookie: pairs with semicolons between them.
    Pairs,
}

pub(super) fn listed(word: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| word.eq_ignore_ascii_case(entry))
}

/// How far the value goes, if the word is the name of a secret.
pub(super) fn names_a_secret(word: &str) -> Option<Extent> {
    let last = word.rsplit(['-', '_', '.']).next().unwrap_or(word);
    listed(last, NAMES).then(|| match last.to_ascii_lowercase().as_str() {
        "authorization" => Extent::TwoWords,
        "cookie" => Extent::Pairs,
        _ => Extent::Word,
    })
}

/// Begins like a key, or has a mask in it.
pub(super) fn is_key(word: &str) -> bool {
    let begins =
        |prefix: &&str| word.len() > prefix.len().saturating_add(5) && word.starts_with(*prefix);
    PREFIXES.iter().any(begins) || ["***", "•••"].iter().any(|mask| word.contains(mask))
}
