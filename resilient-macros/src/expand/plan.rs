//! The call site and the plan of a call.

use super::{Names, argument, given, policy, stream};
use crate::{
    args::{Args, Level},
    function::{Target, returns},
};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Signature, ext::IdentExt};

/// The static with the name of the function, the level of its span, the names of the arguments, and
/// its layer of the policy.
pub(super) fn site_of(
    args: &Args,
    is_stream: bool,
    name: &TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, rt, .. } = names;
    let level = args.level.value().map(|level| {
        let level = Ident::new(level.variant, *site);
        quote_spanned!(*site=> .level(#rt::__private::Level::#level))
    });
    let fallback = args.fallback.value().map(|fallback| {
        if fallback.other().is_some() {
            return quote_spanned!(*site=> .fallback());
        }
        let classes = fallback.classes();
        let classes = classes.iter().map(|((_, variant), _)| {
            let class = Ident::new(variant, *site);
            quote_spanned!(*site=> #rt::Class::#class)
        });
        quote_spanned!(*site=> .fallback_for(&[#(#classes),*]))
    });
    let given = given::names(args, is_stream);
    let given = (!given.is_empty()).then(|| quote_spanned!(*site=> .arguments(&[#(#given),*])));
    let new = quote_spanned!(*site=> #rt::__private::CallSite::new(#name) #level #fallback #given);
    let value = match policy::layer(args, names) {
        None => new,
        Some((function, setter)) => quote_spanned!(*site=> { #function #new #setter }),
    };
    quote_spanned! {*site=>
        static __RESILIENT_CALL_SITE: #rt::__private::CallSite = #value;
    }
}

/// The name for the log: `name`, or module path and function.
pub(super) fn name_of(args: &Args, sig: &Signature, names: &Names<'_>) -> TokenStream {
    let own_name = || {
        let name = format!("::{}", sig.ident.unraw());
        quote_spanned!(names.site=> ::core::concat!(::core::module_path!(), #name))
    };
    args.name
        .value()
        .map_or_else(own_name, ToTokens::to_token_stream)
}

/// The plan: classification, schedule, upstream and span of the call.
///
/// Input: `classify = f, fields(model = m)`
///
/// Output:
/// `ReturnType::<R>::new().resilient_plan().classify(f).span(span!(INFO, SITE, { model = m }))`
pub(super) fn plan(
    args: &Args,
    target: &Target,
    upstream: Option<&TokenStream>,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, rt, .. } = names;
    // The compiler reports a trait missing on an expression at the expression.
    let at = |by: &TokenStream| site.located_at(argument::ends(by.clone()).0);
    let classify = args
        .classify
        .value()
        .map(|by| quote_spanned!(at(by)=> .classify(#by)));
    let classify_ok = args
        .classify_ok
        .value()
        .map(|by| quote_spanned!(at(by)=> .classify_ok(#by)));
    let schedule = args
        .schedule()
        .map(|by| quote_spanned!(at(by)=> .schedule(#by)));
    let span = args.fields.value().map(|fields| {
        let level = args.level.value().unwrap_or(&Level::INFO);
        let level = Ident::new(level.constant, *site);
        quote_spanned!(*site=> .span(#rt::__private::span!(#level, __RESILIENT_CALL_SITE, { #fields })))
    });
    let is_written_out = target.stream.is_none() && !returns::has_impl_trait(&target.result);
    let result = returns::inferable(&target.result).into_token_stream();
    let (start, _) = argument::ends(result.clone());
    let opened = |stream| stream::result(stream, names);
    let result = target.stream.as_ref().map_or(result, opened);
    let rt = argument::located_at(rt, start);
    let at_result = site.located_at(start);
    // Successes are classified by their type, if it can be named and `classify_ok` is not given.
    let plan = if is_written_out && classify_ok.is_none() {
        quote_spanned!(at_result=> #rt::__private::ReturnType::<#result>::new().resilient_plan())
    } else {
        quote_spanned!(at_result=> #rt::__private::Plan::<#result>::new())
    };
    quote_spanned!(*site=> #plan #classify #classify_ok #schedule #upstream #span)
}
