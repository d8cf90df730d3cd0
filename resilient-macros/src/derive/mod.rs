//! `#[derive(Classify)]`, from tokens to tokens in four stages: `words` (what did they write?), `target` (on what
//! did they write it?), `case` (what does it mean?), `expand` (what do we write?).

mod case;
mod expand;
mod target;
mod words;

use crate::errors::Errors;
use proc_macro2::TokenStream;
use target::Target;

/// Expands the derive: the implementations, or all mistakes beside implementations that do nothing, so that the
/// compiler does not report them as missing too.
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
