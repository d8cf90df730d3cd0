//! Collects mistakes, so that all are reported at once, each at its own words.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use std::{collections::BTreeSet, fmt::Display};

/// The mistakes found so far.
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

    /// Adds a mistake at these words.
    pub(crate) fn at(&mut self, words: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(words, message));
    }

    /// Returns the value, or adds the mistake.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns `value`, unless there was a mistake.
    pub(crate) fn or<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }

    /// One `compile_error!` for each mistake; `None` if there is none. A list of names is printed
    /// with the first mistake that has it, and not again.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        let mut printed = BTreeSet::new();
        self.0
            .map(|errors| without_repeated_lists(errors.into_compile_error(), &mut printed))
    }
}

/// Line starts of lists of names.
const LISTS: &[&str] = &["known here: ", "known classes: "];

/// Shortens the messages, which are the string literals in the tokens.
fn without_repeated_lists(tokens: TokenStream, printed: &mut BTreeSet<String>) -> TokenStream {
    let shorten = |token| match token {
        TokenTree::Group(group) => {
            let stream = without_repeated_lists(group.stream(), printed);
            let mut shortened = Group::new(group.delimiter(), stream);
            shortened.set_span(group.span());
            TokenTree::Group(shortened)
        }
        TokenTree::Literal(literal) => {
            let text = syn::parse2::<syn::LitStr>(TokenTree::Literal(literal.clone()).into());
            let Ok(text) = text else {
                return TokenTree::Literal(literal);
            };
            let text = text.value();
            let is_list = |line: &str| LISTS.iter().any(|start| line.starts_with(start));
            let is_new = |line: &&str| !is_list(line) || printed.insert((*line).to_owned());
            let lines: Vec<&str> = text.lines().filter(is_new).collect();
            let mut shortened = Literal::string(&lines.join("\n"));
            shortened.set_span(literal.span());
            TokenTree::Literal(shortened)
        }
        other => other,
    };
    tokens.into_iter().map(shorten).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn a_list_of_names_is_printed_once() {
        let mut errors = Errors::default();
        for message in [
            "first\nknown here: a",
            "second\nknown here: a",
            "third\nknown here: b",
        ] {
            errors.push(syn::Error::new(Span::call_site(), message));
        }
        let text = errors.into_compile_errors().unwrap().to_string();
        for part in [
            r#""first\nknown here: a""#,
            r#""second""#,
            r#""third\nknown here: b""#,
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
