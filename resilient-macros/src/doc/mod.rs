//! The section "Resilience" in the documentation of the function.

mod longest;
mod schedule;
mod shared;
mod timetable;
mod values;

use crate::{
    args::{Args, Jitter, Kind, Rule, Steps, Value, policy::Base},
    text::names::defaults,
};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use std::time::Duration;
use syn::{Attribute, Meta};
use values::{AT_RUN_TIME, count, limit, number, time};

/// The section as attributes, if the function is documented. Otherwise there is none:
/// `missing_docs` still reports the function, and a method of an `impl` still shows the
/// documentation of its trait.
pub(crate) fn section(args: &Args, is_stream: bool, attrs: &[Attribute]) -> Option<TokenStream> {
    let is_documented = attrs
        .iter()
        .any(|attr| attr.path().is_ident("doc") && matches!(attr.meta, Meta::NameValue(_)));
    is_documented.then(|| {
        let lines = lines(args, is_stream)
            .into_iter()
            .map(|line| format!(" {line}"));
        quote_spanned!(Span::mixed_site()=> #(#[doc = #lines])*)
    })
}

fn lines(args: &Args, is_stream: bool) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        "# Resilience".to_owned(),
        String::new(),
        "Transient failures are retried; the error is that of the last attempt.".to_owned(),
        String::new(),
    ];
    let mut row = |name: &str, text: Option<String>| {
        lines.extend(text.map(|text| format!("- {name}: {text}")));
    };
    let is_polled = !args.until.is_empty();
    row(
        "polled",
        is_polled.then(|| "until the job is ready".to_owned()),
    );
    let is_on_built_in = args.is_on_built_in();
    // The argument, or the default if the built-in policy lies below.
    let or = |said: Option<String>, default: String| said.or(is_on_built_in.then_some(default));
    row(
        "attempts",
        or(
            args.attempts.value().map(count),
            count(&Value::Known(defaults::ATTEMPTS)),
        ),
    );
    let timeout = Value::Known(Some(Duration::from_secs(defaults::TIMEOUT_SECS)));
    row(
        if is_stream {
            "timeout of opening"
        } else {
            "timeout of one attempt"
        },
        or(args.timeout.value().map(limit), limit(&timeout)),
    );
    if is_stream {
        let default = |secs| limit(&Value::Known(Some(Duration::from_secs(secs))));
        let first = args.first.value().map(limit);
        row(
            "first content of one attempt",
            or(first, default(defaults::FIRST_SECS)),
        );
        let idle = args.idle.value().map(limit);
        row(
            "gap between two items",
            or(idle, default(defaults::IDLE_SECS)),
        );
    }
    row(
        if is_stream {
            "deadline of the whole stream"
        } else if is_polled {
            "deadline of all polls"
        } else {
            "deadline of the whole call"
        },
        or(args.deadline.value().map(limit), limit(&Value::Known(None))),
    );
    row("waits between attempts", waits_between(args));
    let most = Value::Known(Duration::from_secs(defaults::MAX_RETRY_AFTER_SECS));
    let server = |wait: &Value<Duration>| format!("honoured up to {}", time(wait));
    row(
        "`Retry-After` of the server",
        or(args.max_retry_after.value().map(server), server(&most)),
    );
    if args.idempotent.value() == Some(&false) {
        row(
            "retried",
            Some("only requests that the server did not process".to_owned()),
        );
    }
    if args.repeat_nested.value() == Some(&true) {
        row(
            "nested calls",
            Some("retried here too, after their own retries".to_owned()),
        );
    }
    for rule in &args.on {
        let Rule { class, .. } = &rule.value;
        row(&format!("`{}`", class.0), Some(of_rule(&rule.value)));
    }
    row("retry budget", args.budget.value().map(shared::budget));
    for (name, text) in shared::lines(args) {
        row(name, Some(text));
    }
    row(
        "everything else",
        match args.base() {
            Base::BuiltIn => None,
            Base::Expr(_) => Some("as in the policy of the call".to_owned()),
            Base::Upstream => Some("as in the policy of the upstream".to_owned()),
        },
    );
    let of_poll = if is_polled { " of a poll" } else { "" };
    let name = format!("longest time{of_poll}");
    row(&name, longest::text(args, is_stream));
    let at_run_time = "set at run time; `policy_of(..)` of the runtime explains it";
    let at_run_time = timetable::is_set_at_run_time(args, is_stream).then_some(at_run_time);
    row("schedule of the attempts", at_run_time.map(str::to_owned));
    lines.extend(timetable::lines(args, is_stream));
    lines
}

fn waits_between(args: &Args) -> Option<String> {
    let is_on_built_in = args.is_on_built_in();
    match args.schedule() {
        Some(_) => Some("by a schedule of its own".to_owned()),
        None if args.steps().is_empty() && !is_on_built_in => None,
        None => Some(waits(args.steps(), is_on_built_in)),
    }
}

/// `exponential from 1s, times 2, at most 32s, full jitter`. Without the built-in policy below,
/// only the settings that are given.
fn waits(steps: &Steps, built_in: bool) -> String {
    let kind = steps.kind.value().copied();
    let kind = kind.or(built_in.then_some(Kind::Exponential));
    let mut parts = Vec::new();
    parts.extend(kind.map(|kind| match kind {
        Kind::Exponential => "exponential".to_owned(),
        Kind::Linear => "linear".to_owned(),
        Kind::Fixed => "fixed".to_owned(),
        Kind::Decorrelated => "decorrelated jitter".to_owned(),
    }));
    let default = |secs| built_in.then(|| Value::Known(Duration::from_secs(secs)));
    let initial = steps.initial.value().cloned();
    let initial = initial.or_else(|| default(defaults::INITIAL_SECS));
    parts.extend(initial.map(|initial| format!("from {}", time(&initial))));
    if !matches!(kind, Some(Kind::Linear | Kind::Fixed)) {
        let default = match kind {
            Some(Kind::Decorrelated) => defaults::DECORRELATED_FACTOR,
            _ => defaults::FACTOR,
        };
        let factor = steps.factor.value().cloned();
        let factor = factor.or(built_in.then_some(Value::Known(default)));
        parts.extend(factor.map(|factor| format!("times {}", number(&factor))));
    }
    if kind != Some(Kind::Fixed) {
        let max = steps.max.value().cloned();
        let max = max.or_else(|| default(defaults::MAX_SECS));
        parts.extend(max.map(|max| format!("at most {}", time(&max))));
    }
    if kind != Some(Kind::Decorrelated) {
        let jitter = steps.jitter.value().copied();
        let jitter = jitter.or(built_in.then_some(Jitter::Full));
        parts.extend(jitter.map(|jitter| match jitter {
            Jitter::None => "no jitter".to_owned(),
            Jitter::Equal => "equal jitter".to_owned(),
            Jitter::Full => "full jitter".to_owned(),
        }));
    }
    parts.join(", ")
}

fn of_rule(rule: &Rule) -> String {
    let settings = &rule.settings;
    let mut parts = Vec::new();
    parts.extend(
        settings
            .retry
            .value()
            .map(|retry| if *retry { "retried" } else { "not retried" }.to_owned()),
    );
    let attempts = settings.attempts.value();
    parts.extend(attempts.map(|attempts| match number(attempts) {
        text if text == AT_RUN_TIME => "attempts set at run time".to_owned(),
        text => format!("{text} attempts"),
    }));
    if !settings.steps.is_empty() {
        parts.push(waits(&settings.steps, false));
    }
    parts.join(", ")
}
