//! Names of errors and members: how they are compared, and the words in them.

pub(super) use crate::failure::name::{Name, names};

/// Adds the words of a name in lower case, as in `input too long` for `InputTooLong`.
pub(super) fn add_words(words: &mut String, name: &str) {
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let ends = rest.peek().is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && ends));
        if begins {
            words.push(' ');
        }
        words.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            ' '
        });
        before = c;
    }
    words.push('\n');
}
