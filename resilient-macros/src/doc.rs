//! The section "Resilience" of the function's documentation.

mod shared;

use crate::{
    args::{Jitter, Kind, Limit, Value},
    defaults,
    duration::written,
    policy::{Base, Config, Policy, Rule, Steps},
};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use std::time::Duration;
use syn::{Attribute, Meta};

/// The section as attributes, for a function that is documented. One that is not stays so: `missing_docs`
/// still finds it, and a method of an `impl` still shows what its trait says.
pub(crate) fn section(config: &Config, attrs: &[Attribute]) -> Option<TokenStream> {
    let is_documented = attrs
        .iter()
        .any(|attr| attr.path().is_ident("doc") && matches!(attr.meta, Meta::NameValue(_)));
    is_documented.then(|| {
        let lines = lines(config).into_iter().map(|line| format!(" {line}"));
        quote_spanned!(Span::mixed_site()=> #(#[doc = #lines])*)
    })
}

fn lines(config: &Config) -> Vec<String> {
    let policy = &config.policy;
    let mut lines = vec![
        String::new(),
        "# Resilience".to_owned(),
        String::new(),
        "A failure that can heal is retried; the error is that of the last attempt.".to_owned(),
        String::new(),
    ];
    let mut row = |name: &str, text: Option<String>| {
        lines.extend(text.map(|text| format!("- {name}: {text}")));
    };
    row(
        "attempts",
        or(
            policy,
            policy.attempts.as_ref().map(count),
            count(&Value::Known(defaults::ATTEMPTS)),
        ),
    );
    let timeout = Value::Known(Some(Duration::from_secs(defaults::TIMEOUT_SECS)));
    row(
        "timeout of one attempt",
        or(policy, policy.timeout.as_ref().map(limit), limit(&timeout)),
    );
    row(
        "deadline of the whole call",
        or(
            policy,
            policy.deadline.as_ref().map(limit),
            limit(&Value::Known(None)),
        ),
    );
    let waits = match &config.schedule {
        Some(_) => Some("by a schedule of its own".to_owned()),
        None if policy.steps.is_empty() && policy.base.is_some() => None,
        None => Some(waits(&policy.steps, policy.base.is_none())),
    };
    row("waits between attempts", waits);
    let most = Value::Known(Duration::from_secs(defaults::MAX_RETRY_AFTER_SECS));
    let server = |wait: &Value<Duration>| format!("obeyed up to {}", time(wait));
    row(
        "wait that the server asks for",
        or(
            policy,
            policy.max_retry_after.as_ref().map(server),
            server(&most),
        ),
    );
    if policy.idempotent == Some(false) {
        row(
            "retried",
            Some("only what was surely not processed".to_owned()),
        );
    }
    if policy.repeat_nested == Some(true) {
        row(
            "nested calls",
            Some("retried here too, after their own retries".to_owned()),
        );
    }
    for rule in &policy.rules {
        row(&format!("`{}`", rule.class.0), Some(of_rule(rule)));
    }
    row("retry budget", policy.budget.as_ref().map(shared::budget));
    for (name, text) in shared::lines(config) {
        row(name, Some(text));
    }
    row(
        "everything else",
        policy.base.as_ref().map(|base| match base {
            Base::Expr(_) => "by the policy it is given".to_owned(),
            Base::Upstream => "by the policy of the upstream".to_owned(),
        }),
    );
    row("longest time", longest(config));
    lines
}

/// What was said, or the default unless another policy lies below.
fn or(policy: &Policy, said: Option<String>, default: String) -> Option<String> {
    said.or_else(|| policy.base.is_none().then_some(default))
}

fn count(count: &Value<u32>) -> String {
    match count {
        Value::Known(1) => "1, so nothing is retried".to_owned(),
        Value::Known(count) => format!("{count}, the first included"),
        Value::Expr(expr) => code(expr),
    }
}

fn limit(limit: &Limit) -> String {
    match limit {
        Value::Known(Some(limit)) => written(*limit),
        Value::Known(None) => "none".to_owned(),
        Value::Expr(expr) => code(expr),
    }
}

fn time(time: &Value<Duration>) -> String {
    match time {
        Value::Known(time) => written(*time),
        Value::Expr(expr) => code(expr),
    }
}

fn code(expr: &TokenStream) -> String {
    format!("`{}`", expr.to_string().replace('`', "'"))
}

/// `exponential from 1s, times 2, at most 32s, full jitter`; of a partial one, what was said.
fn waits(steps: &Steps, built_in: bool) -> String {
    let kind = steps.kind.or(built_in.then_some(Kind::Exponential));
    let mut parts = Vec::new();
    parts.extend(kind.map(|kind| match kind {
        Kind::Exponential => "exponential".to_owned(),
        Kind::Linear => "linear".to_owned(),
        Kind::Fixed => "fixed".to_owned(),
        Kind::Decorrelated => "decorrelated jitter".to_owned(),
    }));
    let default = |secs| built_in.then(|| Value::Known(Duration::from_secs(secs)));
    let initial = steps
        .initial
        .clone()
        .or_else(|| default(defaults::INITIAL_SECS));
    parts.extend(initial.map(|initial| format!("from {}", time(&initial))));
    if !matches!(kind, Some(Kind::Linear | Kind::Fixed)) {
        let default = match kind {
            Some(Kind::Decorrelated) => defaults::DECORRELATED_FACTOR,
            _ => defaults::FACTOR,
        };
        let factor = steps
            .factor
            .clone()
            .or(built_in.then_some(Value::Known(default)));
        parts.extend(factor.map(|factor| match factor {
            Value::Known(factor) => format!("times {factor}"),
            Value::Expr(expr) => format!("times {}", code(&expr)),
        }));
    }
    if kind != Some(Kind::Fixed) {
        let max = steps.max.clone().or_else(|| default(defaults::MAX_SECS));
        parts.extend(max.map(|max| format!("at most {}", time(&max))));
    }
    if kind != Some(Kind::Decorrelated) {
        let jitter = steps.jitter.or(built_in.then_some(Jitter::Full));
        parts.extend(jitter.map(|jitter| match jitter {
            Jitter::None => "no jitter".to_owned(),
            Jitter::Equal => "equal jitter".to_owned(),
            Jitter::Full => "full jitter".to_owned(),
        }));
    }
    parts.join(", ")
}

fn of_rule(rule: &Rule) -> String {
    let mut parts = Vec::new();
    parts.extend(
        rule.retry
            .map(|retry| if retry { "retried" } else { "not retried" }.to_owned()),
    );
    parts.extend(rule.attempts.as_ref().map(|attempts| match attempts {
        Value::Known(attempts) => format!("{attempts} attempts"),
        Value::Expr(expr) => format!("{} attempts", code(expr)),
    }));
    if !rule.steps.is_empty() {
        parts.push(waits(&rule.steps, false));
    }
    parts.join(", ")
}

/// The longest that the call can take, where every number is known: all attempts time out and all waits are the
/// longest that the policy obeys.
fn longest(config: &Config) -> Option<String> {
    let policy = &config.policy;
    let deadline = match &policy.deadline {
        Some(Value::Known(limit)) => *limit,
        Some(Value::Expr(_)) => return None,
        None if policy.base.is_some() => return None,
        None => None,
    };
    let longest = without_deadline(config);
    let text = match (deadline, longest) {
        (Some(deadline), longest) => Some(written(longest.map_or(deadline, |it| it.min(deadline)))),
        (None, Some(Duration::MAX)) => Some("unbounded".to_owned()),
        (None, Some(longest)) => Some(format!(
            "{}, if every attempt times out and the server asks for the longest wait each time",
            written(longest)
        )),
        (None, None) => None,
    };
    let and_then = config
        .fallback
        .as_ref()
        .map_or("", |_| ", and the fallback");
    text.map(|text| format!("{text}{and_then}"))
}

/// The longest time without the deadline, if it is known; `MAX` if it has no bound.
fn without_deadline(config: &Config) -> Option<Duration> {
    let policy = &config.policy;
    // An upstream's limits let a call wait for a time that nobody knows.
    if policy.base.is_some() || config.schedule.is_some() || config.upstream.is_some() {
        return None;
    }
    let mut attempts = known_or(policy.attempts.as_ref(), defaults::ATTEMPTS)?;
    let mut wait = longest_wait(&policy.steps)?;
    for rule in &policy.rules {
        attempts = attempts.max(known_or(rule.attempts.as_ref(), 0)?);
        wait = wait.max(longest_wait(&rule.steps)?);
    }
    let timeout = Some(Duration::from_secs(defaults::TIMEOUT_SECS));
    let timeout = known_or(policy.timeout.as_ref(), timeout)?.unwrap_or(Duration::MAX);
    let server = Duration::from_secs(defaults::MAX_RETRY_AFTER_SECS);
    let server = known_or(policy.max_retry_after.as_ref(), server)?;
    // A server's wait is a floor, which the schedule's wait may come on top of.
    let waits = server
        .saturating_add(wait)
        .saturating_mul(attempts.saturating_sub(1));
    Some(timeout.saturating_mul(attempts).saturating_add(waits))
}

/// No wait of the schedule is longer than its `max`.
fn longest_wait(steps: &Steps) -> Option<Duration> {
    let max = Duration::from_secs(defaults::MAX_SECS);
    known_or(steps.max.as_ref(), max)
}

fn known_or<T: Copy>(value: Option<&Value<T>>, default: T) -> Option<T> {
    match value {
        Some(value) => value.known().copied(),
        None => Some(default),
    }
}
