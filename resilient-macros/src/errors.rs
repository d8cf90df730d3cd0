//! The mistakes found so far: collected, so that all are reported at once, each at its own word.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;

/// All mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Adds a mistake made by these words.
    pub(crate) fn at(&mut self, words: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(words, message));
    }

    /// The value, if there is one; otherwise adds why there is none.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// `value`, unless there was a mistake.
    pub(crate) fn or<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }

    /// One `compile_error!` for each mistake; nothing if there was none.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}
