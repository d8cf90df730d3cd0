//! The arguments: the variables made from them before and inside each attempt.

use super::Names;
use crate::function::params::{Param, Passing, mentions};
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Type};

/// The statements before an attempt, and at the start of it.
#[derive(Default)]
pub(super) struct Locals {
    /// Before the loop.
    pub(super) once: TokenStream,
    pub(super) before: TokenStream,
    pub(super) inside: TokenStream,
    /// The variables whose parameters are borrowed exclusively, so that they are `mut`.
    pub(super) exclusive: Vec<Ident>,
}

/// How the function runs its attempts.
pub(super) struct How<'a> {
    /// The block of an attempt is `async move`.
    pub(super) is_move: bool,
    /// Attempts run in parallel.
    pub(super) is_hedged: bool,
    /// The tokens of the attribute that use arguments.
    pub(super) attribute: &'a TokenStream,
}

/// How a value that is not `Clone` may be lent.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Shared, or exclusively if the value is `Send` and not `Sync`.
    Any,
    Shared,
    Exclusive,
}

/// Input: `prompt: String, mut n: u32, (a, b): (u8, u8), token: Token, buf: &mut Vec<u8>`
///
/// Before:
/// `let arg0 = Argument::clone_of(&prompt); let arg1 = ..; let arg2 = ..;`
/// `let arg3 = (&Given::of(&token)).resilient_way().pass(&mut token);`
///
/// Inside:
/// `let prompt = arg0.into_inner(); let mut n = ..; let (a, b) = ..; let token = ..;`
/// `let buf = &mut *buf;`
pub(super) fn of(params: &[Param], how: &How<'_>, names: &Names<'_>) -> Locals {
    let mut locals = Locals::default();
    for param in params {
        let is_used = mentions(how.attribute.clone(), param.outer());
        let Param {
            pat,
            passing,
            local,
            ..
        } = param;
        let Names { site, rt, .. } = *names;
        let outer = param.outer();
        let is_exclusive = match passing {
            Passing::Lent => !how.is_hedged && !is_used,
            Passing::LentMut => !how.is_hedged,
            Passing::OptionMut | Passing::PinMut => true,
            _ => false,
        };
        if is_exclusive {
            locals.exclusive.push(local.clone());
        }
        // The value before an attempt, if it has one, and that inside of it.
        let (before, inside) = match passing {
            Passing::Unused | Passing::Borrowed => continue,
            Passing::Owned | Passing::UsedUp(_) => (
                Some(clone_of(outer, &param.ty, names)),
                quote_spanned!(site=> #local.into_inner()),
            ),
            Passing::Lent | Passing::LentMut => {
                let way = match (passing, is_exclusive) {
                    (Passing::Lent, true) => Way::Any,
                    (_, true) => Way::Exclusive,
                    (_, false) => Way::Shared,
                };
                (
                    Some(pass(outer, &param.ty, way, names)),
                    quote_spanned!(site=> #local.into_inner()),
                )
            }
            Passing::Converted => {
                let target = param.target.as_ref().unwrap_or(&param.ty);
                locals.once(
                    param,
                    names,
                    &quote_spanned!(site=> ::core::convert::Into::<#target>::into(#outer)),
                );
                (
                    Some(clone_of(outer, target, names)),
                    quote_spanned!(site=> #local.into_converted()),
                )
            }
            Passing::Collected => {
                locals.once(
                    param,
                    names,
                    &quote_spanned!(site=> #rt::__private::collected(#outer)),
                );
                let items = Ident::new("items_of", site);
                (
                    Some(argument_by(&items, outer, &param.ty, names)),
                    quote_spanned!(site=> #local.into_items()),
                )
            }
            Passing::Copied => (None, outer.to_token_stream()),
            Passing::Reborrowed => (None, quote_spanned!(site=> &mut *#outer)),
            Passing::OptionMut => (None, quote_spanned!(site=> (&mut #outer).as_deref_mut())),
            Passing::PinMut => (None, quote_spanned!(site=> (&mut #outer).as_mut())),
        };
        let (before, inside) = match before {
            None if how.is_move && passing.is_exclusive() => {
                (Some(inside), local.to_token_stream())
            }
            before => (before, inside),
        };
        if let Some(before) = before {
            locals.before(param, names, &quote_spanned!(site=> let #local = #before;));
        }
        locals.inside(
            param,
            is_used,
            names,
            &quote_spanned!(site=> let #pat = #inside;),
        );
    }
    locals
}

impl Locals {
    /// Gives the parameter this value, before the loop.
    fn once(&mut self, param: &Param, names: &Names<'_>, value: &TokenStream) {
        let (cfgs, allow, shadow) = (cfgs(param), allow(param, names), shadow(names));
        let outer = param.outer();
        let statement = quote_spanned!(names.site=> let #outer = #value;);
        self.once
            .extend(quote!(#shadow #allow #(#cfgs)* #statement));
    }

    fn before(&mut self, param: &Param, names: &Names<'_>, statement: &TokenStream) {
        let (cfgs, allow) = (cfgs(param), allow(param, names));
        self.before.extend(quote!(#allow #(#cfgs)* #statement));
    }

    fn inside(&mut self, param: &Param, is_used: bool, names: &Names<'_>, statement: &TokenStream) {
        let attrs = &param.attrs;
        let allow = allow(param, names);
        // A parameter that the attribute uses need not be used in the body.
        let unused = is_used.then(|| quote_spanned!(names.site=> #[allow(unused_variables)]));
        let shadow = shadow(names);
        // A function that is lent is called through a reference, whose variable need not be `mut`.
        let is_called = param.passing == Passing::LentMut;
        let unneeded = is_called.then(|| quote_spanned!(names.site=> #[allow(unused_mut)]));
        self.inside
            .extend(quote!(#shadow #unneeded #unused #allow #(#attrs)* #statement));
    }
}

/// The conditions under which there is this parameter.
fn cfgs(param: &Param) -> impl Iterator<Item = &Attribute> {
    param
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
}

/// Allows the lints about variables with the name of another.
fn shadow(names: &Names<'_>) -> TokenStream {
    quote_spanned! {names.site=>
        #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
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
    let function = Ident::new("clone_of", names.site);
    argument_by(&function, argument, ty, names)
}

/// `(&Given::of(&argument)).resilient_way().pass(&mut argument)`: the runtime decides by the type.
pub(super) fn pass(
    argument: &Ident,
    ty: impl ToTokens,
    way: Way,
    names: &Names<'_>,
) -> TokenStream {
    let (start, _) = ends(ty.to_token_stream());
    let site = names.site.located_at(start);
    let rt = located_at(names.rt, start);
    let mut argument = argument.clone();
    argument.set_span(argument.span().located_at(start));
    let (way, pass) = match way {
        Way::Any => ("resilient_way", quote_spanned!(site=> pass(&mut #argument))),
        Way::Shared => (
            "resilient_shared_way",
            quote_spanned!(site=> pass_shared(&#argument)),
        ),
        Way::Exclusive => (
            "resilient_exclusive_way",
            quote_spanned!(site=> pass(&mut #argument)),
        ),
    };
    let way = Ident::new(way, site);
    quote_spanned!(site=> (&#rt::__private::Given::of(&#argument)).#way().#pass)
}

/// `Argument::function(&argument)`, at the type of the argument.
fn argument_by(
    function: &Ident,
    argument: &Ident,
    ty: impl ToTokens,
    names: &Names<'_>,
) -> TokenStream {
    let (start, end) = ends(ty.to_token_stream());
    let mut function = function.clone();
    function.set_span(names.site.located_at(start));
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
