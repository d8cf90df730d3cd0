//! Arguments that are converted or collected once, before the first attempt.

use super::{
    Names,
    argument::{Way, clone_of, ends, located_at},
    request,
};
use crate::function::params::{Param, Passing};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The values of such a parameter.
pub(super) struct Kept {
    /// Before the loop.
    pub(super) once: TokenStream,
    /// For an attempt.
    pub(super) before: TokenStream,
    /// Inside of it, of which the body sees no more than it did.
    pub(super) inside: TokenStream,
    /// A statement before that.
    pub(super) import: Option<TokenStream>,
}

/// Input: `name: impl Into<String>, ids: impl IntoIterator<Item = u8>`
///
/// Once: `Into::<String>::into(name)`, `(&Given::of(&ids)).resilient_items().keep(ids)`
///
/// Before: `Argument::clone_of(&name)`, `Argument::clone_of(&ids)`
///
/// Inside: `converted(arg0.into_inner())`, `replay_items(arg1.into_inner())`
///
/// `None` if it is passed in another way.
pub(super) fn of(param: &Param, names: &Names<'_>) -> Option<Kept> {
    let Names { site, rt, .. } = *names;
    let (outer, local) = (param.outer(), &param.local);
    let (once, before, inside) = match param.passing {
        Passing::Converted => {
            let target = param.target.as_ref().unwrap_or(&param.ty);
            let into = quote_spanned!(site=> ::core::convert::Into::<#target>::into);
            let value = if param.is_option {
                quote_spanned!(site=> ::core::option::Option::map(#outer, #into))
            } else {
                quote_spanned!(site=> #into(#outer))
            };
            let before = clone_of(outer, target, names);
            (value, before, seen_by("converted", param, names))
        }
        Passing::Requested => return request::of(param, names),
        Passing::Iterated | Passing::Replayed => (
            keep(param, names),
            quote_spanned!(site=> #rt::__private::Argument::clone_of(&#outer)),
            match param.passing {
                Passing::Iterated => seen_by("replay_items", param, names),
                _ => seen_by("replay", param, names),
            },
        ),
        Passing::Collected | Passing::CollectedAndLent => (
            quote_spanned!(site=> #rt::__private::collected(#outer)),
            pass_items(param, names),
            quote_spanned!(site=> #local.into_items()),
        ),
        _ => return None,
    };
    Some(Kept {
        once,
        before,
        inside,
        import: None,
    })
}

/// `(&Given::of(&argument)).resilient_items().keep(argument)`, at the type of the argument.
fn keep(param: &Param, names: &Names<'_>) -> TokenStream {
    let (site, rt, argument) = at_type(param, names);
    let (of, keep) = if param.is_option {
        ("of_option", "keep_option")
    } else {
        ("of", "keep")
    };
    let [of, keep] = [of, keep].map(|name| Ident::new(name, site));
    quote_spanned! {site=>
        (&#rt::__private::Given::#of(&#argument)).resilient_items().#keep(#argument)
    }
}

/// `Cloned.pass_items(&argument)`, or as the runtime decides by the type of the items.
fn pass_items(param: &Param, names: &Names<'_>) -> TokenStream {
    let (site, rt, argument) = at_type(param, names);
    let way = match param.passing {
        Passing::CollectedAndLent => {
            let way = Ident::new(Way::Shared.name(), site);
            quote_spanned!(site=> (&#rt::__private::Given::of_items(&#argument)).#way())
        }
        _ => quote_spanned!(site=> #rt::__private::Cloned),
    };
    quote_spanned!(site=> #way.pass_items(&#argument))
}

/// The hygiene of the expansion, the runtime and the argument, at the type of the argument.
fn at_type(param: &Param, names: &Names<'_>) -> (Span, TokenStream, Ident) {
    let (start, _) = ends(param.ty.to_token_stream());
    let mut argument = param.outer().clone();
    argument.set_span(argument.span().located_at(start));
    (
        names.site.located_at(start),
        located_at(names.rt, start),
        argument,
    )
}

/// The value for an attempt, of which the body sees what a function of the runtime shows.
fn seen_by(function: &str, param: &Param, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = *names;
    let local = &param.local;
    let function = Ident::new(function, site);
    if param.is_option {
        quote_spanned!(site=> #local.into_inner().map(#rt::__private::#function))
    } else {
        quote_spanned!(site=> #rt::__private::#function(#local.into_inner()))
    }
}
