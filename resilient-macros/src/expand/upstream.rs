//! The upstream: takes an expression or the limits of an own one, gives what holds it and how a call goes through.

use super::{
    Names,
    literals::{amount, count, duration, float, literal},
    locals::ends,
};
use crate::{
    args::{Size, Value},
    defaults,
    policy::{Breaker, Concurrency, Limits, Rate, Source, Upstream},
};
use proc_macro2::TokenStream;
use quote::quote_spanned;

/// The statements that hold the upstream, and the part of the plan that goes through it.
pub(super) struct Through {
    pub(super) held: TokenStream,
    pub(super) setter: TokenStream,
}

/// Input: `upstream = self.upstream, key = tenant, cost = 100`
///
/// Held: `let upstream = hold(&(self.upstream)); let key = of_key(&upstream, key_of(&(tenant)));`
///
/// Setter: `.through(Through::by(&upstream, &key).cost(100))`
///
/// Input: `rate = "10/s"`
///
/// Held: `static UPSTREAM: Upstream = Upstream::new(name).requests(..); let upstream = hold(&UPSTREAM);`
pub(super) fn through(upstream: &Upstream, name: &TokenStream, names: &Names<'_>) -> Through {
    let Names {
        site,
        rt,
        upstream: held,
        ..
    } = names;
    let at = |expr: &TokenStream| site.located_at(ends(expr.clone()).0);
    let (place, upstream_expr) = match &upstream.source {
        Source::Shared(expr) => {
            let value = quote_spanned!(at(expr)=> #rt::__private::as_upstream(&(#expr)));
            (None, value)
        }
        Source::Own(limits) => {
            let setters = limits_of(limits, names);
            let place = quote_spanned! {*site=>
                static __RESILIENT_UPSTREAM: #rt::Upstream = #rt::Upstream::new(#name) #(#setters)*;
            };
            (
                Some(place),
                quote_spanned!(*site=> #rt::__private::as_upstream(&__RESILIENT_UPSTREAM)),
            )
        }
    };
    let (key, way) = match &upstream.key {
        None => (
            None,
            quote_spanned!(*site=> #rt::__private::UpstreamHandle::of(&#held)),
        ),
        Some(expr) => {
            let key = quote_spanned!(at(expr)=> #rt::__private::key_of(&(#expr)));
            let key = quote_spanned! {*site=>
                let __resilient_key_handle = #rt::__private::key_handle(&#held, #key);
            };
            (
                Some(key),
                quote_spanned!(*site=> #rt::__private::UpstreamHandle::by(&#held, &__resilient_key_handle)),
            )
        }
    };
    let cost = upstream.cost.as_ref().map(|cost| {
        let cost = amount(cost);
        quote_spanned!(at(&cost)=> .cost(#cost))
    });
    Through {
        held: quote_spanned!(*site=> #place let #held = #upstream_expr; #key),
        setter: quote_spanned!(*site=> .upstream(#way #cost)),
    }
}

/// Setters of `Upstream`.
fn limits_of(limits: &Limits, names: &Names<'_>) -> Vec<TokenStream> {
    let Limits {
        breaker,
        rate,
        tokens,
        concurrency,
    } = limits;
    let site = names.site;
    // What is no `Rate` is reported at its expression.
    let at = |value: &TokenStream| site.located_at(ends(value.clone()).0);
    let mut setters = Vec::new();
    if let Some(breaker) = breaker {
        let breaker = breaker_of(breaker, names);
        setters.push(quote_spanned!(site=> .breaker(#breaker)));
    }
    if let Some(rate) = rate {
        let rate = rate_of(rate, names);
        setters.push(quote_spanned!(at(&rate)=> .requests(#rate)));
    }
    if let Some(tokens) = tokens {
        let tokens = rate_of(tokens, names);
        setters.push(quote_spanned!(at(&tokens)=> .tokens(#tokens)));
    }
    if let Some(concurrency) = concurrency {
        let concurrency = concurrency_of(concurrency, names);
        setters.push(quote_spanned!(site=> .concurrency_limit(#concurrency)));
    }
    setters
}

fn breaker_of(breaker: &Breaker, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let Breaker {
        failure_ratio,
        window,
        min_calls,
        consecutive,
        slow,
        pause,
        max_pause,
        factor,
        probes,
        lease,
    } = breaker;
    let slow = slow.as_ref().map(|(longer_than, ratio)| {
        let longer_than = duration(longer_than, names);
        let ratio = match ratio {
            Some(ratio) => float(ratio),
            None => float(&Value::Known(defaults::SLOW_RATIO)),
        };
        quote_spanned!(*site=> .slow(#rt::SlowCalls::new(#longer_than, #ratio)))
    });
    let setters = [
        setter("failure_ratio", failure_ratio.as_ref().map(float), names),
        setter(
            "window",
            window.as_ref().map(|it| duration(it, names)),
            names,
        ),
        setter("min_calls", min_calls.as_ref().map(count), names),
        setter("consecutive", consecutive.as_ref().map(count), names),
        slow,
        setter("pause", pause.as_ref().map(|it| duration(it, names)), names),
        setter(
            "max_pause",
            max_pause.as_ref().map(|it| duration(it, names)),
            names,
        ),
        setter("factor", factor.as_ref().map(float), names),
        setter("probes", probes.as_ref().map(count), names),
        setter("lease", lease.as_ref().map(|it| duration(it, names)), names),
    ];
    let setters = setters.iter().flatten();
    quote_spanned!(*site=> #rt::Breaker::new() #(#setters)*)
}

fn setter(name: &str, value: Option<TokenStream>, names: &Names<'_>) -> Option<TokenStream> {
    let name = proc_macro2::Ident::new(name, names.site);
    value.map(|value| quote_spanned!(names.site=> .#name(#value)))
}

fn rate_of(rate: &Rate, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let burst = rate.burst.as_ref().map(amount);
    let burst = setter("burst", burst, names);
    match &rate.rate {
        Value::Known((number, period)) => {
            let (number, period) = (amount(&Value::Known(*number)), literal(*period, names));
            quote_spanned!(*site=> #rt::Rate::new(#number, #period) #burst)
        }
        Value::Expr(expr) if burst.is_none() => expr.clone(),
        Value::Expr(expr) => quote_spanned!(*site=> (#expr) #burst),
    }
}

fn concurrency_of(concurrency: &Concurrency, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let queue = setter("queue", concurrency.queue.as_ref().map(count), names);
    match &concurrency.size {
        Size::Fixed(limit) => {
            let limit = count(limit);
            quote_spanned!(*site=> #rt::Concurrency::new(#limit) #queue)
        }
        Size::Adaptive(min, max) => {
            let (min, max) = (count(min), count(max));
            quote_spanned!(*site=> #rt::Concurrency::adaptive(#min, #max) #queue)
        }
    }
}
