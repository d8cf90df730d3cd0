//! The fallback: the statements after the last attempt.

use super::{
    Names,
    argument::{ends, located_at},
    request,
};
use crate::{
    args::{Args, Fallback},
    function::{Shape, Target, params::Param, receiver::Receiver},
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Expr;

/// Input: `fallback(overloaded = a, other = b)` on `fn f(&self, prompt: String)`
///
/// Output:
/// `let class = call.failed_with(); match class { Some(_) => {} _ => return result }`
/// `let failed = match failure(result, &SITE) { Ok(result) => return result, Err(failed) => .. };`
/// `call.falls_back(); drop(call);`, with `failover = CHAT` after
/// `let fallback = fallback.after(upstream);`
/// `return match class { Some(Overloaded) => fallback.of(a(self, prompt, error)).await, _ => .. }`
pub(super) fn end(
    args: &Args,
    fallback: &Fallback,
    target: &Target,
    self_value: Option<&TokenStream>,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, rt, call, .. } = names;
    let at_body = site.located_at(target.body.span());
    let (classes, other) = (fallback.classes(), fallback.other());
    let call_of = |path: &TokenStream| call_of(path, target, self_value, names);
    let pattern = |variant: &str| {
        let class = Ident::new(variant, *site);
        quote_spanned!(*site=> #rt::Class::#class)
    };
    let handled = match other {
        Some(_) => vec![quote_spanned!(*site=> _)],
        None => classes
            .iter()
            .map(|((_, variant), _)| pattern(variant))
            .collect(),
    };
    // The last function needs no pattern: classes without a function have returned before.
    let (mut matched, mut last) = (&classes[..], other);
    if let (None, Some(((_, path), before))) = (last, classes.split_last()) {
        (matched, last) = (before, Some(*path));
    }
    let last = last.map(call_of);
    let result = if matched.is_empty() {
        last.to_token_stream()
    } else {
        let arms = matched.iter().map(|((_, variant), path)| {
            let (pattern, value) = (pattern(variant), call_of(path));
            quote_spanned!(*site=> ::core::option::Option::Some(#pattern) => #value,)
        });
        quote_spanned!(*site=> match __resilient_class { #(#arms)* _ => #last })
    };
    let end = quote_spanned!(at_body=> return __resilient_result);
    let failover = names.upstream.clone();
    let after_failover = (!args.failover.is_empty()).then(|| {
        quote_spanned!(*site=> let __resilient_fallback = __resilient_fallback.after(#failover);)
    });
    quote_spanned! {*site=>{
        let __resilient_class = (&#call).failed_with();
        match __resilient_class {
            ::core::option::Option::Some(#(#handled)|*) => {}
            _ => #end,
        }
        let (__resilient_error, __resilient_fallback) =
            match #rt::__private::failure(__resilient_result, &__RESILIENT_CALL_SITE) {
                ::core::result::Result::Ok(__resilient_result) => #end,
                ::core::result::Result::Err(__resilient_failure) => __resilient_failure,
            };
        #after_failover
        (&mut #call).falls_back();
        ::core::mem::drop(#call);
        let __resilient_result = #result;
        #end
    }}
}

/// The largest number of parameters that the runtime checks. With more, the compiler reports a
/// wrong number in its own words.
const MOST_CHECKED: usize = 12;

/// `{ let given_0 = self;`
/// `fallback.of(fallback_function::<2, (_, _), _, _>(path)(given_0, error)).await }`
///
/// The compiler reports a wrong number of parameters at the path. Closures are counted by
/// `params::closures_fit`.
fn call_of(
    path: &TokenStream,
    target: &Target,
    self_value: Option<&TokenStream>,
    names: &Names<'_>,
) -> TokenStream {
    let site = names.site.located_at(ends(path.clone()).0);
    let values: Vec<TokenStream> = self_value
        .cloned()
        .into_iter()
        .chain(target.params.iter().map(|param| value_of(param, names)))
        .collect();
    let is_checked = matches!(
        syn::parse2::<Expr>(path.clone()),
        Ok(Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_))
    );
    let parameters = values.len().saturating_add(1);
    let function = if is_checked && parameters <= MOST_CHECKED {
        let rt = located_at(names.rt, site);
        let count = Literal::usize_unsuffixed(parameters);
        let types = (0..parameters).map(|_| quote_spanned!(site=> _,));
        quote_spanned!(site=>
            #rt::__private::fallback_function::<#count, (#(#types)*), _, _>(#path)
        )
    } else {
        quote_spanned!(site=> (#path))
    };
    // Variables at the place of the function, where the compiler reports an argument of another
    // type.
    let given: Vec<Ident> = (0..values.len())
        .map(|index| format_ident!("__resilient_given_{index}", span = site))
        .collect();
    let answered = quote_spanned!(site=> #function(#(#given,)* __resilient_error));
    let answer = if matches!(target.shape, Shape::Blocking) {
        quote_spanned!(site=> __resilient_fallback.blocking(|| #answered))
    } else {
        quote_spanned!(site=> __resilient_fallback.of(#answered).await)
    };
    quote_spanned! {site=>{
        #(let #given = #values;)*
        #answer
    }}
}

/// The value of an argument that the fallback takes.
pub(super) fn value_of(param: &Param, names: &Names<'_>) -> TokenStream {
    let outer = param.outer().to_token_stream();
    request::of_parts(param, &outer, names).unwrap_or(outer)
}

/// The value that the fallback takes as `self`.
pub(super) fn self_of(target: &Target, owned: Option<&TokenStream>) -> Option<TokenStream> {
    let receiver = target.sig.receiver()?;
    let word = Ident::new("self", receiver.self_token.span);
    Some(match (target.receiver, owned) {
        (Receiver::Owned, Some(owned)) => owned.clone(),
        _ => word.into_token_stream(),
    })
}
