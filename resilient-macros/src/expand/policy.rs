//! The policy: the calls that build it.

use super::{
    Names,
    argument::ends,
    literals::{bound, count, duration, float},
};
use crate::args::{Args, Cell, Jitter, Kind, Limit, Rule, Steps, Value, policy::Base};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The statement that binds the policy, and the source of the policy.
///
/// Input: `attempts = 3`
///
/// Output:
/// `let policy = const { &checked({ let policy = Policy::DEFAULT; policy.attempts(3) }) };`
///
/// Input: `policy = expr, attempts = 3`
///
/// Output: `let policy = *policy(&expr); let policy = policy.attempts(3);`
///
/// Input: `policy = expr` on a function without exclusive borrows (`is_shared`)
///
/// Output: `let policy = &expr; let policy = policy(policy);`
///
/// Input: `upstream = expr`, where `upstream` is a variable already
///
/// Output: no statement, and `UpstreamPolicy`
///
/// Input: `upstream = expr, attempts = 3`
///
/// Output: no statement, and `LayeredPolicy`: they are the [`layer`] of the call site
///
/// Input: `upstream = expr, attempts = n`
///
/// Output: `let policy = *policy_of(&*upstream); let policy = policy.attempts(n);`
pub(super) fn binding(
    args: &Args,
    is_shared: bool,
    names: &Names<'_>,
) -> (TokenStream, TokenStream) {
    let Names {
        site,
        rt,
        policy: name,
        upstream,
        ..
    } = names;
    let layers = layers(args, names);
    let base = match args.base() {
        Base::BuiltIn => None,
        Base::Upstream => {
            let source = |source: &str| {
                let source = Ident::new(source, *site);
                (
                    TokenStream::new(),
                    quote_spanned!(*site=> #rt::__private::#source),
                )
            };
            if layers.is_empty() {
                return source("UpstreamPolicy");
            }
            if args.has_constant_policy() {
                return source("LayeredPolicy");
            }
            let function = if args.failover.is_empty() {
                "policy_of"
            } else {
                "policy_of_first"
            };
            let function = Ident::new(function, *site);
            Some(quote_spanned!(*site=> #rt::__private::#function(&*#upstream)))
        }
        Base::Expr(base) => {
            let (start, _) = ends(base.clone());
            let start = site.located_at(start);
            if layers.is_empty() && is_shared {
                let value = quote_spanned!(start=> #rt::__private::policy(#name));
                // A reference is not borrowed again: the future would have to hold both.
                let borrow = (!is_reference(base)).then(|| quote_spanned!(*site=> &));
                let statements =
                    quote_spanned!(*site=> let #name = #borrow #base; let #name = #value;);
                return (statements, name.to_token_stream());
            }
            Some(quote_spanned!(start=> #rt::__private::policy(&#base)))
        }
    };
    if let Some(base) = base {
        let statements = quote_spanned! {*site=>
            let #name = *#base;
            #(let #name = #layers;)*
        };
        return (statements, quote_spanned!(*site=> &#name));
    }
    let value = match layers.split_last() {
        None => quote_spanned!(*site=> #rt::Policy::DEFAULT),
        Some((last, before)) => quote_spanned! {*site=>
            #rt::__private::checked({
                let #name = #rt::Policy::DEFAULT;
                #(let #name = #before;)*
                #last
            })
        },
    };
    (
        quote_spanned!(*site=> let #name = const { &#value };),
        quote_spanned!(*site=> #name),
    )
}

/// The layer of the call site: constant arguments over the policy of an upstream.
///
/// Input: `upstream = expr, attempts = 3, timeout = "2s"`
///
/// Output: `const fn layer(policy: Policy) -> Policy { .. }`, and
/// `.layer(Layer::new(layer).timeout(Some(..)))`
pub(super) fn layer(args: &Args, names: &Names<'_>) -> Option<(TokenStream, TokenStream)> {
    let Names {
        site,
        rt,
        policy: name,
        ..
    } = names;
    let layers = layers(args, names);
    let is_layer = matches!(args.base(), Base::Upstream) && args.has_constant_policy();
    if layers.is_empty() || !is_layer {
        return None;
    }
    let limit = |cell: &Cell<Limit>, setter: &str| {
        let setter = Ident::new(setter, *site);
        cell.value().map(|limit| match limit {
            Value::Known(None) => quote_spanned!(*site=> .#setter(::core::option::Option::None)),
            _ => {
                let limit = bound(limit, names);
                quote_spanned!(*site=> .#setter(::core::option::Option::Some(#limit)))
            }
        })
    };
    let timeout = limit(&args.timeout, "timeout");
    let deadline = limit(&args.deadline, "deadline");
    let function = quote_spanned! {*site=>
        const fn __resilient_layer(#name: #rt::Policy) -> #rt::Policy {
            #(let #name = #layers;)*
            #name
        }
    };
    let setter = quote_spanned! {*site=>
        .layer(#rt::__private::Layer::new(__resilient_layer) #timeout #deadline)
    };
    Some((function, setter))
}

/// Whether it is `&place`.
fn is_reference(base: &TokenStream) -> bool {
    let parsed = syn::parse2::<syn::Expr>(base.clone());
    matches!(parsed, Ok(syn::Expr::Reference(reference)) if reference.mutability.is_none())
}

/// One expression for each layer of settings in the attribute.
fn layers(args: &Args, names: &Names<'_>) -> Vec<TokenStream> {
    let Names {
        site,
        rt,
        policy: name,
        ..
    } = names;
    let mut layers = Vec::new();
    let setters = setters(args, names);
    if !setters.is_empty() {
        layers.push(quote_spanned!(*site=> #name #(#setters)*));
    }
    if !args.steps().is_empty() {
        let steps = steps(args.steps(), names);
        layers.push(quote_spanned!(*site=> #name.backoff(#name.backoff #(#steps)*)));
    }
    layers.extend(args.on.iter().map(|given| {
        let rule = &given.value;
        let class = Ident::new(rule.class.1, *site);
        let setters = of_rule(rule, names);
        quote_spanned!(*site=> #name.on(#rt::Class::#class, #rt::Rule::new() #(#setters)*))
    }));
    layers
}

fn setters(args: &Args, names: &Names<'_>) -> Vec<TokenStream> {
    let Names { site, rt, .. } = names;
    let site = *site;
    let mut setters = Vec::new();
    if let Some(attempts) = args.attempts.value() {
        let attempts = count(attempts);
        setters.push(quote_spanned!(site=> .attempts(#attempts)));
    }
    let limits = [
        ("timeout", &args.timeout),
        ("deadline", &args.deadline),
        ("first", &args.first),
        ("idle", &args.idle),
    ];
    for (name, cell) in limits {
        let Some(limit) = cell.value() else { continue };
        setters.push(if let Value::Known(None) = limit {
            let setter = Ident::new(&format!("no_{name}"), site);
            quote_spanned!(site=> .#setter())
        } else {
            let (setter, limit) = (Ident::new(name, site), bound(limit, names));
            quote_spanned!(site=> .#setter(#limit))
        });
    }
    if let Some(wait) = args.max_retry_after.value() {
        let wait = duration(wait, names);
        setters.push(quote_spanned!(site=> .max_retry_after(#wait)));
    }
    if let Some(flag) = args.idempotent.value() {
        setters.push(quote_spanned!(site=> .idempotent(#flag)));
    }
    if let Some(flag) = args.repeat_nested.value() {
        setters.push(quote_spanned!(site=> .repeat_nested(#flag)));
    }
    if let Some(budget) = args.budget.value() {
        let budget = match budget {
            Value::Known(Some(percent)) => {
                let percent = count(&Value::Known(*percent));
                quote_spanned!(site=> #rt::Budget::percent(#percent))
            }
            Value::Known(None) => quote_spanned!(site=> #rt::Budget::NONE),
            Value::Expr(expr) => expr.clone(),
        };
        setters.push(quote_spanned!(site=> .budget(#budget)));
    }
    setters
}

/// Setters that `Backoff` and `Rule` have in common. The kind is first, since it resets the factor.
fn steps(steps: &Steps, names: &Names<'_>) -> Vec<TokenStream> {
    let Names { site, rt, .. } = names;
    let mut setters = Vec::new();
    if let Some(kind) = steps.kind.value() {
        let kind = Ident::new(kind_name(*kind), *site);
        setters.push(quote_spanned!(*site=> .kind(#rt::BackoffKind::#kind)));
    }
    if let Some(initial) = steps.initial.value() {
        let initial = duration(initial, names);
        setters.push(quote_spanned!(*site=> .initial(#initial)));
    }
    if let Some(factor) = steps.factor.value() {
        let factor = float(factor);
        setters.push(quote_spanned!(*site=> .factor(#factor)));
    }
    if let Some(max) = steps.max.value() {
        let max = duration(max, names);
        setters.push(quote_spanned!(*site=> .max(#max)));
    }
    if let Some(jitter) = steps.jitter.value() {
        let jitter = Ident::new(jitter_name(*jitter), *site);
        setters.push(quote_spanned!(*site=> .jitter(#rt::Jitter::#jitter)));
    }
    setters
}

fn of_rule(rule: &Rule, names: &Names<'_>) -> Vec<TokenStream> {
    let site = names.site;
    let mut setters = Vec::new();
    let settings = &rule.settings;
    if let Some(retry) = settings.retry.value() {
        setters.push(quote_spanned!(site=> .retry(#retry)));
    }
    if let Some(attempts) = settings.attempts.value() {
        let attempts = count(attempts);
        setters.push(quote_spanned!(site=> .attempts(#attempts)));
    }
    setters.extend(steps(&settings.steps, names));
    setters
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Exponential => "Exponential",
        Kind::Linear => "Linear",
        Kind::Fixed => "Fixed",
        Kind::Decorrelated => "Decorrelated",
    }
}

const fn jitter_name(jitter: Jitter) -> &'static str {
    match jitter {
        Jitter::None => "None",
        Jitter::Equal => "Equal",
        Jitter::Full => "Full",
    }
}
