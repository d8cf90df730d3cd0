//! What a call has of its own: takes the arguments, gives its place in the code and its plan.

use super::{Names, locals};
use crate::{args::Level, policy::Config, returns};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Signature, Type, ext::IdentExt};

/// What is known of the function for good: its name and the level of its span.
pub(super) fn site_of(config: &Config, name: &TokenStream, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let level = config.level.map(|level| {
        let level = Ident::new(level.variant, *site);
        quote_spanned!(*site=> .level(#rt::__private::Level::#level))
    });
    quote_spanned! {*site=>
        static __RESILIENT_CALL_SITE: #rt::__private::CallSite = #rt::__private::CallSite::new(#name) #level;
    }
}

/// The name for the log: what was said, or module path and function.
pub(super) fn name_of(config: &Config, sig: &Signature, names: &Names<'_>) -> TokenStream {
    let own_name = || {
        let name = format!("::{}", sig.ident.unraw());
        quote_spanned!(names.site=> ::core::concat!(::core::module_path!(), #name))
    };
    config
        .name
        .as_ref()
        .map_or_else(own_name, ToTokens::to_token_stream)
}

/// What the call has of its own beside the policy.
///
/// Input: `classify = f, fields(model = m)`
///
/// Output: `Returns::<R>::new().resilient_plan().classify(f).span(span!(INFO, SITE, { model = m }))`
pub(super) fn plan(
    config: &Config,
    result: &Type,
    through: Option<&TokenStream>,
    names: &Names<'_>,
) -> TokenStream {
    let Config {
        schedule,
        classify,
        classify_ok,
        fields,
        level,
        ..
    } = config;
    let Names { site, rt, .. } = names;
    // What an expression lacks is reported at the expression.
    let at = |by: &TokenStream| site.located_at(locals::ends(by.clone()).0);
    let classify = classify
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .classify(#by)));
    let classify_ok = classify_ok
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .classify_ok(#by)));
    let schedule = schedule
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .schedule(#by)));
    let span = fields.as_ref().map(|fields| {
        let level = Ident::new(level.unwrap_or(Level::INFO).constant, *site);
        quote_spanned!(*site=> .span(#rt::__private::span!(#level, __RESILIENT_CALL_SITE, { #fields })))
    });
    let is_written_out = !returns::has_impl_trait(result);
    let result = returns::inferable(result);
    let (start, _) = locals::ends(result.to_token_stream());
    let rt = locals::located_at(rt, start);
    let at_result = site.located_at(start);
    // What a success says itself is asked where the type can be named and nobody else looks at it.
    let plan = if is_written_out && classify_ok.is_none() {
        quote_spanned!(at_result=> #rt::__private::ReturnType::<#result>::new().resilient_plan())
    } else {
        quote_spanned!(at_result=> #rt::__private::Plan::<#result>::new())
    };
    quote_spanned!(*site=> #plan #classify #classify_ok #schedule #through #span)
}
