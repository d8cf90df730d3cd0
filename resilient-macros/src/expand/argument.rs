//! The expressions that give an attempt its value of an argument.

use super::Names;
use crate::function::params::Passing;
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Token, Type};

/// How a value that is not `Clone` may be lent.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Shared, or exclusively if the value is `Send` and not `Sync`.
    Any,
    Shared,
    Exclusive,
}

impl Way {
    /// The way of an argument of which the loop may have the only borrow.
    pub(super) const fn of(passing: Passing, is_exclusive: bool) -> Self {
        match (passing, is_exclusive) {
            (Passing::Lent, true) => Self::Any,
            (_, true) => Self::Exclusive,
            (_, false) => Self::Shared,
        }
    }

    /// The method of the runtime that decides.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Any => "resilient_way",
            Self::Shared => "resilient_shared_way",
            Self::Exclusive => "resilient_exclusive_way",
        }
    }
}

/// `Argument::clone_of(&argument)`, at the type of the argument, where the compiler reports a type
/// that is not `Clone`.
pub(super) fn clone_of(argument: &Ident, ty: impl ToTokens, names: &Names<'_>) -> TokenStream {
    argument_by("clone_of", argument, ty, names)
}

/// `(&Given::of(&argument)).resilient_way().pass(&mut argument)`: the runtime decides by the type.
///
/// With a field that has to be `Copy`, `Given::of(&argument).reading(&raw const argument.field)`.
/// For an `Option`, `(&Given::of_option(&argument)).resilient_way().pass_option(&mut argument)`.
pub(super) fn pass(
    argument: &Ident,
    ty: impl ToTokens,
    way: Way,
    is_option: bool,
    fields: &[TokenStream],
    names: &Names<'_>,
) -> TokenStream {
    let (start, _) = ends(ty.to_token_stream());
    let site = names.site.located_at(start);
    let rt = located_at(names.rt, start);
    let mut argument = argument.clone();
    argument.set_span(argument.span().located_at(start));
    let (pass, mutability) = match way {
        Way::Shared => ("pass_shared", None),
        Way::Any | Way::Exclusive => ("pass", Some(Token![mut](site))),
    };
    let (of, option) = if is_option {
        ("of_option", "_option")
    } else {
        ("of", "")
    };
    let [way, pass, of] =
        [way.name(), &format!("{pass}{option}"), of].map(|name| Ident::new(name, site));
    let reading = fields
        .iter()
        .map(|field| quote_spanned!(site=> .reading(&raw const #argument.#field)));
    quote_spanned! {site=>
        (&#rt::__private::Given::#of(&#argument)#(#reading)*).#way().#pass(&#mutability #argument)
    }
}

/// `Argument::function(&argument)`, at the type of the argument.
pub(super) fn argument_by(
    function: &str,
    argument: &Ident,
    ty: impl ToTokens,
    names: &Names<'_>,
) -> TokenStream {
    let (start, end) = ends(ty.to_token_stream());
    let function = Ident::new(function, names.site.located_at(start));
    let site = names.site.located_at(start);
    let rt = located_at(names.rt, start);
    // Both ends have the hygiene of the user's code; otherwise the compiler would not join their
    // places.
    let user = argument.span();
    let mut and = Punct::new('&', Spacing::Alone);
    and.set_span(user.located_at(start));
    let mut argument = argument.clone();
    argument.set_span(user.located_at(end));
    quote_spanned!(site=> #rt::__private::Argument::#function(#and #argument))
}

/// `moved_by_the_body(&argument);`, which the compiler reports where the body moves an argument
/// that it has borrowed, unless the type is `Copy`.
pub(super) fn not_moved(argument: &Ident, at: Span, names: &Names<'_>) -> TokenStream {
    let site = names.site.located_at(at);
    let rt = located_at(names.rt, at);
    let mut argument = argument.clone();
    argument.set_span(argument.span().located_at(at));
    quote_spanned!(site=> #rt::__private::moved_by_the_body(&#argument);)
}

/// The places of the first and the last token.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut spans = tokens.into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::mixed_site);
    (first, spans.last().unwrap_or(first))
}

/// The same tokens at another place.
pub(crate) fn located_at(tokens: &TokenStream, place: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}

/// The type of `self`, for messages about it.
pub(super) fn type_of_self(receiver: &syn::Receiver) -> TokenStream {
    match &receiver.kind {
        syn::ReceiverKind::Typed(_, ty) => Type::to_token_stream(ty),
        _ => receiver.self_token.to_token_stream(),
    }
}
