//! The macros never panic: for any input they return tokens. If the input is wrong, these are a
//! `compile_error!` and the function as written.

mod words;

use crate::{derive, resilient};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::{collection::vec, prelude::*, sample::select};
use words::{ATTRIBUTES, ITEMS, TYPES, WORDS};

fn word() -> impl Strategy<Value = TokenStream> {
    select(WORDS).prop_map(|word| word.parse().unwrap())
}

/// Words in any order, in nested groups.
fn wild() -> impl Strategy<Value = TokenStream> {
    let delimiter = select(
        &[
            Delimiter::Parenthesis,
            Delimiter::Bracket,
            Delimiter::Brace,
            Delimiter::None,
        ][..],
    );
    word().prop_recursive(4, 48, 8, move |inner| {
        (delimiter.clone(), vec(inner, 0..8), vec(word(), 0..8)).prop_map(
            |(delimiter, inner, after)| {
                let group = TokenTree::Group(Group::new(delimiter, inner.into_iter().collect()));
                [TokenStream::from(group)]
                    .into_iter()
                    .chain(after)
                    .collect()
            },
        )
    })
}

/// One change of tokens: its kind and its places.
type Spoil = (u8, usize, usize);

/// Correct input with a few tokens deleted, doubled, swapped or replaced, at any depth.
fn spoiled(right: &'static [&'static str]) -> impl Strategy<Value = TokenStream> {
    (
        select(right),
        vec((any::<u8>(), any::<usize>(), any::<usize>()), 0..4),
        word(),
    )
        .prop_map(|(right, spoils, other)| {
            spoils.iter().fold(right.parse().unwrap(), |tokens, spoil| {
                spoil_one(tokens, *spoil, &other)
            })
        })
}

fn spoil_one(tokens: TokenStream, (how, at, with): Spoil, other: &TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.is_empty() {
        return other.clone();
    }
    let (at, with) = (at % tokens.len(), with % tokens.len());
    if let (TokenTree::Group(group), 1..) = (&tokens[at], how % 4) {
        let inner = spoil_one(group.stream(), (how / 4, with, at), other);
        tokens[at] = Group::new(group.delimiter(), inner).into();
        return tokens.into_iter().collect();
    }
    match how % 5 {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[with].clone()),
        2 => tokens.swap(at, with),
        3 => drop(tokens.splice(at..=at, other.clone())),
        _ => tokens[at] = Group::new(Delimiter::None, tokens[at].clone().into()).into(),
    }
    tokens.into_iter().collect()
}

/// Checks that the attribute returns tokens with the function, and that these are Rust if the input
/// was.
fn holds(attr: TokenStream, item: TokenStream) {
    let output = resilient::expand(attr, item.clone(), true);
    let text = output.to_string();
    // A lifetime's quote without a name is a token that has no text.
    let was_text = item.to_string().parse::<TokenStream>().is_ok();
    assert!(
        !was_text || text.parse::<TokenStream>().is_ok(),
        "not tokens: {text}"
    );
    if text.contains("compile_error !") {
        assert!(
            text.ends_with(&item.to_string()),
            "the function is lost: {text}"
        );
    } else if syn::parse2::<syn::ImplItemFn>(item).is_ok() {
        assert!(
            syn::parse2::<syn::ImplItemFn>(output).is_ok(),
            "not Rust: {text}"
        );
    }
}

/// Checks that the derive returns tokens, and that these are Rust.
fn derives(item: &TokenStream) {
    let output = derive::expand(item.clone());
    let was_text = item.to_string().parse::<TokenStream>().is_ok();
    assert!(
        !was_text || syn::parse2::<syn::File>(output.clone()).is_ok(),
        "not Rust: {output}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f95_wild_tokens_never_panic(attr in wild(), item in wild()) {
        holds(attr, item);
    }

    #[test]
    fn f95_wild_arguments_on_a_function_never_panic(attr in vec(wild(), 0..6), item in select(ITEMS)) {
        holds(attr.into_iter().collect(), item.parse().unwrap());
    }

    #[test]
    fn f95_spoiled_tokens_never_panic(attr in spoiled(ATTRIBUTES), item in spoiled(ITEMS)) {
        holds(attr, item);
    }

    #[test]
    fn f95_wild_tokens_under_the_derive_never_panic(item in wild()) {
        derives(&item);
    }

    #[test]
    fn f95_wild_words_in_the_derive_never_panic(words in vec(wild(), 0..6)) {
        let words: TokenStream = words.into_iter().collect();
        derives(&quote::quote!(#[classify(#words)] struct S { a: u8 }));
        derives(&quote::quote!(enum E { #[classify(#words)] A(u8, T) }));
    }

    #[test]
    fn f95_spoiled_types_never_panic(item in spoiled(TYPES)) {
        derives(&item);
    }
}

#[test]
fn inputs_of_the_random_tests_are_correct() {
    for attr in ATTRIBUTES {
        let item = "async fn f(self, a: u8) -> R { a }";
        let output =
            resilient::expand(attr.parse().unwrap(), item.parse().unwrap(), false).to_string();
        assert!(!output.contains("compile_error"), "{attr}: {output}");
    }
    for item in &ITEMS[..4] {
        let output =
            resilient::expand(TokenStream::new(), item.parse().unwrap(), false).to_string();
        assert!(!output.contains("compile_error"), "{item}: {output}");
    }
    let (_, types) = TYPES.split_last().unwrap();
    for item in types {
        let output = derive::expand(item.parse().unwrap()).to_string();
        assert!(!output.contains("compile_error"), "{item}: {output}");
    }
}
