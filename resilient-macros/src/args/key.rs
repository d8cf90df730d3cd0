//! The tables of keys: each row holds the names of a key and the function that reads its value, so
//! a key without a reader does not compile.

use super::list::Argument;
use crate::text::suggest::{listed, nearest};
use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The names of an argument.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// A correct use, for messages.
    pub(crate) example: &'static str,
    /// Names that other libraries use for it.
    others: &'static [&'static str],
}

/// Reads the value of an argument into `T`.
type Read<T> = fn(&mut T, Argument<'_>) -> syn::Result<()>;

/// A key and the reader of its value.
pub(crate) struct Row<T> {
    pub(crate) key: Key,
    pub(super) read: Read<T>,
}

/// Makes a row.
pub(crate) const fn row<T>(
    name: &'static str,
    example: &'static str,
    others: &'static [&'static str],
    read: Read<T>,
) -> Row<T> {
    let key = Key {
        name,
        example,
        others,
    };
    Row { key, read }
}

/// The keys that one list of arguments accepts.
pub(crate) struct Table<T: 'static> {
    parts: &'static [&'static [Row<T>]],
    /// Answers a name that is no key of this table and no other name of one.
    answer: fn(&str) -> Option<String>,
}

impl<T> Table<T> {
    pub(crate) const fn new(parts: &'static [&'static [Row<T>]]) -> Self {
        let answer = |_: &str| None;
        Self { parts, answer }
    }

    pub(super) const fn answering(self, answer: fn(&str) -> Option<String>) -> Self {
        Self { answer, ..self }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &'static Row<T>> {
        self.parts.iter().copied().flatten()
    }

    /// The row of the key with this name.
    pub(super) fn known(&self, name: &str) -> Option<&'static Row<T>> {
        self.rows().find(|row| row.key.name == name)
    }

    /// The row of the key that `word` names.
    ///
    /// # Errors
    /// Suggests the key that was probably meant, and lists all keys.
    pub(super) fn find(&self, word: &Ident) -> syn::Result<&'static Row<T>> {
        let name = word.unraw().to_string();
        self.known(&name).ok_or_else(|| {
            let names = || self.rows().map(|row| row.key.name);
            let by_another_name = self
                .rows()
                .find(|row| row.key.others.contains(&name.as_str()))
                .map(|row| row.key.name);
            let by_example = |name: &str| {
                let key = &self.known(name)?.key;
                Some(format!("did you mean `{}`?", key.example))
            };
            let hint = (self.answer)(&name)
                .or_else(|| by_another_name.and_then(by_example))
                .or_else(|| nearest(&name, names()).and_then(by_example))
                .map(|hint| format!("; {hint}"))
                .unwrap_or_default();
            let message = format!(
                "unknown argument `{name}`{hint}\nknown here: {}",
                listed(names())
            );
            syn::Error::new(word.span(), message)
        })
    }
}

#[cfg(test)]
impl<T> Table<T> {
    /// Checks that names are unique, that no other name is a name, and that examples name their
    /// key.
    pub(crate) fn check(&self) {
        for Row { key, .. } in self.rows() {
            let same = self.rows().filter(|row| row.key.name == key.name);
            assert_eq!(same.count(), 1, "{key:?}");
            let is_name = |other: &&str| self.known(other).is_some();
            assert!(!key.others.iter().any(is_name), "{key:?}");
            assert!(key.example.starts_with(key.name), "{key:?}");
        }
    }

    /// The name and the example of each key.
    pub(crate) fn examples(&self) -> Vec<(&'static str, &'static str)> {
        let rows = self.rows();
        rows.map(|row| (row.key.name, row.key.example)).collect()
    }
}
