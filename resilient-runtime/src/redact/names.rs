//! Names that announce a secret.

/// The extent of the value after the name of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Word,
    /// An authorization: an unknown scheme, a space and a word.
    TwoWords,
    /// A cookie: pairs separated by semicolons.
    Pairs,
}

/// Where a name may stand in a longer one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the end of any word: `mypassword`.
    Anywhere,
    /// At the end, as a word of its own: `x-api-key`, `accountKey`, but not `monkey`.
    Word,
}

use Place::{Anywhere, Word};

/// A name in lower case without separators, and its place.
type Name = (&'static str, Place);

/// The names by their last letter.
const NAMES: fn(u8) -> &'static [Name] = |last| match last.to_ascii_lowercase() {
    b'a' => &[("contrasena", Anywhere), ("senha", Anywhere), ("mfa", Word)],
    b'c' => &[("cvc", Word), ("mnemonic", Word), ("hmac", Word)],
    b'd' => &[
        ("password", Anywhere),
        ("passwd", Anywhere),
        ("pwd", Anywhere),
    ],
    b'e' => &[
        ("cookie", Anywhere),
        ("passphrase", Anywhere),
        ("passcode", Anywhere),
        ("signature", Anywhere),
        ("motdepasse", Anywhere),
        ("private", Word),
    ],
    b'f' => &[("csrf", Word), ("xsrf", Word)],
    b'g' => &[("sig", Word), ("connectionstring", Anywhere)],
    b'h' => &[("auth", Word), ("oauth", Word)],
    b'l' => &[("credential", Anywhere)],
    b'm' => &[("pem", Word)],
    b'n' => &[
        ("token", Anywhere),
        ("authorization", Anywhere),
        ("session", Word),
        ("pin", Word),
        ("dsn", Word),
        ("ssn", Word),
    ],
    b'p' => &[("otp", Anywhere)],
    b'r' => &[("bearer", Word)],
    b's' => &[
        ("credentials", Anywhere),
        ("creds", Word),
        ("pass", Word),
        ("sas", Word),
    ],
    b't' => &[
        ("secret", Anywhere),
        ("passwort", Anywhere),
        ("kennwort", Anywhere),
        ("jwt", Word),
        ("pat", Word),
    ],
    b'v' => &[("cvv", Word)],
    b'y' => &[
        ("key", Word),
        ("apikey", Anywhere),
        ("accesskey", Anywhere),
        ("privatekey", Anywhere),
        ("secretkey", Anywhere),
        ("accountkey", Anywhere),
    ],
    _ => &[],
};

fn is_separator(b: u8) -> bool {
    matches!(b, b'-' | b'_' | b'.' | b' ')
}

/// The place in `word` where its end begins to be `name`, without case and separators.
fn start_of(word: &[u8], name: &str) -> Option<usize> {
    // Most words end otherwise, and are of no further cost.
    let [.., ahead, _] = *name.as_bytes() else {
        return None;
    };
    let near = word.len().checked_sub(2).and_then(|at| word.get(at))?;
    if !near.eq_ignore_ascii_case(&ahead) && !is_separator(*near) {
        return None;
    }
    let mut rest = word.iter().enumerate().rev();
    let mut start = word.len();
    for wanted in name.bytes().rev() {
        let (at, _) = rest
            .find(|(_, b)| !is_separator(**b))
            .filter(|(_, b)| b.eq_ignore_ascii_case(&wanted))?;
        start = at;
    }
    Some(start)
}

/// Whether a word of its own begins at `start`.
fn begins_at(word: &[u8], start: usize) -> bool {
    let is =
        |at: Option<usize>, test: fn(&u8) -> bool| at.and_then(|at| word.get(at)).is_some_and(test);
    let before = start.checked_sub(1);
    !is(before, u8::is_ascii_alphabetic)
        || is(Some(start), u8::is_ascii_uppercase)
            && (is(before, u8::is_ascii_lowercase)
                || is(start.checked_add(1), u8::is_ascii_lowercase))
}

/// The extent of the value, if the word is, or ends with, the name of a secret.
pub(super) fn named(word: &str) -> Option<Extent> {
    let word = word.as_bytes();
    let fits = |(name, place): &&Name| {
        start_of(word, name).is_some_and(|start| *place == Anywhere || begins_at(word, start))
    };
    let (name, _) = NAMES(*word.last()?).iter().find(fits)?;
    Some(match *name {
        "authorization" => Extent::TwoWords,
        "cookie" => Extent::Pairs,
        _ => Extent::Word,
    })
}

/// The longest name that is read word by word.
#[cfg(feature = "http")]
const LONGEST: usize = 128;

/// Whether the value of a member with this name is a secret: one of its words names one, as in
/// `password_hash` and `sessionId`. Plurals of numbers are none: `max_tokens`.
#[cfg(feature = "http")]
pub(super) fn is_member(name: &str, is_number: bool) -> bool {
    if name.len() > LONGEST {
        return named(name).is_some();
    }
    let bytes = name.as_bytes();
    let ends = (1..=bytes.len()).filter(|end| *end == bytes.len() || begins_at(bytes, *end));
    let mut words = ends.filter_map(|end| name.get(..end));
    words.any(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || !c.is_alphanumeric());
        let one = word.strip_suffix(['s', 'S']).filter(|_| !is_number);
        named(word).is_some() || one.is_some_and(|one| named(one).is_some())
    }) || FOREIGN.iter().any(|foreign| name.contains(foreign))
}

/// Parts of names in other scripts.
#[cfg(feature = "http")]
const FOREIGN: &[&str] = &[
    "contraseña",
    "密码",
    "密碼",
    "パスワード",
    "пароль",
    "비밀번호",
];

/// Whether the word names a secret that people choose: it may be an ordinary word.
pub(super) fn is_password(name: &str) -> bool {
    const CHOSEN: &[&str] = &[
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "passwort",
        "kennwort",
        "secret",
        "pin",
    ];
    let name = name.as_bytes();
    CHOSEN
        .iter()
        .any(|chosen| start_of(name, chosen).is_some_and(|start| begins_at(name, start)))
}
