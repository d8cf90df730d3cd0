//! Lifetimes in the return type.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// Whether the type contains a borrow that may come from the receiver: an elided lifetime, or
/// `lifetime`. `false` if it contains function types or `for<..>`, which have lifetimes of their
/// own.
pub(crate) fn borrows(ty: &Type, lifetime: Option<&Ident>) -> bool {
    let mut found = false;
    let tokens: Vec<TokenTree> = flat(ty.to_token_stream());
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index.saturating_add(1));
        match token {
            TokenTree::Ident(word) if OWN_LIFETIMES.iter().any(|own| word == own) => return false,
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                found |= !matches!(next, Some(TokenTree::Punct(next)) if next.as_char() == '\'');
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                found |= matches!(next, Some(TokenTree::Ident(name))
                    if name == "_" || lifetime.is_some_and(|lifetime| name == lifetime));
            }
            _ => {}
        }
    }
    found
}

/// The first words of types with lifetimes of their own.
const OWN_LIFETIMES: &[&str] = &["fn", "Fn", "FnMut", "FnOnce", "for"];

/// The tokens without groups around them.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let inner = |token| match token {
        TokenTree::Group(group) => flat(group.stream()),
        other => vec![other],
    };
    tokens.into_iter().flat_map(inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn borrows_are_found_by_elided_and_named_lifetimes() {
        let a = Ident::new("a", Span::call_site());
        for (ty, expected) in [
            ("Result<&str, E>", true),
            ("Result<(u8, &mut [u8]), E>", true),
            ("Result<Cow<'_, str>, E>", true),
            ("Result<&'a str, E>", true),
            ("Result<Ref<'a, T>, E>", true),
            ("Result<&'static str, E>", false),
            ("Result<&'b str, E>", false),
            ("Result<String, E>", false),
            ("Result<Box<dyn Fn(&str) -> &str>, E>", false),
            ("Result<fn(&str), E>", false),
            ("Result<Box<dyn for<'a> Get<'a>>, E>", false),
        ] {
            assert_eq!(
                borrows(&syn::parse_str(ty).expect(ty), Some(&a)),
                expected,
                "{ty}"
            );
        }
        assert!(!borrows(&syn::parse_quote!(Result<&'a str, E>), None));
    }
}
