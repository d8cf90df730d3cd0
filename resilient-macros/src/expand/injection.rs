//! The place before a body, where something else can take its place in a test.

use super::{Names, argument};
use crate::function::{Target, returns};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Generics, Type};

/// The place before the body: nothing, unless it is asked for.
///
/// Input: `-> Result<Reply, Error>`
///
/// Output: `injected!(SITE, InjectionPoint::<Result<Reply, Error>>::new());`
pub(super) fn point(target: &Target, names: &Names<'_>) -> Option<TokenStream> {
    let Names { site, rt, .. } = names;
    if !names.has_injection {
        return None;
    }
    let result = returns::inferable(&target.result);
    let (start, _) = argument::ends(result.to_token_stream());
    let at_result = site.located_at(start);
    let point = match why_not_static(&target.result, &target.sig.generics) {
        None => quote_spanned!(at_result=> #rt::__private::InjectionPoint::<#result>::new()),
        Some(reason) => {
            quote_spanned!(at_result=> #rt::__private::FailuresOnly::<#result>::because(#reason))
        }
    };
    Some(quote_spanned!(*site=> #rt::__private::injected!(__RESILIENT_CALL_SITE, #point);))
}

/// Why values of this type may borrow, as far as the type itself says so, or cannot be named.
fn why_not_static(ty: &Type, generics: &Generics) -> Option<&'static str> {
    if returns::has_impl_trait(ty) {
        return Some("it returns an `impl Trait`");
    }
    let is_parameter = |word: &Ident| generics.type_params().any(|param| param.ident == *word);
    first_reason(ty.to_token_stream(), &is_parameter)
}

fn first_reason(
    tokens: TokenStream,
    is_parameter: &dyn Fn(&Ident) -> bool,
) -> Option<&'static str> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let reason = match token {
            TokenTree::Ident(word) if word == "Self" => Some("what it returns mentions `Self`"),
            TokenTree::Ident(word) if is_parameter(&word) => {
                Some("what it returns has a type parameter")
            }
            TokenTree::Punct(punct) => match (punct.as_char(), tokens.peek()) {
                ('\'', Some(TokenTree::Ident(name))) if name == "static" => None,
                ('&', Some(TokenTree::Punct(next))) if next.as_char() == '\'' => None,
                ('&' | '\'', _) => Some("what it returns may borrow"),
                ('!', _) => Some("a macro writes what it returns"),
                _ => None,
            },
            TokenTree::Group(group) => first_reason(group.stream(), is_parameter),
            _ => None,
        };
        if reason.is_some() {
            return reason;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_may_borrow_is_known_by_what_is_written() {
        let generics = syn::parse_str("<'a, T: Clone, const N: usize>").unwrap();
        let why = |written: &str| {
            let ty: Type = syn::parse_str(written).expect(written);
            why_not_static(&ty, &generics)
        };
        for written in [
            "Result<u32, Error>",
            "io::Result<Vec<[u8; N]>>",
            "Result<Box<dyn A>, &'static str>",
        ] {
            assert_eq!(why(written), None, "{written}");
        }
        for (written, reason) in [
            ("Result<&str, E>", "may borrow"),
            ("Result<Cow<'_, str>, E>", "may borrow"),
            ("Result<&'a str, E>", "may borrow"),
            ("Result<(u8, Vec<T>), E>", "type parameter"),
            ("Result<T::Item, E>", "type parameter"),
            ("Result<Self, E>", "`Self`"),
            ("Result<u8, Self::Error>", "`Self`"),
            ("Result<impl Display, E>", "`impl Trait`"),
            ("Result<reply!(), E>", "macro"),
        ] {
            let why = why(written).expect(written);
            assert!(why.contains(reason), "{written}: {why}");
        }
    }
}
