//! A function that gives a stream: its attempts read it up to its first content.

use super::{Names, argument, fallback, literals::count};
use crate::{
    args::{Args, Resume, Value, policy::Source},
    function::{Target, streams::Streamed},
};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned as _;

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
    let usage = setter("usage", args.usage.value());
    let error = stream.error.as_ref();
    let error = stream.item_error.as_ref().zip(error).map(|(item, error)| {
        let at = site.located_at(item.span());
        quote_spanned!(at=> #rt::__private::item_error::<#item, #error>();)
    });
    quote_spanned! {*site=>
        #error
        let __resilient_content =
            #rt::__private::Content::<#value>::any() #content #last #usage;
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
    target: &Target,
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
        (Some(Source::Failover(_)), _) => quote_spanned!(*site=> __resilient_held),
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
    let has_targets = matches!(args.source(), Some(Source::Failover(_)));
    let of_target = has_targets.then(|| {
        quote_spanned!(*site=>
            let __resilient_held = #rt::__private::HeldUpstream::of_target(&#call);
        )
    });
    let resume = args
        .resume
        .value()
        .map(|resume| self::resume(resume, target, names));
    quote_spanned! {*site=>
        match (&mut #call).begun(__resilient_result, __resilient_content, &__RESILIENT_CALL_SITE) {
            ::core::result::Result::Ok(__resilient_begun) => {
                #of_target
                ::core::mem::drop(#call);
                #resume
                return ::core::result::Result::Ok(#made);
            }
            ::core::result::Result::Err(__resilient_error) => {
                let __resilient_result = ::core::result::Result::Err(__resilient_error);
                #failed
            }
        }
    }
}

/// The statement that says how the stream goes on after it has broken. The arguments are cloned
/// each time.
///
/// Input: `resume(go_on, max = 2)` on `fn f(&self, prompt: String)`
///
/// Output:
/// `let begun = begun.resume(2, { let arguments = (self, prompt.clone()); move |error, kept| ..`
/// `go_on(self, prompt.clone(), error, kept) });`
fn resume(resume: &Resume, target: &Target, names: &Names<'_>) -> TokenStream {
    let site = names.site;
    let at = site.located_at(argument::ends(resume.function.clone()).0);
    let function = &resume.function;
    let max = count(resume.max.value().unwrap_or(&Value::Known(1)));
    let values: Vec<TokenStream> = fallback::self_of(target, None)
        .into_iter()
        .chain(
            target
                .params
                .iter()
                .map(|param| fallback::value_of(param, names)),
        )
        .collect();
    let given: Vec<_> = (0..values.len())
        .map(|index| format_ident!("__resilient_given_{index}", span = at))
        .collect();
    quote_spanned! {at=>
        let __resilient_begun = __resilient_begun.resume(#max, {
            #(let #given = ::core::clone::Clone::clone(&#values);)*
            move |__resilient_error, __resilient_kept| {
                (#function)(
                    #(::core::clone::Clone::clone(&#given),)*
                    __resilient_error,
                    __resilient_kept,
                )
            }
        });
    }
}

fn or_inferred(ty: Option<&syn::Type>, names: &Names<'_>) -> TokenStream {
    let inferred = || quote_spanned!(names.site=> _);
    ty.map_or_else(inferred, ToTokens::to_token_stream)
}
