//! The keys of `#[resilient(..)]`, each with its reader.

use super::{
    Args, Level,
    backoff::backoff,
    breaker::breaker,
    budget::{budget, cost, failover, upstream},
    concurrency::concurrency,
    fallback::fallback,
    fields,
    hedge::hedge,
    key::{Row, Table, row},
    names,
    rate::rate,
    rule,
    split::split,
    streams::STREAMS,
    value::{self, choice, expression, flag, limit, span},
};
use crate::text::names::CLASSES;

/// The keys of the attribute.
pub(crate) const ARGUMENTS: Table<Args> =
    Table::new(&[RETRIES, STREAMS, SHARED, REST]).answering(elsewhere);

/// Attempts, times and the policy.
const RETRIES: &[Row<Args>] = &[
    row(
        "attempts",
        "attempts = 5",
        &[
            "retries",
            "tries",
            "max_attempts",
            "max_retries",
            "max_tries",
        ],
        |args, it| args.attempts.assign(it, value::count),
    ),
    row(
        "timeout",
        "timeout = \"30s\"",
        &["attempt_timeout"],
        |args, it| args.timeout.assign(it, limit),
    ),
    row(
        "deadline",
        "deadline = \"2m\"",
        &["total_timeout", "overall_timeout", "max_elapsed_time"],
        |args, it| args.deadline.assign(it, limit),
    ),
    row(
        "backoff",
        "backoff(initial = \"1s\", max = \"32s\")",
        &["delay", "wait", "interval", "strategy"],
        |args, it| args.backoff.fill(it, backoff),
    ),
    row(
        "on",
        "on(rate_limited, attempts = 8)",
        &["retry_on", "retry", "class"],
        |args, it| {
            let rule = it.list(rule::rule)?;
            rule::only_once(&args.on, &rule)?;
            args.on.push(rule);
            Ok(())
        },
    ),
    row(
        "max_retry_after",
        "max_retry_after = \"2m\"",
        &["retry_after"],
        |args, it| args.max_retry_after.assign(it, span),
    ),
    row("idempotent", "idempotent = false", &[], |args, it| {
        args.idempotent.assign(it, flag)
    }),
    row(
        "repeat_nested",
        "repeat_nested = true",
        &["nested"],
        |args, it| args.repeat_nested.assign(it, flag),
    ),
    row("policy", "policy = self.policy", &["config"], |args, it| {
        args.policy.assign(it, expression)
    }),
];

/// Shared limits, and what a call does beside its own retries.
const SHARED: &[Row<Args>] = &[
    row(
        "upstream",
        "upstream = OPENAI",
        &["limits", "limiter", "shared"],
        |args, it| args.upstream.assign(it, upstream),
    ),
    row(
        "failover",
        "failover = CHAT",
        &["targets", "fail_over", "router", "route", "providers"],
        |args, it| args.failover.assign(it, failover),
    ),
    row(
        "key",
        "key = tenant",
        &["tenant", "partition", "per"],
        |args, it| args.key.assign(it, expression),
    ),
    row(
        "cost",
        "cost = 1_000",
        &["estimate", "weight", "tokens_used", "estimated_tokens"],
        |args, it| args.cost.assign(it, cost),
    ),
    row(
        "breaker",
        "breaker(failure_ratio = 0.5, break_duration = \"10s\")",
        &["circuit_breaker", "circuit"],
        |args, it| args.breaker.fill(it, breaker),
    ),
    row(
        "requests",
        "requests = \"10/s\"",
        &[
            "rate",
            "rate_limit",
            "rate_limiter",
            "requests_per_minute",
            "requests_per_second",
            "rpm",
            "rps",
            "throttle",
        ],
        |args, it| args.requests.fill(it, rate),
    ),
    row(
        "tokens",
        "tokens = \"200000/min\"",
        &["tpm", "tokens_per_minute", "token_limit", "token_rate"],
        |args, it| args.tokens.fill(it, rate),
    ),
    row(
        "concurrency",
        "concurrency = 8",
        &[
            "bulkhead",
            "max_concurrent",
            "max_concurrency",
            "concurrent",
            "parallel",
            "semaphore",
        ],
        |args, it| args.concurrency.fill(it, concurrency),
    ),
    row(
        "budget",
        "budget = \"20%\"",
        &["retry_budget"],
        |args, it| args.budget.assign(it, budget),
    ),
    row(
        "hedge",
        "hedge(after = \"p95\")",
        &["hedging", "speculative"],
        |args, it| args.hedge.fill(it, hedge),
    ),
    row(
        "fallback",
        "fallback = path::to::function",
        &["or_else", "otherwise", "default", "recover"],
        |args, it| args.fallback.fill(it, fallback),
    ),
    row(
        "split",
        "split = items",
        &["halve", "bisect", "batch"],
        |args, it| args.split.fill(it, split),
    ),
];

