//! Rules for limits, shared upstreams and hedges. Each mistake is reported at the words that have
//! no effect.

use super::known;
use crate::{
    args::{After, Args, Breaker, Cell, Hedge, Rate, Value},
    text::{duration::written, errors::Errors, names::defaults},
};
use std::time::Duration;

pub(super) fn check(args: &Args, errors: &mut Errors) {
    let has_shared = !(args.upstream.is_empty() && args.failover.is_empty());
    if has_shared {
        own(&args.breaker, ".breaker(..)", errors);
        own(&args.requests, ".requests(..)", errors);
        own(&args.tokens, ".tokens(..)", errors);
        own(&args.concurrency, ".concurrency(..)", errors);
    }
    failover(args, errors);
    if let (false, Some(given)) = (has_shared, args.key.given()) {
        let message = "`key` gives each key its own state of an upstream, and there is no upstream: write \
            `upstream = ..` too, or remove it";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    cost(args, errors);
    if let Some(breaker) = args.breaker.value() {
        check_breaker(breaker, errors);
    }
    if let Some(given) = args.hedge.given() {
        if args.idempotent.value() == Some(&false) {
            let message = "a hedge sends the request again while the first may still be processed, \
                and this function is not idempotent: remove one of the two";
            errors.push(syn::Error::new(given.key.span(), message));
        }
        check_hedge(&given.value, args, errors);
    }
}

/// Reports arguments that do not go with several targets.
fn failover(args: &Args, errors: &mut Errors) {
    if args.failover.is_empty() {
        return;
    }
    if let Some(given) = args.upstream.given() {
        let message = "a failover names the upstreams of its targets: make this one a target \
            (`.to(&UPSTREAM, \"name\")`), or remove one of the two";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    if let Some(given) = args.hedge.given() {
        let message = "a hedge runs the body twice at one target, and `failover` moves on to another one: \
            remove one of the two";
        errors.push(syn::Error::new(given.key.span(), message));
    }
}

/// Reports a limit of the function beside a shared upstream.
fn own<T>(cell: &Cell<T>, setter: &str, errors: &mut Errors) {
    if let Some(given) = cell.given() {
        let message = format!(
            "`{}` is a limit of this function alone, and an upstream has limits for all its callers: \
                set it on the upstream (`{setter}`), or remove one of the two",
            given.key
        );
        errors.push(syn::Error::new(given.key.span(), message));
    }
}

fn cost(args: &Args, errors: &mut Errors) {
    let Some(given) = args.cost.given() else {
        return;
    };
    if args.upstream.is_empty() && args.failover.is_empty() && args.tokens.is_empty() {
        let message = "`cost` is taken from a limit of tokens, and there is no such limit: write `tokens = \
            \"200000/min\"` or `upstream = ..` too, or remove it";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    let most = args.tokens.value().and_then(at_once);
    let is_own = args.upstream.is_empty() && args.failover.is_empty();
    if let (Value::Known(cost), Some(most), true) = (&given.value, most, is_own) {
        if *cost > most {
            let message = format!(
                "this is more than `tokens` ever lets through at once, {most}, so no call would be \
                    made: raise that, or set `burst`"
            );
            errors.at(&given.words, message);
        }
    }
}

/// The tokens that may be used at once, if known: the burst, which is the whole amount by default.
fn at_once(tokens: &Rate) -> Option<u64> {
    match (&tokens.burst, &tokens.rate) {
        (Cell::Full(burst), _) => burst.value.known().copied(),
        (Cell::Empty, Value::Known((amount, _))) => Some(*amount),
        _ => None,
    }
}

fn check_breaker(breaker: &Breaker, errors: &mut Errors) {
    if let (Some(given), true) = (breaker.slow_ratio.given(), breaker.slow.is_empty()) {
        let message = "without `slow` no call counts as slow, so this has no effect: write `slow = \"10s\"` \
            too, or remove it";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    let or = |cell: &Cell<Value<Duration>>, default| {
        if cell.is_empty() {
            Some(Duration::from_secs(default))
        } else {
            known(cell)
        }
    };
    let break_duration = or(&breaker.break_duration, defaults::BREAK_DURATION_SECS);
    let max = or(
        &breaker.max_break_duration,
        defaults::MAX_BREAK_DURATION_SECS,
    );
    let (Some(first), Some(max)) = (break_duration, max) else {
        return;
    };
    if first <= max {
        return;
    }
    match (breaker.break_duration.given(), breaker.max_break_duration.given()) {
        (Some(given), Some(_)) => errors.at(
            &given.words,
            "the first break is longer than `max_break_duration`: swap the two, or raise `max_break_duration`",
        ),
        (Some(given), None) => errors.at(
            &given.words,
            format!(
                "the first break is longer than the longest break, which is {}: write `max_break_duration` too, or \
                    a shorter `break_duration`",
                written(max)
            ),
        ),
        (None, Some(given)) => errors.at(
            &given.words,
            format!(
                "the longest break is shorter than the first break, which is {}: write `break_duration` too, or a \
                    longer `max_break_duration`",
                written(first)
            ),
        ),
        (None, None) => {}
    }
}

/// Reports a hedge that would start after the end of the attempt.
fn check_hedge(hedge: &Hedge, args: &Args, errors: &mut Errors) {
    let Some(given) = hedge.after.given() else {
        return;
    };
    let After::Time(Value::Known(after)) = &given.value else {
        return;
    };
    let built_in = args.is_on_built_in();
    let timeout = if args.timeout.is_empty() {
        built_in.then_some(Duration::from_secs(defaults::TIMEOUT_SECS))
    } else {
        known(&args.timeout).flatten()
    };
    for (limit, name) in [
        (timeout, "timeout of an attempt"),
        (known(&args.deadline).flatten(), "deadline of the call"),
    ] {
        if let Some(limit) = limit.filter(|limit| after >= limit) {
            let limit = written(limit);
            errors.at(
                &given.words,
                format!("this is not before the {name}, {limit}, so there is never a hedge: make it shorter"),
            );
            return;
        }
    }
}
