//! Bytes that may be an error in the place of events.

use crate::http::{
    error_object::is_error,
    form::{Form, LIMIT},
    json::Json,
};

/// The start of a body until its first event, and later lines that begin like JSON: some servers
/// send an error without the field `data`.
#[derive(Default)]
pub(super) struct Aside {
    bytes: Vec<u8>,
    is_open: bool,
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
            bytes: Vec::new(),
            is_open: true,
        }
    }

    /// Adds a chunk, if it may belong to an error.
    pub(super) fn push(&mut self, chunk: &[u8], is_line_start: bool) {
        let begins_like_json = matches!(chunk.trim_ascii_start().first(), Some(b'{' | b'['));
        self.is_open |= is_line_start && begins_like_json;
        if self.is_open {
            let room = LIMIT.saturating_sub(self.bytes.len());
            self.bytes
                .extend_from_slice(chunk.get(..room).unwrap_or(chunk));
        }
    }

    /// An event was sent: the bytes were events.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
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