/// Classification, the arguments of the function, and the log.
const REST: &[Row<Args>] = &[
    row(
        "classify",
        "classify = path::to::function",
        &["retry_if", "when", "classifier"],
        |args, it| args.classify.assign(it, expression),
    ),
    row(
        "classify_ok",
        "classify_ok = path::to::function",
        &["classify_success"],
        |args, it| args.classify_ok.assign(it, expression),
    ),
    row(
        "until",
        "until = Job::is_ready",
        &["poll", "poll_until", "is_ready", "ready", "retry_until"],
        |args, it| args.until.assign(it, value::predicate),
    ),
    row(
        "body",
        "body = true",
        &["read_body", "buffer"],
        |args, it| args.body.assign(it, flag),
    ),
    row("context", "context = attempt", &["ctx"], |args, it| {
        args.context.fill(it, |it| it.syntax(names::binding))
    }),
    row(
        "by_ref",
        "by_ref(argument)",
        &["ref", "skip", "no_clone", "borrow"],
        |args, it| args.by_ref.fill(it, |it| it.list(names::list)),
    ),
    row("name", "name = \"openai.chat\"", &["label"], |args, it| {
        args.name.assign(it, value::name)
    }),
    row("level", "level = \"debug\"", &["log"], |args, it| {
        args.level
            .assign(it, |key, expr| choice(key, expr, Level::ALL))
    }),
    row("fields", "fields(model = model)", &["field"], |args, it| {
        args.fields.fill(it, |it| it.list(fields::checked))
    }),
    row(
        "crate",
        "crate = path::to::resilient_runtime",
        &["runtime"],
        |args, it| args.krate.fill(it, |it| it.syntax(names::path)),
    ),
];

/// Answers names that belong in another list, and names of features that exist in another form.
fn elsewhere(name: &str) -> Option<String> {
    const ANSWERS: &[(&[&str], &str)] = &[
        (
            &[
                "initial",
                "initial_delay",
                "initial_interval",
                "initial_backoff",
                "min_delay",
                "base_delay",
                "retry_delay",
            ],
            "did you mean `backoff(initial = \"1s\")`?",
        ),
        (
            &[
                "max",
                "max_delay",
                "max_interval",
                "max_backoff",
                "max_wait",
            ],
            "did you mean `backoff(max = \"32s\")`?",
        ),
        (
            &["factor", "multiplier"],
            "did you mean `backoff(factor = 2)`?",
        ),
        (&["jitter"], "did you mean `backoff(jitter = \"full\")`?"),
        (
            &["kind", "exponential"],
            "did you mean `backoff(kind = \"exponential\")`?",
        ),
        (
            &[
                "on_retry",
                "on_failure",
                "before_retry",
                "after_attempt",
                "notify",
            ],
            "each retry is logged as a `tracing` event; in the body, `context = attempt` has the number \
                of the attempt and the class of the last failure",
        ),
    ];
    let answer = ANSWERS.iter().find(|(names, _)| names.contains(&name));
    let is_class = || CLASSES.iter().any(|(class, _)| *class == name);
    match answer {
        Some((_, answer)) => Some((*answer).to_owned()),
        None => is_class().then(|| format!("did you mean `on({name}, retry = true)`?")),
    }
}
