//! A reader of text that is meant as JSON, but is not: cut, with raw line breaks, trailing commas,
//! single quotes, `NaN`, or halves of surrogate pairs. It is bounded in depth and nodes.

use crate::http::json::Json;
use std::borrow::Cow;

/// The maximum nesting. The contents of deeper values are skipped.
const DEPTH: u8 = 32;

/// The maximum number of values.
const NODES: u16 = 1_024;

/// Reads the object or array at the start of `text`.
pub(super) fn read(text: &str) -> Option<Json<'_>> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    Reader {
        rest: text,
        nodes: NODES,
    }
    .value(DEPTH)
}

struct Reader<'t> {
    rest: &'t str,
    nodes: u16,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: u8) -> Option<Json<'t>> {
        self.nodes = self.nodes.checked_sub(1)?;
        let deeper = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest.chars().next()? {
            '{' => Some(self.object(deeper)),
            '[' => Some(self.array(deeper)),
            quote @ ('"' | '\'') => self.text(quote).map(Json::Text),
            _ => Some(self.word()),
        }
    }

    fn object(&mut self, deeper: u8) -> Json<'t> {
        self.take('{');
        let mut members = Vec::new();
        loop {
            self.skip_separators();
            match self.rest.chars().next() {
                Some('}') => {
                    self.take('}');
                    break;
                }
                Some(quote @ ('"' | '\'')) => {
                    let Some(name) = self.text(quote) else { break };
                    self.skip_space();
                    if !self.take(':') {
                        break;
                    }
                    let Some(value) = self.value(deeper) else {
                        break;
                    };
                    members.push((name, value));
                }
                _ => break,
            }
        }
        Json::Object(members)
    }

    fn array(&mut self, deeper: u8) -> Json<'t> {
        self.take('[');
        let mut elements = Vec::new();
        loop {
            self.skip_separators();
            if self.rest.is_empty() || self.take(']') {
                break;
            }
            let before = self.rest.len();
            let Some(value) = self.value(deeper) else {
                break;
            };
            if self.rest.len() == before {
                break;
            }
            elements.push(value);
        }
        Json::Array(elements)
    }

    /// A text up to its quote, or to the end of what was received.
    fn text(&mut self, quote: char) -> Option<Cow<'t, str>> {
        self.take(quote);
        let end = self.rest.find([quote, '\\']).unwrap_or(self.rest.len());
        let (start, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        if rest.is_empty() || self.take(quote) {
            return Some(Cow::Borrowed(start));
        }
        let mut text = start.to_owned();
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('u') => {
                        let digits = chars.as_str().get(..4);
                        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                        if let Some(code) = code {
                            text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                            chars = chars.as_str().get(4..)?.chars();
                        }
                    }
                    Some(other) => text.push(other),
                    None => {}
                },
                c if c == quote => break,
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Some(Cow::Owned(text))
    }

    /// A number, a boolean, or anything else, which counts as null.
    fn word(&mut self) -> Json<'t> {
        let end = self.rest.find([',', '}', ']', ':', '\n', '\r', ' ', '"']);
        let (word, rest) = self
            .rest
            .split_at_checked(end.unwrap_or(self.rest.len()))
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        match word {
            "true" | "True" => Json::Bool(true),
            "false" | "False" => Json::Bool(false),
            _ => word.parse().map_or(Json::Null, Json::Number),
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn skip_separators(&mut self) {
        let is_separator = |c: char| c.is_whitespace() || c == ',';
        self.rest = self.rest.trim_start_matches(is_separator);
    }

    fn take(&mut self, expected: char) -> bool {
        let rest = self.rest.strip_prefix(expected);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_nearly_json_gives_its_members() {
        for text in [
            r#"{"code": "slow", "n": NaN, }"#,
            "{\"message\": \"two\nlines\", \"code\": \"slow\"}",
            r#"{"message": "\ud800 half", "code": "slow"}"#,
            r"{'message': 'it\'s', 'code': 'slow', 'ok': False}",
            r#"{"code": "slow", "message": "cut of"#,
            r#"{"code": "slow", "data": ["#,
            r#"{"code":"slow"} trailing"#,
        ] {
            let json = read(text);
            let code = json.as_ref().and_then(|json| json.get("code")?.text());
            assert_eq!(code, Some("slow"), "{text}");
        }
        assert!(read("plain").is_none());
        assert!(read(&"[".repeat(100_000)).is_some());
        assert!(read(&"{\"a\":".repeat(100_000)).is_some());
        assert!(read(&"[1,".repeat(100_000)).is_some());
        let _ = read(r#"{"a":"\u00"#);
    }
}
