//! One attempt: takes the body, gives what is polled.

use super::{
    Names,
    literals::{count, duration, float},
    locals,
};
use crate::{
    args::{After, Value},
    policy::{Config, Hedge},
    receiver::{self, Receiver},
    returns,
    target::{Shape, Target},
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::Type;

/// What is in the async block of an attempt.
pub(super) fn inside(
    config: &Config,
    target: &Target,
    locals: &TokenStream,
    borrows_self: bool,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, context, .. } = names;
    let moves_self = target.receiver == Receiver::Owned && !borrows_self;
    let edge = edge(&returns::inferable(&target.result), names);
    let bind_context = config
        .context
        .as_ref()
        .map(|name| quote_spanned!(*site=> let #name = #context;));
    let rewritten = match target.receiver {
        Receiver::Mut => receiver::rewritten(&target.body),
        // A run of several at one time has a `self` of its own, which the function's cannot become.
        Receiver::Owned if moves_self && config.hedge.is_some() => {
            Some(receiver::renamed(&target.body))
        }
        _ => None,
    };
    let own_self = rewritten
        .as_ref()
        .and_then(|_| target.sig.receiver())
        .map(|receiver| {
            let name = receiver::reborrowed(*site);
            let word = receiver.self_token;
            match target.receiver {
                Receiver::Owned => {
                    let (mutability, owned) = (receiver.mutability, &names.owned_self);
                    quote_spanned!(*site=> let #mutability #name = #owned.into_inner();)
                }
                _ => quote_spanned!(*site=> let #name = &mut *#word;),
            }
        });
    let mut body = rewritten.unwrap_or_else(|| target.body.clone());
    // Braces of the user's inside ours would be taken for unnecessary ones of his.
    body.set_span(site.located_at(body.span()));
    let run = match &target.shape {
        Shape::Async | Shape::Block { .. } => body.into_token_stream(),
        Shape::Future { future, .. } => {
            let future_edge = self::edge(&returns::inferable(future), names);
            quote_spanned! {*site=>
                #[allow(clippy::async_yields_async)]
                let __resilient_future = (async { #future_edge #body }).await;
                __resilient_future.await
            }
        }
    };
    quote_spanned!(*site=> #edge #bind_context #own_self #locals #run)
}

/// Never runs; it says which type the block gives, so that a wrong one is reported in the user's own words.
fn edge(ty: &Type, names: &Names<'_>) -> TokenStream {
    let (start, _) = locals::ends(ty.to_token_stream());
    quote_spanned! {names.site.located_at(start)=>
        #[allow(
            unknown_lints,
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::let_with_type_underscore,
            clippy::needless_return,
            clippy::type_complexity
        )]
        if false {
            let __resilient_edge: #ty = loop {};
            return __resilient_edge;
        }
    }
}

/// Input: `hedge(after = "p95", max = 2)`
///
/// Output: `static HEDGE: Hedge = Hedge::quantile(0.95, 2);`
pub(super) fn hedge(hedge: &Hedge, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let max = count(&hedge.max);
    let made = match &hedge.after {
        After::Time(after) => {
            let after = duration(after, names);
            quote_spanned!(*site=> after(#after, #max))
        }
        After::Quantile(part) => {
            let part = float(&Value::Known(*part));
            quote_spanned!(*site=> quantile(#part, #max))
        }
    };
    quote_spanned! {*site=>
        static __RESILIENT_HEDGE: #rt::__private::Hedge = #rt::__private::Hedge::#made;
    }
}
