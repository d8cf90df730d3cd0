//! Lifetimes in the signature.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericParam, Lifetime, Signature, Type, WherePredicate};

/// A lifetime in the result: an elided one, or one with this name.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a> {
    Elided,
    Named(&'a Ident),
}

/// Whether the type contains this lifetime. `false` if it contains function types or `for<..>`,
/// which have lifetimes of their own.
pub(crate) fn contains(ty: &Type, origin: Origin<'_>) -> bool {
    let found = all(ty.to_token_stream());
    found.is_some_and(|found| found.iter().any(|it| origin.is(it.as_ref())))
}

impl Origin<'_> {
    fn is(self, lifetime: Option<&Ident>) -> bool {
        match (self, lifetime) {
            (Origin::Elided, None) => true,
            (Origin::Named(name), Some(lifetime)) => name == lifetime,
            _ => false,
        }
    }
}

/// Whether a value of type `&'name mut T` is the only source of borrows with this lifetime: the
/// function declares it, uses it in one argument, and bounds nothing by it.
pub(crate) fn is_only_of_one_argument(sig: &Signature, name: &Ident) -> bool {
    let is_it = |lifetime: &Lifetime| lifetime.ident == *name;
    let of_argument = |tokens: TokenStream| {
        let found = all(tokens).unwrap_or_default();
        found
            .iter()
            .filter(|it| Origin::Named(name).is(it.as_ref()))
            .count()
    };
    let mut is_declared = false;
    let mut is_bound = false;
    for param in &sig.generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                is_declared |= is_it(&param.lifetime);
                is_bound |= param.bounds.iter().any(is_it);
            }
            other => is_bound |= of_argument(other.to_token_stream()) > 0,
        }
    }
    for predicate in sig
        .generics
        .where_clause
        .iter()
        .flat_map(|it| &it.predicates)
    {
        is_bound |= match predicate {
            WherePredicate::Lifetime(predicate) => predicate.bounds.iter().any(is_it),
            other => of_argument(other.to_token_stream()) > 0,
        };
    }
    is_declared && !is_bound && of_argument(sig.inputs.to_token_stream()) == 1
}

/// The lifetimes in the types of all arguments.
pub(crate) fn of_arguments(sig: &Signature) -> Option<Vec<Option<Ident>>> {
    all(sig.inputs.to_token_stream())
}

/// Whether there are no lifetimes, also none of function types.
pub(crate) fn has_none(tokens: TokenStream) -> bool {
    all(tokens).is_some_and(|found| found.is_empty())
}

/// All lifetimes, `None` for an elided one. Nothing, if there are function types or `for<..>`.
fn all(tokens: TokenStream) -> Option<Vec<Option<Ident>>> {
    let mut found = Vec::new();
    let tokens: Vec<TokenTree> = flat(tokens);
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index.saturating_add(1));
        match token {
            TokenTree::Ident(word) if OWN_LIFETIMES.iter().any(|own| word == own) => return None,
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                let is_named =
                    matches!(next, Some(TokenTree::Punct(next)) if next.as_char() == '\'');
                if !is_named {
                    found.push(None);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                if let Some(TokenTree::Ident(name)) = next {
                    found.push((name != "_").then(|| name.clone()));
                }
            }
            _ => {}
        }
    }
    Some(found)
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
    fn lifetimes_are_found_elided_and_named() {
        let a = Ident::new("a", Span::call_site());
        for (ty, elided, named) in [
            ("Result<&str, E>", true, false),
            ("Result<(u8, &mut [u8]), E>", true, false),
            ("Result<Cow<'_, str>, E>", true, false),
            ("Result<&'_ str, E>", true, false),
            ("Result<&'a str, E>", false, true),
            ("Result<Ref<'a, T>, E>", false, true),
            ("Result<(&'a str, &str), E>", true, true),
            ("Result<&'static str, E>", false, false),
            ("Result<&'b str, E>", false, false),
            ("Result<String, E>", false, false),
            ("Result<Box<dyn Fn(&str) -> &str>, E>", false, false),
            ("Result<fn(&str), E>", false, false),
            ("Result<Box<dyn for<'a> Get<'a>>, E>", false, false),
        ] {
            let ty = &syn::parse_str(ty).expect(ty);
            let found = (
                contains(ty, Origin::Elided),
                contains(ty, Origin::Named(&a)),
            );
            assert_eq!(found, (elided, named), "{}", ty.to_token_stream());
        }
    }

    #[test]
    fn lifetime_is_of_one_argument_unless_something_else_may_have_it() {
        let a = Ident::new("a", Span::call_site());
        for (sig, expected) in [
            ("fn f<'a>(&'a mut self)", true),
            ("fn f<'a>(buf: &'a mut Vec<u8>, n: &u8)", true),
            ("fn f<'a, 'b>(buf: &'a mut [u8]) where 'a: 'b", true),
            ("fn f(&'a mut self)", false),
            ("fn f<'a>(buf: &'a mut [u8], text: &'a str)", false),
            ("fn f<'a>(buf: &'a mut Reader<'a>)", false),
            ("fn f<'a, 'b: 'a>(buf: &'a mut [u8], text: &'b str)", false),
            ("fn f<'a, 'b>(buf: &'a mut [u8]) where 'b: 'a", false),
            ("fn f<'a, T: 'a>(buf: &'a mut [u8], t: T)", false),
            ("fn f<'a, T>(buf: &'a mut [u8], t: T) where T: 'a", false),
        ] {
            let parsed = syn::parse_str(sig).expect(sig);
            assert_eq!(is_only_of_one_argument(&parsed, &a), expected, "{sig}");
        }
    }
}
