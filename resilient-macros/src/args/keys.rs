//! The names of all arguments, in one table for each list they can stand in.

use super::find::Tables;
use crate::classes::{CLASSES, FALLBACKS};
use std::slice;

/// A name that may stand in a list of arguments.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// How to write it.
    pub(crate) example: &'static str,
    /// What others call it.
    pub(super) others: &'static [&'static str],
}

const fn key(name: &'static str, example: &'static str, others: &'static [&'static str]) -> Key {
    Key {
        name,
        example,
        others,
    }
}

/// What may stand in `#[resilient(..)]`.
pub(crate) const ARGUMENTS: &[Key] = &[
    key(
        "attempts",
        "attempts = 5",
        &[
            "retries",
            "tries",
            "max_attempts",
            "max_retries",
            "max_tries",
        ],
    ),
    key("timeout", "timeout = \"30s\"", &["attempt_timeout"]),
    key(
        "deadline",
        "deadline = \"2m\"",
        &["total_timeout", "overall_timeout", "max_elapsed_time"],
    ),
    key(
        "backoff",
        "backoff(initial = \"1s\", max = \"32s\")",
        &[
            "delay", "wait", "interval", "initial", "factor", "max", "jitter", "kind", "strategy",
        ],
    ),
    key(
        "on",
        "on(rate_limited, attempts = 8)",
        &["retry_on", "retry", "class"],
    ),
    key(
        "max_retry_after",
        "max_retry_after = \"2m\"",
        &["retry_after"],
    ),
    key("idempotent", "idempotent = false", &[]),
    key("repeat_nested", "repeat_nested = true", &["nested"]),
    key("policy", "policy = self.policy", &["config"]),
    key(
        "upstream",
        "upstream = OPENAI",
        &["limits", "limiter", "shared"],
    ),
    key("key", "key = tenant", &["tenant", "partition", "per"]),
    key(
        "cost",
        "cost = 1_000",
        &["estimate", "weight", "tokens_used", "estimated_tokens"],
    ),
    key(
        "breaker",
        "breaker(failure_ratio = 0.5, pause = \"10s\")",
        &["circuit_breaker", "circuit"],
    ),
    key(
        "rate",
        "rate = \"10/s\"",
        &[
            "rate_limit",
            "rate_limiter",
            "requests",
            "requests_per_minute",
            "requests_per_second",
            "rpm",
            "rps",
            "throttle",
        ],
    ),
    key(
        "tokens",
        "tokens = \"200000/min\"",
        &["tpm", "tokens_per_minute", "token_limit", "token_rate"],
    ),
    key(
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
    ),
    key("budget", "budget = \"20%\"", &["retry_budget"]),
    key(
        "hedge",
        "hedge(after = \"p95\")",
        &["hedging", "speculative"],
    ),
    key(
        "fallback",
        "fallback = path::to::function",
        &["or_else", "otherwise", "default", "recover"],
    ),
    key(
        "classify",
        "classify = path::to::function",
        &["retry_if", "when", "classifier"],
    ),
    key(
        "classify_ok",
        "classify_ok = path::to::function",
        &["classify_success"],
    ),
    key("context", "context = attempt", &["ctx"]),
    key(
        "by_ref",
        "by_ref(argument)",
        &["ref", "skip", "no_clone", "borrow"],
    ),
    key("name", "name = \"openai.chat\"", &["label"]),
    key("level", "level = \"debug\"", &["log"]),
    key("fields", "fields(model = model)", &["field"]),
    key("crate", "crate = path::to::resilient_runtime", &["runtime"]),
];

/// What may stand in `backoff(..)`.
pub(crate) const BACKOFF: &[Key] = &[
    key("kind", "kind = \"exponential\"", &["strategy", "type"]),
    key(
        "initial",
        "initial = \"1s\"",
        &["base", "min", "delay", "start", "first"],
    ),
    key("factor", "factor = 2", &["multiplier", "exponent"]),
    key("max", "max = \"32s\"", &["cap", "max_delay", "limit"]),
    key("jitter", "jitter = \"full\"", &["random"]),
];

/// What may stand in `on(class, ..)`, beside what may stand in `backoff(..)`.
pub(crate) const RULE: &[Key] = &[
    key("retry", "retry = true", &["retryable", "retried"]),
    key(
        "attempts",
        "attempts = 8",
        &["retries", "tries", "max_attempts", "max_retries"],
    ),
];

