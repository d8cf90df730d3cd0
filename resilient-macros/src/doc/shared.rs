//! The lines about limits, hedges and fallbacks.

use super::values::{code, number, path, time};
use crate::{
    args::{
        After, Args, Breaker, Budget, Concurrency, Fallback, Hedge, Rate, Size, Value,
        policy::Source,
    },
    text::rate,
};

/// The name and the text of each line.
pub(super) fn lines(args: &Args) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    match args.source() {
        Some(Source::Shared(expr)) => {
            let upstream = path(expr).unwrap_or_else(|| "its upstream".to_owned());
            lines.push(("limits", format!("those of {upstream}")));
        }
        Some(Source::Failover(expr)) => {
            let failover = path(expr).unwrap_or_else(|| "its failover".to_owned());
            lines.push(("targets", format!("those of {failover}")));
        }
        Some(Source::Own) => own(args, &mut lines),
        None => {}
    }
    if let Some(key) = args.key.value() {
        let key = path(key).unwrap_or_else(|| "key".to_owned());
        let name = match args.source() {
            Some(Source::Failover(_)) => "caller",
            _ => "limits for each",
        };
        lines.push((name, key));
    }
    let cost = args.cost.value();
    lines.extend(cost.map(|cost| ("estimated tokens of an attempt", number(cost))));
    let hedge = args.hedge.value();
    lines.extend(hedge.map(|hedge| ("hedge", of_hedge(hedge))));
    let fallback = args.fallback.value();
    lines.extend(fallback.map(|fallback| ("after a failure", of_fallback(fallback))));
    lines
}

pub(super) fn budget(budget: &Budget) -> String {
    match budget {
        Value::Known(Some(percent)) => format!("{percent}% of the successful calls"),
        Value::Known(None) => "none".to_owned(),
        Value::Expr(expr) => code(expr),
    }
}

fn own(args: &Args, lines: &mut Vec<(&'static str, String)>) {
    let breaker = args.breaker.value();
    lines.extend(breaker.map(|it| ("circuit breaker", of_breaker(it))));
    let requests = args.requests.value();
    lines.extend(requests.map(|it| ("requests", of_rate(it))));
    let tokens = args.tokens.value();
    lines.extend(tokens.map(|it| ("tokens", of_rate(it))));
    let concurrency = args.concurrency.value();
    lines.extend(concurrency.map(|it| ("concurrent attempts", of_concurrency(it))));
}

/// The settings that are given.
fn of_breaker(breaker: &Breaker) -> String {
    let Breaker {
        failure_ratio,
        window,
        min_calls,
        consecutive,
        slow,
        break_duration,
        max_break_duration,
        ..
    } = breaker;
    let mut parts = Vec::new();
    let mut part = |text: Option<String>| parts.extend(text);
    let ratio = failure_ratio.value();
    part(ratio.map(|it| format!("opens at a failure ratio of {}", number(it))));
    let consecutive = consecutive.value();
    part(consecutive.map(|it| format!("after {} failures in a row", number(it))));
    let slow = slow.value();
    part(slow.map(|it| format!("calls over {} count as slow", time(it))));
    let window = window.value();
    part(window.map(|it| format!("within {}", time(it))));
    let min_calls = min_calls.value();
    part(min_calls.map(|it| format!("of at least {} calls", number(it))));
    let break_duration = break_duration.value();
    part(break_duration.map(|it| format!("for {}", time(it))));
    let max_break_duration = max_break_duration.value();
    part(max_break_duration.map(|it| format!("at most {}", time(it))));
    if parts.is_empty() {
        "with the default settings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn of_rate(rate: &Rate) -> String {
    let amount = match &rate.rate {
        Value::Known((amount, period)) => rate::written(*amount, *period),
        Value::Expr(expr) => code(expr),
    };
    let burst = rate.burst.value();
    let burst = burst.map(|burst| format!(", {} at once", number(burst)));
    format!("at most {amount}{}", burst.unwrap_or_default())
}

fn of_concurrency(concurrency: &Concurrency) -> String {
    let size = match &concurrency.size {
        Size::Fixed(limit) => format!("at most {}", number(limit)),
        Size::Adaptive(min, max) => {
            format!(
                "at most {} to {}, adapted to the server",
                number(min),
                number(max)
            )
        }
    };
    let queue = concurrency.queue.value();
    let queue = queue.map(|queue| format!(", {} more may wait", number(queue)));
    format!("{size}{}", queue.unwrap_or_default())
}

fn of_hedge(hedge: &Hedge) -> String {
    let after = match hedge.after.value() {
        Some(After::Time(after)) => time(after),
        Some(After::Quantile(part)) => {
            format!("the time within which a fraction of {part} of the attempts finishes")
        }
        None => String::new(),
    };
    match hedge.max.value() {
        None | Some(Value::Known(1)) => format!("a second run after {after}"),
        Some(max) => format!("up to {} more runs, each after {after}", number(max)),
    }
}

fn of_fallback(fallback: &Fallback) -> String {
    let function = |expr| path(expr).unwrap_or_else(|| "a fallback".to_owned());
    let classes = fallback.classes();
    let of_class = classes
        .iter()
        .map(|((name, _), expr)| format!("{} for `{name}`", function(expr)));
    let mut parts: Vec<String> = of_class.collect();
    parts.extend(fallback.other().map(|expr| {
        if parts.is_empty() {
            function(expr)
        } else {
            format!("{} for all others", function(expr))
        }
    }));
    parts.join(", ")
}
