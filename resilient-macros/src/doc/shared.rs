//! The lines about what calls share, hedges and fallbacks.

use super::{code, time};
use crate::{
    args::{After, Budget, Fallback, Size, Value},
    classes::CLASSES,
    policy::{Breaker, Concurrency, Config, Hedge, Limits, Rate, Source},
    rate,
};
use std::fmt::Display;

/// Each line's name and text.
pub(super) fn lines(config: &Config) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(upstream) = &config.upstream {
        match &upstream.source {
            Source::Shared(expr) => lines.push(("limits", format!("those of {}", code(expr)))),
            Source::Own(limits) => own(limits, &mut lines),
        }
        let key = upstream.key.as_ref();
        lines.extend(key.map(|key| ("limits for each", code(key))));
        let cost = upstream.cost.as_ref();
        lines.extend(cost.map(|cost| ("estimated tokens of an attempt", number(cost))));
    }
    lines.extend(
        config
            .hedge
            .as_ref()
            .map(|hedge| ("hedge", of_hedge(hedge))),
    );
    lines.extend(
        config
            .fallback
            .as_ref()
            .map(|fallback| ("after a failure", of_fallback(fallback))),
    );
    lines
}

pub(super) fn budget(budget: &Budget) -> String {
    match budget {
        Value::Known(Some(percent)) => {
            format!("{percent}% of the successes pay for failed retries of an overloaded server")
        }
        Value::Known(None) => "none".to_owned(),
        Value::Expr(expr) => code(expr),
    }
}

fn own(limits: &Limits, lines: &mut Vec<(&'static str, String)>) {
    let Limits {
        breaker,
        rate,
        tokens,
        concurrency,
    } = limits;
    lines.extend(
        breaker
            .as_ref()
            .map(|it| ("circuit breaker", of_breaker(it))),
    );
    lines.extend(rate.as_ref().map(|it| ("requests", of_rate(it))));
    lines.extend(tokens.as_ref().map(|it| ("tokens", of_rate(it))));
    lines.extend(
        concurrency
            .as_ref()
            .map(|it| ("attempts at one time", of_concurrency(it))),
    );
}

/// What was said, and else that it is there.
fn of_breaker(breaker: &Breaker) -> String {
    let Breaker {
        failure_ratio,
        window,
        min_calls,
        consecutive,
        slow,
        pause,
        max_pause,
        ..
    } = breaker;
    let mut parts = Vec::new();
    let mut part = |text: Option<String>| parts.extend(text);
    part(
        failure_ratio
            .as_ref()
            .map(|it| format!("opens at {} failed", number(it))),
    );
    part(
        consecutive
            .as_ref()
            .map(|it| format!("after {} failures in a row", number(it))),
    );
    part(
        slow.as_ref()
            .map(|(it, _)| format!("slow calls take over {}", time(it))),
    );
    part(window.as_ref().map(|it| format!("within {}", time(it))));
    part(
        min_calls
            .as_ref()
            .map(|it| format!("of at least {} calls", number(it))),
    );
    part(pause.as_ref().map(|it| format!("for {}", time(it))));
    part(max_pause.as_ref().map(|it| format!("at most {}", time(it))));
    if parts.is_empty() {
        "as by default".to_owned()
    } else {
        parts.join(", ")
    }
}

fn of_rate(rate: &Rate) -> String {
    let amount = match &rate.rate {
        Value::Known((amount, period)) => rate::written(*amount, *period),
        Value::Expr(expr) => code(expr),
    };
    let burst = rate
        .burst
        .as_ref()
        .map(|burst| format!(", {} at once", number(burst)));
    format!("at most {amount}{}", burst.unwrap_or_default())
}

fn of_concurrency(concurrency: &Concurrency) -> String {
    let size = match &concurrency.size {
        Size::Fixed(limit) => format!("at most {}", number(limit)),
        Size::Adaptive(min, max) => {
            format!(
                "at most {} to {}, as the server can do",
                number(min),
                number(max)
            )
        }
    };
    let queue = concurrency.queue.as_ref();
    let queue = queue.map(|queue| format!(", {} more may wait", number(queue)));
    format!("{size}{}", queue.unwrap_or_default())
}

fn of_hedge(hedge: &Hedge) -> String {
    let after = match &hedge.after {
        After::Time(after) => time(after),
        After::Quantile(part) => format!("the time within which {part} of the attempts are done"),
    };
    match &hedge.max {
        Value::Known(1) => format!("a second run after {after}"),
        max => format!("up to {} more runs, each after {after}", number(max)),
    }
}

fn of_fallback(fallback: &Fallback) -> String {
    let of_class = fallback.classes.iter().map(|(class, function)| {
        let name = CLASSES.iter().find(|(_, variant)| variant == class);
        format!(
            "{} for `{}`",
            code(function),
            name.map_or(*class, |(name, _)| name)
        )
    });
    let mut parts: Vec<String> = of_class.collect();
    parts.extend(fallback.other.as_ref().map(|function| {
        if fallback.classes.is_empty() {
            code(function)
        } else {
            format!("{} for all others", code(function))
        }
    }));
    parts.join(", ")
}

fn number<T: Display>(value: &Value<T>) -> String {
    match value {
        Value::Known(number) => number.to_string(),
        Value::Expr(expr) => code(expr),
    }
}
