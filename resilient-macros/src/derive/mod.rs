//! `#[derive(Classify)]` in four stages: `words` reads the attributes, `target` the type, `case`
//! finds the classification of each variant, and `expand` writes the implementations.

mod case;
mod expand;
mod target;
mod words;

use crate::text::errors::Errors;
use proc_macro2::TokenStream;
use target::Target;
#[cfg(test)]
pub(crate) use words::WORDS;

/// Expands the derive into the implementations. If there are mistakes, into these and placeholders
/// for the implementations, so that the compiler does not report missing ones too.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input = errors.keep(syn::parse2(item));
    let target = input.and_then(|input| Target::read(input, &mut errors));
    let cases = target
        .as_ref()
        .map(|target| case::all(target, &mut errors))
        .unwrap_or_default();
    match (errors.into_compile_errors(), target) {
        (None, Some(target)) => expand::implementations(&target, &cases),
        (errors, target) => {
            let mut output = errors.unwrap_or_default();
            output.extend(target.as_ref().map(expand::placeholders));
            output
        }
    }
}
