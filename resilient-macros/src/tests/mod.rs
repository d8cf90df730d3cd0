//! Promises about the whole way from tokens to tokens.

mod messages;
mod random;
mod snapshots;

use crate::resilient;
use proc_macro2::{TokenStream, TokenTree};

/// `#[resilient(..)]` and what stands under it.
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

/// What comes out of it.
fn expanded(written: &str) -> TokenStream {
    let (attr, item) = split(written);
    resilient::expand(attr, item)
}
