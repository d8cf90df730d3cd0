//! Known secrets in a text: whole, in another case, or a part of one.

use crate::redact::Redacted;

/// The least length of a secret, parts of which are blanked, and of its first and last part. A part
/// at the end of a text that was cut may be shorter.
const PARTED: usize = 16;
const FIRST: usize = 8;
const LAST: usize = 6;

impl Redacted {
    /// Blanks a known secret.
    pub(crate) fn blank(&mut self, secret: &str) {
        if self.0.contains(secret) {
            self.0 = self.0.replace(secret, Self::BLANK).into();
        }
        // The end of the text may cut it.
        let Some(kept) = self.0.strip_suffix('…') else {
            return;
        };
        let parts = secret
            .char_indices()
            .skip(4)
            .map(|(end, _)| secret.get(..end));
        let begun = parts.flatten().filter_map(|part| kept.strip_suffix(part));
        if let Some(rest) = begun.last() {
            self.0 = format!("{rest}{}…", Self::BLANK).into();
        }
    }

    /// Blanks a known secret in any case, and its first or last part.
    pub(crate) fn blank_parts(&mut self, secret: &str) {
        self.blank(secret);
        let secret = secret.to_ascii_lowercase();
        self.blank_where(&secret, |_| true);
        if secret.len() < PARTED {
            return;
        }
        if let Some(first) = secret.get(..FIRST) {
            self.blank_where(first, |_| true);
        }
        for length in [LAST, 4] {
            let start = secret.len().saturating_sub(length);
            if let Some(last) = secret.get(start..) {
                // `ending in abcd`
                let tells = length == LAST || last.contains(|c: char| c.is_ascii_digit());
                self.blank_where(last, |before| {
                    tells && (length == LAST || !before.ends_with(is_letter))
                });
            }
        }
    }

    /// Blanks the word around each place where the text, in lower case, has this part.
    fn blank_where(&mut self, part: &str, fits: impl Fn(&str) -> bool) {
        // In ASCII, lower case does not change the length.
        let lower = self.0.to_ascii_lowercase();
        let (mut blanked, mut read) = (String::new(), 0_usize);
        while let Some(at) = lower.get(read..).and_then(|rest| rest.find(part)) {
            let start = read.saturating_add(at);
            let end = start.saturating_add(part.len());
            let before = self.0.get(read..start).unwrap_or_default();
            let after = self.0.get(end..).unwrap_or_default();
            let kept = before.trim_end_matches(is_letter);
            let rest = after.trim_start_matches(is_letter);
            if fits(before) && (part.len() > 4 || rest.len() == after.len()) {
                blanked.push_str(kept);
                blanked.push_str(Self::BLANK);
                read = self.0.len().saturating_sub(rest.len());
            } else {
                blanked.push_str(self.0.get(read..end).unwrap_or_default());
                read = end;
            }
        }
        if read > 0 {
            blanked.push_str(self.0.get(read..).unwrap_or_default());
            self.0 = blanked.into();
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '=' | '%' | '…' | '*' | '•')
}
