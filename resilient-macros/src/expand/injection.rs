//! The place before a body, where something else can take its place in a test.

use super::{Names, argument};
use crate::function::{
    Target,
    returns::{self, bare},
};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericArgument, Generics, Path, PathArguments, ReturnType, Type, TypeParamBound};

/// The place before the body: nothing, unless it is asked for.
///
/// Input: `-> Result<Reply, Error>`
///
/// Output:
/// `injected!(SITE, InjectionPoint::<Result<Reply, Error>, (Part<Reply>, Part<Error>)>::new());`
pub(super) fn point(target: &Target, names: &Names<'_>) -> Option<TokenStream> {
    let Names { site, rt, .. } = names;
    if !names.has_injection {
        return None;
    }
    let result = returns::inferable(&target.body_result);
    let (start, _) = argument::ends(result.to_token_stream());
    let at_result = site.located_at(start);
    let point = match why_not_static(&target.body_result, &target.sig.generics) {
        None => {
            let mut parts = Vec::new();
            collect_parts(&target.body_result, &mut parts);
            quote_spanned! {at_result=>
                #rt::__private::InjectionPoint::<
                    #result,
                    (#(#rt::__private::Part<#parts>,)*)
                >::new()
            }
        }
        Some(reason) => {
            quote_spanned!(at_result=> #rt::__private::FailuresOnly::<#result>::because(#reason))
        }
    };
    Some(quote_spanned!(*site=> #rt::__private::injected!(__RESILIENT_CALL_SITE, #point);))
}

/// The types without arguments of their own, of which one may be a type parameter of an `impl`
/// around the function.
fn collect_parts<'a>(ty: &'a Type, parts: &mut Vec<&'a Type>) {
    match bare(ty) {
        Type::Array(ty) => collect_parts(&ty.elem, parts),
        Type::Slice(ty) => collect_parts(&ty.elem, parts),
        Type::Ptr(ty) => collect_parts(&ty.elem, parts),
        Type::Reference(ty) => collect_parts(&ty.elem, parts),
        Type::Tuple(ty) => ty.elems.iter().for_each(|ty| collect_parts(ty, parts)),
        Type::TraitObject(ty) => {
            for bound in &ty.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    collect_arguments(&bound.path, parts);
                }
            }
        }
        Type::FnPtr(ty) => {
            ty.inputs
                .iter()
                .for_each(|input| collect_parts(&input.ty, parts));
            collect_output(&ty.output, parts);
        }
        path @ Type::Path(ty) => {
            if let Some(qself) = &ty.qself {
                collect_parts(&qself.ty, parts);
            }
            if !collect_arguments(&ty.path, parts) {
                parts.push(path);
            }
        }
        _ => {}
    }
}

/// Returns whether the path has arguments.
fn collect_arguments<'a>(path: &'a Path, parts: &mut Vec<&'a Type>) -> bool {
    let mut has_arguments = false;
    for segment in &path.segments {
        match &segment.arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(arguments) => {
                has_arguments = true;
                for argument in &arguments.args {
                    match argument {
                        GenericArgument::Type(ty) => collect_parts(ty, parts),
                        GenericArgument::AssocType(assoc) => collect_parts(&assoc.ty, parts),
                        _ => {}
                    }
                }
            }
            PathArguments::Parenthesized(arguments) => {
                has_arguments = true;
                arguments
                    .inputs
                    .iter()
                    .for_each(|input| collect_parts(&input.ty, parts));
                collect_output(&arguments.output, parts);
            }
        }
    }
    has_arguments
}

fn collect_output<'a>(output: &'a ReturnType, parts: &mut Vec<&'a Type>) {
    if let ReturnType::Type(_, ty) = output {
        collect_parts(ty, parts);
    }
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
    fn parts_are_all_types_that_may_be_a_type_parameter() {
        for (written, expected) in [
            ("Result<Arc<T>, E>", "T E"),
            ("io::Result<()>", ""),
            ("io::Result<(u8, [Vec<T>; 2], T::Item)>", "u8 T T :: Item"),
            ("R<Box<dyn Fn(A) -> B + Send>, dyn I<Item = C>>", "A B C"),
            ("R<fn(A) -> B, <T as Tr>::Out<D>>", "A B T D"),
            ("Reply", "Reply"),
        ] {
            let ty: Type = syn::parse_str(written).expect(written);
            let mut parts = Vec::new();
            collect_parts(&ty, &mut parts);
            let parts: Vec<String> = parts
                .iter()
                .map(|part| part.to_token_stream().to_string())
                .collect();
            assert_eq!(parts.join(" "), expected, "{written}");
        }
    }

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
