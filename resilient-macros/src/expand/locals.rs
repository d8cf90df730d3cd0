//! The arguments: the variables made from them before and inside each attempt.

use super::Names;
use crate::function::params::{Param, Passing, mentions};
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

/// The statements before an attempt, and at the start of it.
#[derive(Default)]
pub(super) struct Locals {
    pub(super) before: TokenStream,
    pub(super) inside: TokenStream,
}

/// Input: `prompt: String, mut n: u32, (a, b): (u8, u8), buf: &mut Vec<u8>`
///
/// Before:
/// `let arg0 = Argument::clone_of(&prompt); let arg1 = ..; let arg2 = ..;`
///
/// Inside:
/// `let prompt = arg0.into_inner(); let mut n = ..; let (a, b) = ..; let buf = &mut *buf;`
pub(super) fn of(
    params: &[Param],
    is_move: bool,
    attribute: &TokenStream,
    names: &Names<'_>,
) -> Locals {
    let mut locals = Locals::default();
    for param in params {
        let is_used = mentions(attribute.clone(), param.outer());
        let Param {
            pat,
            passing,
            local,
            ..
        } = param;
        let site = names.site;
        let outer = param.outer();
        match passing {
            Passing::Unused | Passing::Borrowed => {}
            Passing::Owned => {
                let value = clone_of(outer, &param.ty, names);
                locals.before(param, names, &quote_spanned!(site=> let #local = #value;));
                locals.inside(
                    param,
                    is_used,
                    names,
                    &quote_spanned!(site=> let #pat = #local.into_inner();),
                );
            }
            Passing::Copied => {
                locals.inside(
                    param,
                    is_used,
                    names,
                    &quote_spanned!(site=> let #pat = #outer;),
                );
            }
            Passing::Reborrowed if is_move => {
                locals.before(
                    param,
                    names,
                    &quote_spanned!(site=> let #local = &mut *#outer;),
                );
                locals.inside(
                    param,
                    is_used,
                    names,
                    &quote_spanned!(site=> let #pat = #local;),
                );
            }
            Passing::Reborrowed => {
                locals.inside(
                    param,
                    is_used,
                    names,
                    &quote_spanned!(site=> let #pat = &mut *#outer;),
                );
            }
        }
    }
    locals
}

impl Locals {
    fn before(&mut self, param: &Param, names: &Names<'_>, statement: &TokenStream) {
        let cfgs = param
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"));
        let allow = allow(param, names);
        self.before.extend(quote!(#allow #(#cfgs)* #statement));
    }

    fn inside(&mut self, param: &Param, is_used: bool, names: &Names<'_>, statement: &TokenStream) {
        let attrs = &param.attrs;
        let allow = allow(param, names);
        // A parameter that the attribute uses need not be used in the body.
        let unused = is_used.then(|| quote_spanned!(names.site=> #[allow(unused_variables)]));
        let shadow = quote_spanned! {names.site=>
            #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
        };
        self.inside
            .extend(quote!(#shadow #unused #allow #(#attrs)* #statement));
    }
}

/// Allows the lint about uses of names with an underscore, because these uses are not in the user's
/// code.
fn allow(param: &Param, names: &Names<'_>) -> Option<TokenStream> {
    let is_marked_unused = param.outer().to_string().starts_with('_') && param.name.is_some();
    is_marked_unused.then(|| quote_spanned!(names.site=> #[allow(clippy::used_underscore_binding)]))
}

/// `Argument::clone_of(&argument)`, at the type of the argument, where the compiler reports a type
/// that is not `Clone`.
pub(super) fn clone_of(argument: &Ident, ty: impl ToTokens, names: &Names<'_>) -> TokenStream {
    let (start, end) = ends(ty.to_token_stream());
    let site = names.site.located_at(start);
    let rt = located_at(names.rt, start);
    // Both ends have the hygiene of the user's code; otherwise the compiler would not join their
    // places.
    let user = argument.span();
    let mut and = Punct::new('&', Spacing::Alone);
    and.set_span(user.located_at(start));
    let mut argument = argument.clone();
    argument.set_span(user.located_at(end));
    quote_spanned!(site=> #rt::__private::Argument::clone_of(#and #argument))
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
