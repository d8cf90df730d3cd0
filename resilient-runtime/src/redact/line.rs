//! A text during redaction.

use std::fmt::{self, Write as _};

/// A text during redaction. Most of it is unchanged, and is copied in one go.
pub(super) struct Line<'t> {
    text: &'t str,
    /// The bytes read, and the bytes of them that are written.
    read: usize,
    written: usize,
    redacted: String,
}

impl<'t> Line<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            read: 0,
            written: 0,
            redacted: String::new(),
        }
    }

    #[inline]
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.read..).unwrap_or_default()
    }

    /// Whether a part was read.
    #[inline]
    pub(super) fn has_begun(&self) -> bool {
        self.read > 0
    }

    /// The text that was read.
    pub(super) fn before(&self) -> &'t str {
        self.text.get(..self.read).unwrap_or_default()
    }

    /// Keeps the next `length` bytes.
    #[inline]
    pub(super) fn keep(&mut self, length: usize) {
        self.read = self.read.saturating_add(length);
    }

    /// Replaces the next `length` bytes.
    pub(super) fn replace(&mut self, length: usize, other: impl fmt::Display) {
        self.catch_up();
        self.keep(length);
        self.written = self.read;
        // Writing to a string cannot fail.
        let _ = write!(self.redacted, "{other}");
    }

    fn catch_up(&mut self) {
        let kept = self.text.get(self.written..self.read);
        self.redacted.push_str(kept.unwrap_or_default());
        self.written = self.read;
    }

    pub(super) fn end(mut self, cut: bool) -> Box<str> {
        if self.written == 0 && !cut {
            return self.text.into();
        }
        self.catch_up();
        if cut {
            self.redacted.push('…');
        }
        self.redacted.into()
    }
}

/// Characters that end a line or reorder text without being control characters.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
