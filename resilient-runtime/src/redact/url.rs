//! URLs without secrets: of a query only the names are shown, and labels of the host and segments
//! of the path only if they do not look like a secret.

use crate::redact::{Redacted, names, secret::is_secret};

/// The longest name of a query that is shown.
const LONGEST_NAME: usize = 32;

/// The URL without secrets. They are handed to `found`, since an answer may repeat them.
pub(crate) fn without_secrets<'u>(url: &'u str, mut found: impl FnMut(&'u str)) -> Redacted {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    if is_secret(fragment) {
        found(fragment);
    }
    let (place, query) = match url.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (url, None),
    };
    let mut shown = String::new();
    let rest = match place.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            shown.push_str(scheme);
            shown.push_str("//");
            rest
        }
        _ => place,
    };
    let (user, rest) = user_of(rest);
    if let Some(user) = user {
        shown.push_str("…@");
        let (user, password) = user.split_once(':').unwrap_or(("", user));
        found(password);
        if is_user_a_key(user, password) {
            found(user);
        }
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !is_port(port) => {
            found(port);
            host
        }
        _ => authority,
    };
    for (at, label) in host.split('.').enumerate() {
        if at > 0 {
            shown.push('.');
        }
        if is_secret(label) {
            found(label);
            shown.push('…');
        } else {
            shown.push_str(label);
        }
    }
    if host.len() < authority.len() {
        shown.push_str(":…");
    }
    let mut before = if host.starts_with("hooks.") {
        "hooks"
    } else {
        ""
    };
    for segment in path.split('/') {
        if rest.len() > authority.len() {
            shown.push('/');
        }
        let (plain, parameters) = segment.split_once(';').unwrap_or((segment, ""));
        if hides(plain, before) {
            // `bot123:KEY`
            found(plain.rsplit(':').next().unwrap_or(plain));
            found(plain);
            shown.push('…');
        } else {
            shown.push_str(plain);
            // All segments behind `webhooks` may be a part of its key.
            if !is_of_hooks(before) {
                before = plain;
            }
        }
        if !parameters.is_empty() {
            let value = parameters
                .split_once('=')
                .map_or(parameters, |(_, value)| value);
            found(value);
            shown.push_str(";…");
        }
    }
    if let Some(query) = query {
        let pairs = query.split('&').map(|pair| shown_pair(pair, &mut found));
        let pairs: Vec<_> = pairs.collect();
        shown.push('?');
        shown.push_str(&pairs.join("&"));
    }
    Redacted::from(&*shown)
}

/// User and password, and the rest. A password that is not encoded may contain a slash.
fn user_of(rest: &str) -> (Option<&str>, &str) {
    let authority = rest.split('/').next().unwrap_or_default();
    let is_whole = authority.contains('@')
        || authority
            .rsplit_once(':')
            .is_none_or(|(_, port)| is_port(port));
    let at = if is_whole { authority } else { rest }.rfind('@');
    match at.and_then(|at| rest.split_at_checked(at)) {
        Some((user, host)) => (Some(user), host.get(1..).unwrap_or_default()),
        None => (None, rest),
    }
}

/// Whether this may follow the colon of a host: digits, or the end of an address of IPv6.
fn is_port(text: &str) -> bool {
    text.ends_with(']') || text.bytes().all(|b| b.is_ascii_digit())
}

/// Words in the place of a password beside a key that is the user.
const NO_PASSWORDS: &[&str] = &["api_token", "x-oauth-basic"];

/// Whether the user is a key: the password is none, or a word in its place.
pub(crate) fn is_user_a_key(user: &str, password: &str) -> bool {
    password.len() < 8 || NO_PASSWORDS.contains(&password) || is_secret(user)
}

/// Any value of a query may be a secret, so all are blanked except the version of Azure's API.
fn shown_pair<'u>(pair: &'u str, found: &mut impl FnMut(&'u str)) -> String {
    let (name, value) = match pair.split_once('=') {
        Some(("api-version", _)) => return pair.to_owned(),
        Some((name, value)) => (name, Some(value)),
        None => (pair, None),
    };
    if let Some(value) = value {
        if names::is_member(name, false) || is_secret(value) {
            found(value);
        }
    }
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let is_name = name.len() <= LONGEST_NAME && digits <= 2 && !is_secret(name);
    match value {
        Some(_) if is_name => format!("{name}=…"),
        Some(_) => {
            found(name);
            "…=…".to_owned()
        }
        None => {
            if !is_name {
                found(name);
            }
            "…".to_owned()
        }
    }
}

fn is_of_hooks(segment: &str) -> bool {
    matches!(segment, "hook" | "hooks" | "webhook" | "webhooks")
}

/// Whether a segment is a secret, after the one before it.
fn hides(segment: &str, before: &str) -> bool {
    let parts = || segment.split([':', '=', ',', '~', '@', '!', '$', '%', '+', '&']);
    let is_number = segment.bytes().all(|b| b.is_ascii_digit());
    let is_word = segment.len() < 16 && !segment.bytes().any(|b| b.is_ascii_digit());
    let announced = is_of_hooks(before) || names::is_member(before, false);
    is_secret(segment)
        || parts().any(is_secret)
        || segment.starts_with("bot") && segment.contains(':')
        || announced && !is_number && !is_word && !is_uuid(segment)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
