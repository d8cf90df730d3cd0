//! The forms in which a server may repeat a secret.

use std::fmt::Write as _;

/// The secret as it is, decoded and encoded. Case is of no matter where they are looked for.
pub(super) fn forms_of(secret: &str) -> Vec<String> {
    let decoded = percent_decoded(secret);
    let escaped = serde_json::Value::from(&*decoded).to_string();
    let escaped = escaped.get(1..escaped.len().saturating_sub(1));
    let escaped = escaped.unwrap_or_default().to_owned();
    let mut forms = vec![secret.to_owned()];
    for form in [
        // A space of a form.
        percent_decoded(&secret.replace('+', " ")),
        percent_encoded(&decoded),
        percent_encoded(&decoded).replace("%20", "+"),
        each_byte(&decoded, "%"),
        each_byte(&decoded, ""),
        with_entities(&decoded),
        without_entities(&decoded),
        unicode_escaped(&escaped, |c| !c.is_ascii()),
        unicode_escaped(&escaped, |c| "<>&".contains(c)),
        unicode_escaped(&escaped, |c| !c.is_ascii()).replace('/', "\\/"),
        escaped.replace('/', "\\/"),
        escaped,
        base64(decoded.as_bytes(), *b"+/"),
        base64(decoded.as_bytes(), *b"-_"),
        decoded_base64(secret).unwrap_or_default(),
        decoded,
    ] {
        if form.len() >= 8 && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The hexadecimal digits of each byte. Behind `%`, some servers encode all of them.
fn each_byte(text: &str, mark: &str) -> String {
    let mut encoded = String::new();
    for b in text.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(encoded, "{mark}{b:02x}");
    }
    encoded
}

/// The entities of markup.
const ENTITIES: &[(&str, &str)] = &[
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\"", "&quot;"),
    ("'", "&#39;"),
];

fn with_entities(text: &str) -> String {
    let escape = |text: String, (sign, entity): &(&str, &str)| text.replace(sign, entity);
    ENTITIES.iter().fold(text.to_owned(), escape)
}

fn without_entities(text: &str) -> String {
    let read = |text: String, (sign, entity): &(&str, &str)| text.replace(entity, sign);
    ENTITIES.iter().rev().fold(text.to_owned(), read)
}

/// JSON in which such characters are escaped, as some serializers do.
fn unicode_escaped(json: &str, is_escaped: fn(char) -> bool) -> String {
    let mut escaped = String::new();
    for c in json.chars() {
        if is_escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn percent_encoded(text: &str) -> String {
    let bytes = text.bytes().map(|b| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(b).to_string()
        }
        _ => format!("%{b:02X}"),
    });
    bytes.collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = byte.and(after.get(2..)).unwrap_or(after);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The letters of base64, without the last two.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Base64 without padding, with these last two letters.
fn base64(bytes: &[u8], last: [u8; 2]) -> String {
    let letter = |bits: u32| {
        let at = (bits & 63) as usize;
        let letter = LETTERS.iter().chain(&last).nth(at);
        char::from(letter.copied().unwrap_or_default())
    };
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = group
            .iter()
            .fold(0_u32, |bits, b| bits << 8 | u32::from(*b));
        let bits = if group.len() == 1 {
            bits << 16
        } else if group.len() == 2 {
            bits << 8
        } else {
            bits
        };
        let letters = [18, 12, 6, 0].map(|shift| letter(bits >> shift));
        letters.into_iter().take(group.len().saturating_add(1))
    });
    groups.collect()
}

/// The text that this is the base64 of.
pub(super) fn decoded_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for b in text.trim_end_matches('=').bytes() {
        let at = match b {
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => LETTERS.iter().position(|letter| *letter == b)?,
        };
        bits = (bits << 6 | u32::try_from(at).ok()?) & 0x00ff_ffff;
        count = count.saturating_add(6);
        if count >= 8 {
            count = count.saturating_sub(8);
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_and_percent_encoding_are_read_and_written() {
        for (plain, coded) in [
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
        ] {
            assert_eq!(base64(plain.as_bytes(), *b"+/"), coded);
            assert_eq!(decoded_base64(coded).as_deref(), Some(plain));
        }
        assert_eq!(base64(b"\xfb\xff", *b"-_"), "-_8");
        assert_eq!(decoded_base64("not base64"), None);
        assert_eq!(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
        assert_eq!(percent_decoded("a%20b%2f%C3%BC%"), "a b/ü%");
    }
}
