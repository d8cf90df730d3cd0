//! `until`: the function polls a job, one call after another, until its answer is ready.

use super::{Names, argument::ends};
use crate::args::Args;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

/// The end of a call, around `end`, which is that of the function.
///
/// Input: `until = is_ready`
///
/// Output:
/// `match polls.ended(&mut call, result, is_ready) { Break(result) => END,`
/// `Continue(next) => { drop(call); next.due().await; break; } }`
pub(super) fn end(
    args: &Args,
    end: &TokenStream,
    next_self: Option<&TokenStream>,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, call, .. } = names;
    let Some(is_ready) = args.until.value() else {
        return end.to_token_stream();
    };
    // The compiler reports a function of another type at its place.
    let at = site.located_at(ends(is_ready.clone()).0);
    let ended = quote_spanned!(at=>
        (&mut __resilient_polls).ended(&mut #call, __resilient_result, #is_ready)
    );
    quote_spanned! {*site=>
        match #ended {
            ::core::ops::ControlFlow::Break(__resilient_result) => #end,
            ::core::ops::ControlFlow::Continue(__resilient_next) => {
                ::core::mem::drop(#call);
                __resilient_next.due().await;
                #next_self
                break;
            }
        }
    }
}

/// The call, or the calls if `until` is given. Each has a `start`, and `attempts` that end it;
/// `once` makes what all of them use.
///
/// Output, with `until`:
/// `let mut polls = Polls::default(); loop { START polls.started(&mut call); ATTEMPTS }`
pub(super) fn calls(
    args: &Args,
    start: &TokenStream,
    once: &TokenStream,
    attempts: &TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    if args.until.is_empty() {
        return quote!(#start #once #attempts);
    }
    let Names { site, rt, call, .. } = names;
    quote_spanned! {*site=>
        let mut __resilient_polls = <#rt::__private::Polls as ::core::default::Default>::default();
        #once
        loop {
            #start
            (&mut __resilient_polls).started(&mut #call);
            #attempts
        }
    }
}
