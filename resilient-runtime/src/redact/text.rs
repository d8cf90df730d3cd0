//! Secrets in a text of a request: in a form, XML, multipart, settings, JSON that is cut, a URL.

use crate::redact::{json::words, names, secret};

/// The longest name.
const LONGEST: usize = 64;

/// The secrets in it that an answer may repeat: values after a telling name, and words that are
/// secrets by their form.
pub(crate) fn secrets<'t>(text: &'t str, found: &mut Vec<&'t str>) {
    found.extend(words(text).filter(|word| secret::is_secret(word)));
    let mut read = 0_usize;
    while let Some(rest) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let word = up_to(rest, |c| !is_of_name(c));
        if word.is_empty() {
            if let Some(user) = rest.strip_prefix("://").and_then(secret::userinfo) {
                found.push(user.split_once(':').map_or(user, |(_, password)| password));
            }
            read = read.saturating_add(rest.chars().next().map_or(1, char::len_utf8));
            continue;
        }
        let before = text.get(..read).unwrap_or_default();
        read = read.saturating_add(word.len());
        if secret::is_secret(word) {
            found.push(word);
        }
        let after = text.get(read..).unwrap_or_default();
        // Most words are followed by another one.
        let is_name = before.ends_with(['<', ':']) || after.trim_start().starts_with(is_sign);
        if is_name && word.len() <= LONGEST && names::is_member(word, false) {
            // `key="Password" value="x"` names the secret by the value of another name.
            let is_key = word.eq_ignore_ascii_case("key");
            let value = value(before, after);
            found.extend(value.filter(|value| !is_key || names::named(value).is_none()));
        }
    }
}

/// The value of the name between these two.
fn value<'t>(before: &str, after: &'t str) -> Option<&'t str> {
    // `<ns:password type="x">`; a name is short.
    let near = before.char_indices().rev().nth(LONGEST);
    let near = near.and_then(|(at, _)| before.get(at..)).unwrap_or(before);
    let element = near.trim_end_matches(|c| is_of_name(c) || c == ':');
    if element.ends_with("</") {
        return None;
    }
    if element.ends_with('<') {
        return content_of(after.split_once('>')?.1);
    }
    let value = after.trim_start_matches(is_joint);
    let joint = after.get(..after.len().saturating_sub(value.len()))?;
    // `key="Password" value="x"`
    if let Some(value) = value.strip_prefix("value") {
        let value = value.trim_start_matches(is_joint);
        return Some(up_to(value, |c| "\"'<".contains(c)));
    }
    if !joint.contains(is_sign) {
        return None;
    }
    let end: fn(char) -> bool = match joint.chars().next_back()? {
        '>' => return content_of(value),
        '"' => |c| c == '"',
        '\'' => |c| c == '\'',
        // A part of a form: its value is behind an empty line.
        '\n' => |c| matches!(c, '\r' | '\n'),
        _ => |c| c.is_whitespace() || "&;,<>\"'".contains(c),
    };
    Some(up_to(value, end))
}

/// The text of an element.
fn content_of(text: &str) -> Option<&str> {
    let text = text.trim_start();
    match text.strip_prefix("<![CDATA[") {
        Some(text) => text.split_once("]]>").map(|(value, _)| value),
        None => text.split_once('<').map(|(value, _)| value),
    }
}

fn up_to(text: &str, ends: impl Fn(char) -> bool) -> &str {
    let end = text.find(ends).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Whether it may stand between a name and its value.
fn is_joint(c: char) -> bool {
    c.is_whitespace() || is_sign(c)
}

fn is_sign(c: char) -> bool {
    matches!(c, '=' | ':' | '>' | '"' | '\'' | '[' | ']' | '\\')
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_of_bodies_of_any_form_are_found() {
        for (text, expected) in [
            ("user=ada&password=a%20b&x=1", vec!["a%20b"]),
            ("user[password]=a b", vec!["a"]),
            ("<l><password>a b</password><x>no</x></l>", vec!["a b"]),
            ("<s:Password Type='t'>a</s:Password> none <b/>", vec!["a"]),
            ("<password><![CDATA[a<b]]></password>", vec!["a<b"]),
            ("<login user='u' password='a b'/>", vec!["a b"]),
            ("<add key=\"Password\" value=\"a b\"/>", vec!["a b"]),
            ("<param name=\"token\">a</param>", vec!["a"]),
            (
                "--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\na b\r\n--x--",
                vec!["a b"],
            ),
            ("{\"a\": 1}\n{\"password\": \"a b\"", vec!["a b"]),
            ("password: 'a b'", vec!["a b"]),
            (
                "x 9f8ab7c6d5e4f3a2b1c0d9e8f7a6b5 y",
                vec!["9f8ab7c6d5e4f3a2b1c0d9e8f7a6b5"],
            ),
            ("see postgres://u:a@h/x", vec!["a"]),
            ("the password of ada, a monkey", vec![]),
            ("", vec![]),
        ] {
            let mut found = Vec::new();
            super::secrets(text, &mut found);
            found.dedup();
            assert_eq!(found, expected, "{text}");
        }
    }
}
