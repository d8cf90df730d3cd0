//! A function that gives a stream: its attempts read it up to its first content.

use super::Names;
use crate::{args::Args, function::streams::Streamed};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};

/// The result of an attempt, as the plan has it.
pub(super) fn result(stream: &Streamed, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let error = or_inferred(stream.error.as_ref(), names);
    quote_spanned!(*site=> #rt::__private::Opened<_, _, #error>)
}

/// The statement that says what its items are, and how long they may take.
///
/// Input: `content = f, last = g`
///
/// Output:
/// `let content = Content::<T>::any().content(f).last(g); let times = call.stream_times();`
pub(super) fn before(args: &Args, stream: &Streamed, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, call, .. } = names;
    let value = or_inferred(stream.value.as_ref(), names);
    let setter = |name: &str, said: Option<&TokenStream>| {
        let name = proc_macro2::Ident::new(name, *site);
        said.map(|said| quote_spanned!(*site=> .#name(#said)))
    };
    let content = setter("content", args.content.value());
    let last = setter("last", args.last.value());
    quote_spanned! {*site=>
        let __resilient_content = #rt::__private::Content::<#value>::any() #content #last;
        let __resilient_times = (&#call).stream_times();
    }
}

/// The body of an attempt.
pub(super) fn opening(block: &TokenStream, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    quote_spanned! {*site=>
        #rt::__private::Opening::new(#block, __resilient_content, __resilient_times)
    }
}

/// The end of the call: the stream takes what the call holds, or `failed` ends it with its error.
pub(super) fn end(
    args: &Args,
    stream: &Streamed,
    failed: &TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    let Names {
        site,
        rt,
        call,
        upstream,
        ..
    } = names;
    let held = match (args.source(), args.key.value()) {
        (None, _) => quote_spanned!(*site=> #rt::__private::NoHeldUpstream),
        (Some(_), key) => {
            let key = match key {
                Some(_) => {
                    quote_spanned!(*site=> ::core::option::Option::Some(__resilient_key_handle))
                }
                None => quote_spanned!(*site=> ::core::option::Option::None),
            };
            quote_spanned!(*site=> #rt::__private::HeldUpstream::new(#upstream, #key))
        }
    };
    let made = if stream.is_impl {
        quote_spanned!(*site=> __resilient_begun.stream(#held))
    } else {
        quote_spanned!(*site=> #rt::__private::FromBegun::from_begun(__resilient_begun, #held))
    };
    quote_spanned! {*site=>
        match (&mut #call).begun(__resilient_result, __resilient_content, &__RESILIENT_CALL_SITE) {
            ::core::result::Result::Ok(__resilient_begun) => {
                ::core::mem::drop(#call);
                return ::core::result::Result::Ok(#made);
            }
            ::core::result::Result::Err(__resilient_error) => {
                let __resilient_result = ::core::result::Result::Err(__resilient_error);
                #failed
            }
        }
    }
}

fn or_inferred(ty: Option<&syn::Type>, names: &Names<'_>) -> TokenStream {
    let inferred = || quote_spanned!(names.site=> _);
    ty.map_or_else(inferred, ToTokens::to_token_stream)
}
