//! The place of one argument: its key, its tokens and its value, or empty.

use super::{key::Key, list::Argument};
use proc_macro2::{Ident, TokenStream};
use syn::Expr;

/// An argument as written.
pub(crate) struct Given<T> {
    pub(crate) key: Ident,
    /// The tokens at which a mistake in the value is reported.
    pub(crate) words: TokenStream,
    pub(crate) value: T,
}

/// The place of an argument that may be given once.
#[derive(Default)]
pub(crate) enum Cell<T> {
    /// Not given.
    #[default]
    Empty,
    /// Given with a mistake, which has been reported. A second one is still a duplicate.
    Broken,
    /// Given.
    Full(Given<T>),
    /// Not given, and the function cannot do otherwise.
    Implied(T),
}

impl<T> Cell<T> {
    /// Reads `key = expression`.
    pub(crate) fn assign(
        &mut self,
        argument: Argument<'_>,
        read: impl FnOnce(&'static Key, &Expr) -> syn::Result<T>,
    ) -> syn::Result<()> {
        self.fill(argument, |argument| argument.value(read))
    }

    /// Reads an argument of any form.
    pub(crate) fn fill(
        &mut self,
        argument: Argument<'_>,
        read: impl FnOnce(Argument<'_>) -> syn::Result<Given<T>>,
    ) -> syn::Result<()> {
        let key = argument.word.clone();
        let read = read(argument);
        if !self.is_empty() {
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

    /// The argument, if it was given without a mistake.
    pub(crate) fn given(&self) -> Option<&Given<T>> {
        match self {
            Self::Full(given) => Some(given),
            Self::Empty | Self::Broken | Self::Implied(_) => None,
        }
    }

    /// The value, if it was given without a mistake.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Full(Given { value, .. }) | Self::Implied(value) => Some(value),
            Self::Empty | Self::Broken => None,
        }
    }

    /// The value, if it was given without a mistake.
    pub(crate) fn into_value(self) -> Option<T> {
        match self {
            Self::Full(Given { value, .. }) | Self::Implied(value) => Some(value),
            Self::Empty | Self::Broken => None,
        }
    }

    /// Whether the argument was not given, with or without a mistake.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}
