//! The arguments: the variables made from them before and inside each attempt.

use super::{
    Names,
    argument::{Way, argument_by, not_moved, pass},
    by_bounds::pass_by_bounds,
    kept::{self, Kept},
};
use crate::function::{
    moves,
    params::{Param, Passing},
    tokens::mentions,
};
use proc_macro2::{Ident, TokenStream};
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
    /// A fallback takes the arguments as they are.
    pub(super) is_kept: bool,
    /// The body, for messages about arguments that it moves.
    pub(super) body: &'a TokenStream,
    /// The tokens of the attribute before the attempts, which may borrow arguments for as long as
    /// the call lasts.
    pub(super) attribute: &'a TokenStream,
    /// Those of a fallback, which takes the arguments when no attempt has them any more.
    pub(super) fallback: TokenStream,
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
        locals.add(param, how, names);
    }
    locals
}

impl Locals {
    /// Adds a parameter.
    fn add(&mut self, param: &Param, how: &How<'_>, names: &Names<'_>) {
        if !param.parts.is_empty() && !how.is_kept {
            self.add_parts(param, how, names);
            return;
        }
        let is_borrowed = mentions(how.attribute.clone(), param.outer());
        let is_used = is_borrowed || mentions(how.fallback.clone(), param.outer());
        let Param {
            pat,
            passing,
            local,
            ..
        } = param;
        let Names { site, .. } = *names;
        let outer = param.outer();
        let is_exclusive = match passing {
            Passing::Lent => !how.is_hedged && !is_borrowed,
            Passing::LentMut => !how.is_hedged,
            Passing::OptionMut | Passing::PinMut => true,
            _ => false,
        };
        if is_exclusive {
            self.exclusive.push(local.clone());
        }
        // The value before an attempt, if it has one, and that inside of it.
        let (before, inside) = match passing {
            Passing::Unused => return,
            Passing::Borrowed => return self.check_borrowed(param, how, names),
            Passing::Owned
            | Passing::OwnedMut
            | Passing::Response
            | Passing::TryConverted
            | Passing::UsedUp(_) => {
                let function = match passing {
                    Passing::OwnedMut => "clone_of_mut",
                    Passing::Response => "clone_of_response",
                    Passing::TryConverted => "clone_of_unconverted",
                    _ => "clone_of",
                };
                (
                    Some(argument_by(function, outer, &param.ty, names)),
                    quote_spanned!(site=> #local.into_inner()),
                )
            }
            Passing::Lent | Passing::LentShared | Passing::LentMut => {
                let way = Way::of(*passing, is_exclusive);
                (
                    Some(pass(
                        outer,
                        &param.ty,
                        way,
                        param.is_option,
                        &param.fields,
                        names,
                    )),
                    quote_spanned!(site=> #local.into_inner()),
                )
            }
            Passing::LentByBounds => (
                Some(pass_by_bounds(param, names)),
                quote_spanned!(site=> #local.into_inner()),
            ),
            Passing::Converted
            | Passing::Requested
            | Passing::Iterated
            | Passing::Replayed
            | Passing::Collected
            | Passing::CollectedAndLent => return self.add_kept(param, is_used, names),
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
            self.before(param, names, &quote_spanned!(site=> let #local = #before;));
        }
        self.inside(
            param,
            is_used,
            names,
            &quote_spanned!(site=> let #pat = #inside;),
        );
    }

    /// Adds a parameter that is converted or collected once.
    fn add_kept(&mut self, param: &Param, is_used: bool, names: &Names<'_>) {
        let Some(kept) = kept::of(param, names) else {
            return;
        };
        let Kept {
            once,
            before,
            inside,
            import,
        } = kept;
        let (pat, local, site) = (&param.pat, &param.local, names.site);
        self.once(param, names, &once);
        self.before(param, names, &quote_spanned!(site=> let #local = #before;));
        self.inside.extend(import);
        self.inside(
            param,
            is_used,
            names,
            &quote_spanned!(site=> let #pat = #inside;),
        );
    }

    /// Has the compiler report an argument of `by_ref` that the body moves.
    fn check_borrowed(&mut self, param: &Param, how: &How<'_>, names: &Names<'_>) {
        if matches!(param.ty, Type::Reference(_)) {
            return;
        }
        if let Some(at) = moves::of(param.outer(), how.body.clone()) {
            self.before(param, names, &not_moved(param.outer(), at, names));
        }
    }

    /// Takes a tuple apart, and adds its parts.
    ///
    /// Input: `(a, b): (A, &mut B)`
    ///
    /// Once: `let (a, b) = argument;`
    fn add_parts(&mut self, param: &Param, how: &How<'_>, names: &Names<'_>) {
        let before = std::mem::take(&mut self.once);
        for part in &param.parts {
            self.add(part, how, names);
        }
        let of_parts = std::mem::replace(&mut self.once, before);
        let (cfgs, shadow, outer) = (cfgs(param), shadow(names), param.outer());
        let apart = param.taken_apart(&self.exclusive);
        let statement = quote_spanned!(names.site=> let #apart = #outer;);
        self.once
            .extend(quote!(#shadow #(#cfgs)* #statement #of_parts));
    }

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
        // A pattern that is lent is that of a reference, as the user cannot know.
        let is_taken_apart = param.passing == Passing::Lent && param.name.is_none();
        let mismatch = is_taken_apart
            .then(|| quote_spanned!(names.site=> #[allow(clippy::pattern_type_mismatch)]));
        self.inside
            .extend(quote!(#shadow #mismatch #unneeded #unused #allow #(#attrs)* #statement));
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
