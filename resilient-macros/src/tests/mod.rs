//! Tests of whole expansions.

mod keys;
mod messages;
mod random;
mod snapshots;

use crate::{derive, resilient};
use proc_macro2::{TokenStream, TokenTree};

/// The arguments of `#[resilient(..)]`, and the item under it.
fn split(written: &str) -> (TokenStream, TokenStream) {
    let mut tokens = written.parse::<TokenStream>().unwrap().into_iter();
    let (Some(TokenTree::Punct(_)), Some(TokenTree::Group(attr))) = (tokens.next(), tokens.next())
    else {
        panic!("the attribute comes first in {written}");
    };
    let mut attr = attr.stream().into_iter();
    assert_eq!(attr.next().unwrap().to_string(), "resilient");
    let arguments = match attr.next() {
        Some(TokenTree::Group(arguments)) => arguments.stream(),
        _ => TokenStream::new(),
    };
    (arguments, tokens.collect())
}

/// The expansion of the attribute.
fn expanded(written: &str) -> TokenStream {
    let (attr, item) = split(written);
    resilient::expand(attr, item, false)
}

/// The expansion of the attribute where something else can take the place of the body.
fn expanded_with_injection(written: &str) -> TokenStream {
    let (attr, item) = split(written);
    resilient::expand(attr, item, true)
}

/// The expansion of `#[derive(Classify)]` on the type under it.
fn derived(written: &str) -> TokenStream {
    let mut tokens = written.parse::<TokenStream>().unwrap().into_iter();
    let derive: TokenStream = tokens.by_ref().take(2).collect();
    assert_eq!(derive.to_string(), "# [derive (Classify)]");
    derive::expand(tokens.collect())
}
