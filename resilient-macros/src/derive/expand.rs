//! Writes the implementations of the derive. They are short, and call the runtime.

use super::{
    case::{Base, Case, Use},
    target::{Target, Variant},
    words::Kind,
};
use crate::expand::argument::{ends, located_at};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, Type};

/// Writes the implementations.
///
/// Input:
/// `enum E { #[classify(timeout)] Slow, #[classify(delegate)] Io(io::Error),`
/// `#[classify(rejection)] Rejected(Rejection) }`
///
/// Output:
/// `impl Classify for E { fn classify(&self) -> Classification { .. } fn attach(..) { .. } }`
/// `impl FromRejection for E { .. }`
pub(super) fn implementations(target: &Target, cases: &[Case]) -> TokenStream {
    let rt = &path_of_runtime(target);
    let cases: Vec<_> = target.variants.iter().zip(cases).collect();
    let arms = cases.iter().map(|(variant, case)| arm(variant, case, rt));
    let attach = attach(&cases, rt);
    let types = cases.iter().filter_map(|(variant, case)| match case.base {
        Base::Delegate(field) => Some(&variant.fields.get(field)?.ty),
        _ => None,
    });
    let bounds = types
        .filter(|ty| mentions_parameter(ty, &target.generics))
        .map(|ty| quote_spanned!(Span::mixed_site()=> #ty: #rt::Classify,));
    let matched = matched(target);
    let classify = classify(
        target,
        &bounds.collect(),
        rt,
        &quote_spanned! {Span::mixed_site()=>
            fn classify(&self) -> #rt::Classification {
                match #matched { #(#arms)* }
            }
            #attach
        },
    );
    let from = cases.iter().find_map(|(variant, case)| match case.base {
        Base::Rejection { writes_it: true } => {
            let (path, member) = (&variant.path, &variant.fields.first()?.member);
            let site = Span::mixed_site();
            let value = quote_spanned!(site=> #path { #member: __resilient_rejection });
            Some(from_rejection(target, rt, &value))
        }
        _ => None,
    });
    quote!(#classify #from)
}

/// Writes placeholders for the implementations of a type with mistakes.
pub(super) fn placeholders(target: &Target) -> TokenStream {
    let rt = &path_of_runtime(target);
    let never = quote_spanned!(Span::mixed_site()=> loop {});
    let classify = classify(
        target,
        &TokenStream::new(),
        rt,
        &quote_spanned! {Span::mixed_site()=>
            fn classify(&self) -> #rt::Classification { #never }
        },
    );
    let is_ours = |variant: &Variant| {
        matches!(variant.words.kind.value(), Some(Kind::Rejection))
            && !variant.fields.iter().any(|field| field.is_from)
    };
    let from = target
        .variants
        .iter()
        .any(is_ours)
        .then(|| from_rejection(target, rt, &never));
    quote!(#classify #from)
}

fn path_of_runtime(target: &Target) -> TokenStream {
    let own = || quote_spanned!(Span::mixed_site()=> ::resilient_runtime);
    target
        .krate
        .as_ref()
        .map_or_else(own, ToTokens::to_token_stream)
}

/// `impl Classify`, with these bounds in addition to those of the type.
fn classify(
    target: &Target,
    bounds: &TokenStream,
    rt: &TokenStream,
    items: &TokenStream,
) -> TokenStream {
    let name = &target.name;
    let (parameters, arguments, _) = target.generics.split_for_impl();
    let own = target
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #rt::Classify for #name #arguments where #(#own,)* #bounds { #items }
    }
}

fn from_rejection(target: &Target, rt: &TokenStream, value: &TokenStream) -> TokenStream {
    let name = &target.name;
    let (parameters, arguments, bounds) = target.generics.split_for_impl();
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #rt::__private::FromRejection for #name #arguments #bounds {
            fn from_rejection(__resilient_rejection: #rt::Rejection) -> Self { #value }
        }
    }
}

/// The value to match: `*self` for an enum without variants, since a match on a reference to it
/// needs an arm.
fn matched(target: &Target) -> TokenStream {
    let word = Ident::new("self", Span::mixed_site());
    if target.variants.is_empty() {
        quote_spanned!(Span::mixed_site()=> *#word)
    } else {
        word.into_token_stream()
    }
}

/// Input: `#[classify(rate_limited, retry_after = wait)] Busy { wait: Duration, id: u8 }`
///
/// Output:
/// `Self::Busy { wait: field_0, .. } =>`
/// `Details(Classification::new(Class::RateLimited)).retry_after(field_0).0,`
fn arm(variant: &Variant, case: &Case, rt: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let mut used: Vec<usize> = case
        .details
        .iter()
        .map(|detail| detail.used.field)
        .collect();
    let base = match &case.base {
        Base::Class(class) => {
            let class = Ident::new(class, site);
            quote_spanned!(site=> #rt::Classification::new(#rt::Class::#class))
        }
        Base::Status(status) => {
            used.push(status.field);
            let field = named(*status);
            quote_spanned!(site=> #rt::__private::of_status(#field))
        }
        Base::Delegate(field) => {
            used.push(*field);
            asked(
                variant,
                *field,
                &quote_spanned!(site=> #rt::Classify::classify),
            )
        }
        Base::Rejection { .. } => {
            used.push(0);
            asked(
                variant,
                0,
                &quote_spanned!(site=> #rt::Rejection::classification),
            )
        }
    };
    let pattern = pattern(variant, &mut used);
    if case.details.is_empty() {
        return quote_spanned!(site=> #pattern => #base,);
    }
    let details = case.details.iter().map(|detail| {
        let (method, field) = (Ident::new(detail.name, site), named(detail.used));
        quote_spanned!(site=> .#method(#field))
    });
    quote_spanned!(site=> #pattern => #rt::__private::Details(#base) #(#details)* .0,)
}

/// The method that passes the history on, if a field delegates.
fn attach(cases: &[(&Variant, &Case)], rt: &TokenStream) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let mut arms = TokenStream::new();
    let mut is_every = true;
    for (variant, case) in cases {
        if let Base::Delegate(field) = case.base {
            let pattern = pattern(variant, &mut vec![field]);
            let function = quote_spanned!(site=> #rt::Classify::attach);
            let reference = quote_spanned!(site=> &mut *);
            let (function, field) = at_type(variant, field, &function, &reference);
            arms.extend(quote_spanned! {site=>
                #pattern => #function(#field, __resilient_history),
            });
        } else {
            is_every = false;
        }
    }
    let rest = (!is_every).then(|| quote_spanned!(site=> _ => {}));
    (!arms.is_empty()).then(|| {
        quote_spanned! {site=>
            fn attach(&mut self, __resilient_history: #rt::History) {
                match self { #arms #rest }
            }
        }
    })
}

/// `Self::Busy { wait: field_0, .. }`. With indices as names, this form is valid for tuples too.
fn pattern(variant: &Variant, used: &mut Vec<usize>) -> TokenStream {
    let site = Span::mixed_site();
    used.sort_unstable();
    used.dedup();
    let path = &variant.path;
    let fields = used.iter().filter_map(|index| {
        let member = &variant.fields.get(*index)?.member;
        let name = binding(*index, site);
        Some(quote_spanned!(site=> #member: #name,))
    });
    quote_spanned!(site=> #path { #(#fields)* .. })
}

fn binding(field: usize, site: Span) -> Ident {
    Ident::new(&format!("__resilient_{field}"), site)
}

/// The variable of a field, at the word that names it.
fn named(used: Use) -> Ident {
    binding(used.field, Span::mixed_site().located_at(used.word))
}

/// A function and a reference to the field, at the type of the field, where the compiler reports a
/// missing implementation.
fn at_type(
    variant: &Variant,
    field: usize,
    function: &TokenStream,
    reference: &TokenStream,
) -> (TokenStream, TokenStream) {
    let ty = variant.fields.get(field).map(|field| &field.ty);
    let (start, end) = ends(ty.into_token_stream());
    // Two tokens, so that the compiler underlines the type from its start to its end.
    let reference = located_at(reference, start);
    let name = binding(field, Span::mixed_site().located_at(end));
    (located_at(function, start), quote!(#reference #name))
}

/// `function(&*field)`
fn asked(variant: &Variant, field: usize, function: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let (function, field) = at_type(variant, field, function, &quote_spanned!(site=> &*));
    quote_spanned!(site=> #function(#field))
}

/// Whether the type depends on a type parameter. Other types need no bound.
fn mentions_parameter(ty: &Type, generics: &Generics) -> bool {
    fn any(tokens: TokenStream, is_parameter: &dyn Fn(&Ident) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => is_parameter(&word),
            TokenTree::Group(group) => any(group.stream(), is_parameter),
            _ => false,
        })
    }
    let is_parameter = |word: &Ident| {
        generics
            .type_params()
            .any(|parameter| parameter.ident == *word)
    };
    any(ty.to_token_stream(), &is_parameter)
}
