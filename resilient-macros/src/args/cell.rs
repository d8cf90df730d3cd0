//! One argument's place: its key, its words and its value, or nothing yet.

use proc_macro2::{Ident, TokenStream};

/// What was written for a key.
pub(crate) struct Given<T> {
    pub(crate) key: Ident,
    /// The words that a mistake about the value is reported at.
    pub(crate) words: TokenStream,
    pub(crate) value: T,
}

/// The place of an argument that may stand once.
#[derive(Default)]
pub(crate) enum Cell<T> {
    /// Not written.
    #[default]
    Empty,
    /// Written, and wrong: a second one is a duplicate all the same.
    Broken,
    /// Written.
    Full(Given<T>),
}

impl<T> Cell<T> {
    /// Puts in what was read for `key`, unless there is something already.
    pub(crate) fn fill(&mut self, key: &Ident, read: syn::Result<Given<T>>) -> syn::Result<()> {
        if !matches!(self, Self::Empty) {
            let message = format!("`{key}` is given twice: remove one of the two");
            return Err(syn::Error::new(key.span(), message));
        }
        match read {
            Ok(given) => {
                *self = Self::Full(given);
                Ok(())
            }
            Err(error) => {
                *self = Self::Broken;
                Err(error)
            }
        }
    }

    /// What was written, if it was right.
    pub(crate) fn given(&self) -> Option<&Given<T>> {
        match self {
            Self::Full(given) => Some(given),
            Self::Empty | Self::Broken => None,
        }
    }

    /// The value, if it was right.
    pub(crate) fn value(&self) -> Option<&T> {
        self.given().map(|given| &given.value)
    }

    /// What was written, if it was right.
    pub(crate) fn into_given(self) -> Option<Given<T>> {
        match self {
            Self::Full(given) => Some(given),
            Self::Empty | Self::Broken => None,
        }
    }

    /// The value, if it was right.
    pub(crate) fn into_value(self) -> Option<T> {
        self.into_given().map(|given| given.value)
    }

    /// Whether nothing was written, right or wrong.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}
