//! Words that look random, as keys do. Identifiers do not: model names, UUIDs, dates, numbers, and
//! what begins with the prefix of an identifier.

/// The least length of a random word: a UUID has parts of at most 12.
const SHORTEST: usize = 20;

/// Prefixes of identifiers that are no secrets, of providers' documentation.
const IDENTIFIERS: &[&str] = &[
    "acct_",
    "asst_",
    "batch_",
    "call_",
    "ch_",
    "chatcmpl-",
    "cmpl-",
    "conv_",
    "cs_",
    "cus_",
    "evt_",
    "file-",
    "file_",
    "fp_",
    "ft-",
    "ftjob-",
    "gen-",
    "img_",
    "in_",
    "item_",
    "msg_",
    "org-",
    "org_",
    "pi_",
    "pm_",
    "price_",
    "prod_",
    "proj_",
    "req_",
    "resp_",
    "run_",
    "seti_",
    "step_",
    "sub_",
    "srvtoolu_",
    "thread_",
    "toolu_",
    "txn_",
    "user-",
    "user_",
    "vs_",
    "wrkspc_",
];

/// Whether the letters of the word follow each other as in a random one.
pub(super) fn is_random(word: &str) -> bool {
    if word.len() < SHORTEST || IDENTIFIERS.iter().any(|prefix| word.starts_with(prefix)) {
        return false;
    }
    let mut parts = word.split(['-', '_', '.', '/', '+', '=', ':', '%']);
    parts.any(|part| part.len() >= SHORTEST && is_mixed(part, 5))
        || word.len() >= 2 * SHORTEST && is_mixed(word, 4) && !is_path(word)
}

/// Whether at least one of `least` neighbours is of another kind: digits, capitals or others. A
/// capital letter before another letter is one word with it.
fn is_mixed(part: &str, least: usize) -> bool {
    let kinds = part.bytes().map(|b| match b {
        b'0'..=b'9' => 0_u8,
        b'A'..=b'Z' => 1,
        _ => 2,
    });
    let changes = kinds.clone().zip(kinds.skip(1));
    let changes = changes
        .filter(|(a, b)| a != b && (*a, *b) != (1, 2))
        .count();
    part.bytes().any(|b| b.is_ascii_digit()) && changes.saturating_mul(least) >= part.len()
}

/// Whether it has parts as names and numbers have.
fn is_path(word: &str) -> bool {
    let mut parts = word.split(['-', '_', '.', '/', ':', '%']);
    parts.all(|part| part.len() < SHORTEST)
}