/// What may stand in `breaker(..)`.
pub(crate) const BREAKER: &[Key] = &[
    key(
        "failure_ratio",
        "failure_ratio = 0.5",
        &["failure_rate", "ratio", "threshold", "failures"],
    ),
    key("window", "window = \"10s\"", &["interval", "period"]),
    key(
        "min_calls",
        "min_calls = 20",
        &[
            "minimum_throughput",
            "minimum_calls",
            "min_throughput",
            "volume",
        ],
    ),
    key(
        "consecutive",
        "consecutive = 5",
        &["consecutive_failures", "max_failures"],
    ),
    key("slow", "slow = \"10s\"", &["slow_call", "slow_calls"]),
    key("slow_ratio", "slow_ratio = 0.8", &["slow_rate"]),
    key(
        "pause",
        "pause = \"5s\"",
        &[
            "break",
            "break_duration",
            "open",
            "wait",
            "reset_timeout",
            "sleep_window",
        ],
    ),
    key("max_pause", "max_pause = \"1m\"", &["max", "max_break"]),
    key("factor", "factor = 2", &["multiplier", "exponent"]),
    key(
        "probes",
        "probes = 3",
        &["half_open", "trials", "permitted"],
    ),
    key("lease", "lease = \"1m\"", &["probe_timeout"]),
];

/// What may stand in `rate("10/s", ..)` and `tokens("200000/min", ..)`.
pub(crate) const RATE: &[Key] = &[key("burst", "burst = 20", &["max", "capacity", "bucket"])];

/// What may stand in `concurrency(..)`.
pub(crate) const CONCURRENCY: &[Key] = &[
    key("min", "min = 4", &["lower", "from"]),
    key("max", "max = 64", &["upper", "to", "limit"]),
    key(
        "queue",
        "queue = 100",
        &["waiting", "queue_size", "max_queue"],
    ),
];

/// What may stand in `hedge(..)`.
pub(crate) const HEDGE: &[Key] = &[
    key("after", "after = \"p95\"", &["delay", "wait", "quantile"]),
    key("max", "max = 1", &["count", "hedges", "attempts", "limit"]),
];

/// What may stand in `fallback(..)`: the classes, and all others.
pub(crate) const FALLBACK: &Tables = &[
    CLASSES_OF_FALLBACK,
    &[key(
        OTHER,
        "other = path::to::function",
        &["else", "default", "_", "otherwise", "rest", "any"],
    )],
];

/// In `fallback(..)`, all classes that are not named.
pub(crate) const OTHER: &str = "other";

/// Each class and its function.
const CLASSES_OF_FALLBACK: &[Key] = &{
    let mut words = [const { key("", "", &[]) }; CLASSES.len()];
    let (mut left, mut rest): (&mut [Key], _) = (&mut words, CLASSES);
    let mut examples = FALLBACKS;
    while let ([word, words @ ..], [(name, variant), classes @ ..], [example, more @ ..]) =
        (left, rest, examples)
    {
        *word = key(name, example, slice::from_ref(variant));
        (left, rest, examples) = (words, classes, more);
    }
    words
};

/// What may stand in `#[classify(..)]`: the classes, and these.
pub(crate) const DERIVE: &Tables = &[CLASS_WORDS, CLASSIFY];

const CLASSIFY: &[Key] = &[
    key("status", "status = field", &["status_code", "http_status"]),
    key(
        "retry_after",
        "retry_after = field",
        &["wait", "after", "delay", "retry_in"],
    ),
    key("code", "code = field", &["error_code"]),
    key("kind", "kind = field", &["type", "error_type"]),
    key("message", "message = field", &["msg", "text"]),
    key("param", "param = field", &["parameter"]),
    key("request_id", "request_id = field", &["id"]),
    key(
        "delegate",
        "delegate",
        &["transparent", "source", "from", "forward", "inner"],
    ),
    key("rejection", "rejection", &["rejected"]),
    key("crate", "crate = path::to::resilient_runtime", &["runtime"]),
];

/// Each class as a word of its own; others may write it as the runtime's variant.
const CLASS_WORDS: &[Key] = &class_words();

const fn class_words() -> [Key; CLASSES.len()] {
    let mut words = [const { key("", "", &[]) }; CLASSES.len()];
    let (mut left, mut rest): (&mut [Key], _) = (&mut words, CLASSES);
    while let ([word, words @ ..], [(name, variant), classes @ ..]) = (left, rest) {
        *word = key(name, name, slice::from_ref(variant));
        (left, rest) = (words, classes);
    }
    words
}
