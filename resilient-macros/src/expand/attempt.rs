//! One attempt: the content of the async block that is polled.

use super::{
    Names, argument, injection,
    literals::{count, duration, float},
};
use crate::{
    args::{After, Args, Hedge, Value},
    function::{
        Shape, Target, rebound,
        receiver::{self, Receiver},
        returns,
        tokens::mentions,
    },
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Token, Type};

/// The attempt itself.
///
/// Output: `(&mut call).attempt(body).await`
pub(super) fn run(
    target: &Target,
    has_runs: bool,
    polled: &TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    // The compiler reports traits missing on the result and its error at the return type.
    let (start, _) = argument::ends(target.result.to_token_stream());
    let at_result = names.site.located_at(start);
    let call = Ident::new(&names.call.to_string(), at_result);
    // Borrowed explicitly: a user's trait with such a method by value on all types would take
    // precedence.
    let attempt = if has_runs { "attempt_runs" } else { "attempt" };
    let attempt = Ident::new(attempt, at_result);
    quote_spanned!(at_result=> (&mut #call).#attempt(#polled).await)
}

/// The content of the async block of an attempt. The tokens of the attribute may borrow
/// of `self`.
pub(super) fn inside(
    args: &Args,
    target: &Target,
    locals: &TokenStream,
    borrows_self: bool,
    of_attribute: TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, context, .. } = names;
    let moves_self = target.receiver == Receiver::Owned && !borrows_self;
    let edge = edge(&returns::inferable(&target.body_result), names);
    let injected = injection::point(target, names);
    let bind_context = args.context.value().map(|name| {
        // The target is known when the attempt is sent.
        let target =
            (!args.failover.is_empty()).then(|| quote_spanned!(*site=> .__resilient_with_target()));
        quote_spanned!(*site=> let #name = #context #target;)
    });
    let rewritten = match target.receiver {
        Receiver::Mut => receiver::rewritten(&target.body),
        Receiver::Pinned => Some(receiver::renamed(&target.body)),
        // Each parallel run has its own `self`, under another name than that of the function.
        Receiver::Owned if moves_self && (target.lends_self || args.hedge.value().is_some()) => {
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
                Receiver::Pinned => {
                    let mutability = receiver.mutability;
                    quote_spanned!(*site=> let #mutability #name = (&mut #word).as_mut();)
                }
                _ => quote_spanned!(*site=> let #name = &mut *#word;),
            }
        });
    // The body may only read of it, and a shared borrow is not `Send` without `Sync`.
    let exclusive_self = target
        .sig
        .receiver()
        .map(|receiver| receiver.self_token)
        .filter(|_| target.receiver == Receiver::Mut && rewritten.is_none())
        .filter(|word| !mentions(of_attribute, &Ident::from(*word)))
        .map(|word| quote_spanned!(*site=> let _: &mut _ = &mut *#word;));
    let mut body = rewritten.unwrap_or_else(|| target.body.clone());
    body = rebound::allowed(body, &target.params, *site);
    // Otherwise lints would report the braces of the function as unnecessary inside the block.
    body.set_span(site.located_at(body.span()));
    let run = match &target.shape {
        Shape::Async | Shape::Block { .. } => body.into_token_stream(),
        // A function of its own, so that nothing in it is awaited.
        Shape::Blocking => quote_spanned!(*site=> (|| { #edge #body })()),
        Shape::Future { future, .. } => {
            let future_edge = self::edge(&returns::inferable(future), names);
            quote_spanned! {*site=>
                #[allow(clippy::async_yields_async)]
                let __resilient_future = (async { #future_edge #body }).await;
                __resilient_future.await
            }
        }
    };
    quote_spanned!(*site=> #edge #injected #bind_context #own_self #exclusive_self #locals #run)
}

/// The async block of an attempt; with `body = true`, it also reads the body of its response.
pub(super) fn block(
    args: &Args,
    is_blocking: bool,
    inside: &TokenStream,
    keyword: Option<Token![move]>,
    at: Span,
    rt: &TokenStream,
) -> TokenStream {
    let block = quote_spanned!(at=> async #keyword { #inside });
    if is_blocking {
        return quote_spanned!(at=> #rt::__private::blocking(#block));
    }
    if args.body.value() != Some(&true) {
        return block;
    }
    quote_spanned!(at=> async #keyword { #rt::__private::read_body(#block.await).await })
}

/// Never runs. Fixes the type of the block, so that the compiler reports a wrong type in the body.
fn edge(ty: &Type, names: &Names<'_>) -> TokenStream {
    let (start, _) = argument::ends(ty.to_token_stream());
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
    let max = count(hedge.max.value().unwrap_or(&Value::Known(1)));
    let made = hedge.after.value().map(|after| match after {
        After::Time(after) => {
            let after = duration(after, names);
            quote_spanned!(*site=> after(#after, #max))
        }
        After::Quantile(part) => {
            let part = float(&Value::Known(*part));
            quote_spanned!(*site=> quantile(#part, #max))
        }
    });
    quote_spanned! {*site=>
        static __RESILIENT_HEDGE: #rt::__private::Hedge = #rt::__private::Hedge::#made;
    }
}
