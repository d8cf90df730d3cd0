//! The upstream: an expression, or a static with the limits of the function.

use super::{
    Names,
    argument::ends,
    literals::{amount, count, duration, float, literal},
};
use crate::{
    args::{Args, Breaker, Concurrency, Rate, Size, Value, policy::Source},
    text::names::defaults,
};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use std::time::Duration;

/// The statements that bind the upstream, and the setter of the plan.
pub(super) struct UpstreamParts {
    pub(super) held: TokenStream,
    pub(super) setter: TokenStream,
}

/// Input: `upstream = self.upstream, key = tenant, cost = 100`
///
/// Held: `let upstream = as_upstream(&(self.upstream));`
/// `let key_handle = key_handle(&*upstream, key_of(&(tenant)));`
///
/// Setter: `.upstream(UpstreamHandle::by(&*upstream, &key_handle).cost(100))`
///
/// Input: `requests = "10/s"`
///
/// Held: `static UPSTREAM: Upstream = Upstream::new(name).requests(..);`
/// `let upstream = as_upstream(&UPSTREAM);`
pub(super) fn upstream_parts(
    args: &Args,
    source: Source<'_>,
    name: &TokenStream,
    names: &Names<'_>,
) -> UpstreamParts {
    let Names {
        site,
        rt,
        upstream: held,
        ..
    } = names;
    let at = |expr: &TokenStream| site.located_at(ends(expr.clone()).0);
    if let Source::Failover(expr) = source {
        return failover_parts(args, expr, names);
    }
    let (place, upstream_expr) = match source {
        Source::Shared(expr) => {
            let value = quote_spanned!(at(expr)=> #rt::__private::as_upstream(&(#expr)));
            (None, value)
        }
        Source::Own | Source::Failover(_) => {
            let setters = limits_of(args, names);
            let place = quote_spanned! {*site=>
                static __RESILIENT_UPSTREAM: #rt::Upstream = #rt::Upstream::new(#name) #(#setters)*;
            };
            (
                Some(place),
                quote_spanned!(*site=> #rt::__private::as_upstream(&__RESILIENT_UPSTREAM)),
            )
        }
    };
    let (key, way) = match args.key.value() {
        None => (
            None,
            quote_spanned!(*site=> #rt::__private::UpstreamHandle::of(&*#held)),
        ),
        Some(expr) => {
            let key = quote_spanned!(at(expr)=> #rt::__private::key_of(&(#expr)));
            let key = quote_spanned! {*site=>
                let __resilient_key_handle = #rt::__private::key_handle(&*#held, #key);
            };
            (
                Some(key),
                quote_spanned!(*site=> #rt::__private::UpstreamHandle::by(&*#held, &__resilient_key_handle)),
            )
        }
    };
    let cost = args.cost.value().map(|cost| {
        let cost = amount(cost);
        quote_spanned!(at(&cost)=> .cost(#cost))
    });
    UpstreamParts {
        held: quote_spanned!(*site=> #place let #held = #upstream_expr; #key),
        setter: quote_spanned!(*site=> .upstream(#way #cost)),
    }
}

/// Input: `failover = CHAT, key = user, cost = 100`
///
/// Held: `let upstream = as_failover(&(CHAT));`
///
/// Setter: `.upstream(FailoverHandle::of(upstream).caller(key_of(&(user))).cost(100))`
fn failover_parts(args: &Args, expr: &TokenStream, names: &Names<'_>) -> UpstreamParts {
    let Names {
        site,
        rt,
        upstream: held,
        ..
    } = names;
    let at = |expr: &TokenStream| site.located_at(ends(expr.clone()).0);
    let value = quote_spanned!(at(expr)=> #rt::__private::as_failover(&(#expr)));
    let caller = args.key.value().map(|expr| {
        let key = quote_spanned!(at(expr)=> #rt::__private::key_of(&(#expr)));
        quote_spanned!(*site=> .caller(#key))
    });
    let cost = args.cost.value().map(|cost| {
        let cost = amount(cost);
        quote_spanned!(at(&cost)=> .cost(#cost))
    });
    UpstreamParts {
        held: quote_spanned!(*site=> let #held = #value;),
        setter: quote_spanned!(*site=>
            .upstream(#rt::__private::FailoverHandle::of(#held) #caller #cost)
        ),
    }
}

/// Setters of `Upstream`.
fn limits_of(args: &Args, names: &Names<'_>) -> Vec<TokenStream> {
    let site = names.site;
    // The compiler reports an expression that is not a `Rate` at the expression.
    let at = |value: &TokenStream| site.located_at(ends(value.clone()).0);
    let mut setters = Vec::new();
    if let Some(breaker) = args.breaker.value() {
        let breaker = breaker_of(breaker, names);
        setters.push(quote_spanned!(site=> .breaker(#breaker)));
    }
    if let Some(requests) = args.requests.value() {
        let requests = rate_of(requests, names);
        setters.push(quote_spanned!(at(&requests)=> .requests(#requests)));
    }
    if let Some(tokens) = args.tokens.value() {
        let tokens = rate_of(tokens, names);
        setters.push(quote_spanned!(at(&tokens)=> .tokens(#tokens)));
    }
    if let Some(concurrency) = args.concurrency.value() {
        let concurrency = concurrency_of(concurrency, names);
        setters.push(quote_spanned!(site=> .concurrency(#concurrency)));
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
        slow_ratio,
        break_duration,
        max_break_duration,
        factor,
        half_open_probes,
        probe_timeout,
    } = breaker;
    let slow = slow.value().map(|longer_than| {
        let longer_than = duration(longer_than, names);
        let ratio = float(
            slow_ratio
                .value()
                .unwrap_or(&Value::Known(defaults::SLOW_RATIO)),
        );
        quote_spanned!(*site=> .slow(#rt::SlowCalls::new(#longer_than, #ratio)))
    });
    let time = |it: &Value<Duration>| duration(it, names);
    let setters = [
        setter("failure_ratio", failure_ratio.value().map(float), names),
        setter("window", window.value().map(time), names),
        setter("min_calls", min_calls.value().map(count), names),
        setter("consecutive", consecutive.value().map(count), names),
        slow,
        setter("break_duration", break_duration.value().map(time), names),
        setter(
            "max_break_duration",
            max_break_duration.value().map(time),
            names,
        ),
        setter("factor", factor.value().map(float), names),
        setter(
            "half_open_probes",
            half_open_probes.value().map(count),
            names,
        ),
        setter("probe_timeout", probe_timeout.value().map(time), names),
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
    let burst = rate.burst.value().map(amount);
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
    let queue = setter("queue", concurrency.queue.value().map(count), names);
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
