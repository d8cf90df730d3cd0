//! Bytes that may be an error in the place of events.

use crate::http::{
    error_object::is_error,
    form::{Form, LIMIT},
    json::Json,
};

/// The start of a body until its first event, and later what follows a line that begins like JSON,
/// or the field `error`: some servers send an error without the field `data`.
#[derive(Default)]
pub(super) struct Aside {
    bytes: Vec<u8>,
    is_open: bool,
    /// Whether the first line is the value of the field `error`.
    is_field: bool,
}

/// The meaning of the bytes so far.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// JSON that describes an error.
    Error,
    /// Complete JSON of another meaning, or a page.
    Other,
    /// Nothing yet.
    Open,
}

impl Aside {
    pub(super) fn of_body() -> Self {
        Self {
            is_open: true,
            ..Self::default()
        }
    }

    /// Adds a chunk, if it may belong to an error.
    pub(super) fn push(&mut self, chunk: &[u8], is_line_start: bool) {
        let mut chunk = chunk;
        if !self.is_open {
            let Some((rest, is_field)) = opening(chunk, is_line_start) else {
                return;
            };
            (chunk, self.is_field, self.is_open) = (rest, is_field, true);
        }
        let room = LIMIT.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(chunk.get(..room).unwrap_or(chunk));
    }

    /// The error behind comments and other fields, and before an event of the same chunk.
    pub(super) fn error_between(&self) -> Option<Self> {
        if !self.is_open {
            return None;
        }
        let (rest, is_field) = if self.is_field {
            (&*self.bytes, true)
        } else {
            opening(&self.bytes, true)?
        };
        let lines = rest.split_inclusive(|b| is_line_break(*b));
        let is_before = |line: &&[u8]| !line.starts_with(b"data") && !line.starts_with(b"event");
        let between = Self {
            bytes: lines.take_while(is_before).flatten().copied().collect(),
            is_field,
            is_open: true,
        };
        (between.meaning(true) == Meaning::Error).then_some(between)
    }

    /// An event was sent: the bytes were events.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        let mut lines = self.bytes.split(|b| is_line_break(*b));
        let line = if self.is_field { lines.next() } else { None };
        line.unwrap_or(&self.bytes)
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= LIMIT
    }

    /// Whether there is anything but comments and empty lines.
    pub(super) fn has_content(&self) -> bool {
        let mut lines = self.text().split(['\n', '\r']);
        lines.any(|line| !line.trim().is_empty() && !line.starts_with(':'))
    }

    /// The meaning of the bytes. Of a part that is cut it is known only if it `is_all`.
    pub(super) fn meaning(&self, is_all: bool) -> Meaning {
        if self.is_field {
            let is_whole = is_all || self.is_full() || self.bytes.iter().any(|b| is_line_break(*b));
            return if is_whole {
                Meaning::Error
            } else {
                Meaning::Open
            };
        }
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf");
        let bytes = bytes.unwrap_or(&self.bytes).trim_ascii_start();
        let is_markup = bytes.first() == Some(&b'<');
        if !is_markup && !matches!(bytes.first(), Some(b'{' | b'[')) {
            return Meaning::Open;
        }
        let text = self.text();
        if !is_markup && text.ends_with(['}', ']']) {
            match Json::read(text) {
                Some(json) if is_error(&json) => return Meaning::Error,
                Some(_) => return Meaning::Other,
                None => {}
            }
        }
        if !is_all && !self.is_full() {
            return Meaning::Open;
        }
        match Form::of(text) {
            Form::Json(json) if is_error(&json) => Meaning::Error,
            _ => Meaning::Other,
        }
    }

    /// The text, as far as it is valid.
    fn text(&self) -> &str {
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = self.bytes.get(..error.valid_up_to()).unwrap_or_default();
                std::str::from_utf8(valid).unwrap_or_default()
            }
        };
        text.trim_start_matches('\u{feff}').trim()
    }
}

/// The part of a chunk that may be an error in the place of an event, from a line before the next
/// data, and whether it is the value of the field `error`.
fn opening(chunk: &[u8], is_line_start: bool) -> Option<(&[u8], bool)> {
    let mut rest = chunk;
    let mut is_line_start = is_line_start;
    while !rest.is_empty() {
        if is_line_start {
            if begins_like_json(rest) {
                return Some((rest, false));
            }
            if rest.starts_with(b"data") {
                return None;
            }
            let name = rest.get(..ERROR.len());
            if name.is_some_and(|name| name.eq_ignore_ascii_case(ERROR)) {
                return Some((rest.get(ERROR.len()..)?, true));
            }
        }
        let end = rest.iter().position(|b| is_line_break(*b))?;
        rest = rest.get(end.saturating_add(1)..)?;
        is_line_start = true;
    }
    None
}

/// A field of some servers, among them llama.cpp, that the standard does not know.
const ERROR: &[u8] = b"error:";

fn begins_like_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

const fn is_line_break(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}
