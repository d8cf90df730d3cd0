//! Names that are no settings, with an answer.

/// Names that the code has and a configuration has not, with the reason.
pub(super) const FIXED: &[(&str, &str)] = &[
    (
        "keys",
        "the number of keys is fixed when the upstream is built",
    ),
    (
        "concurrency.min",
        "the lower bound is fixed when the upstream is built",
    ),
    (
        "concurrency.adaptive",
        "whether the limit adapts is fixed when the upstream is built",
    ),
    ("seed", "a seed is for tests: the code sets it"),
    (
        "upstream",
        "the code decides which upstream a function uses",
    ),
    ("key", "the code decides about the key of a call"),
    ("cost", "the code estimates the cost of a call"),
    (
        "policy",
        "the settings of the policy stand here by their names",
    ),
    ("hedge", "hedging is part of the code"),
    ("fallback", "a fallback is part of the code"),
    ("classify", "the classification is part of the code"),
    ("name", "the name is part of the code"),
];

/// Other names, answered with the one of the table.
pub(super) const NICKNAMES: &[(&str, &str)] = &[
    ("retries", "attempts"),
    ("max_attempts", "attempts"),
    ("max_retries", "attempts"),
    ("attempt_timeout", "timeout"),
    ("total_timeout", "deadline"),
    ("max_elapsed_time", "deadline"),
    ("initial", "backoff.initial"),
    ("factor", "backoff.factor"),
    ("multiplier", "backoff.factor"),
    ("backoff.multiplier", "backoff.factor"),
    ("max", "backoff.max"),
    ("jitter", "backoff.jitter"),
    ("kind", "backoff.kind"),
    ("retry_after", "max_retry_after"),
    ("retry_budget", "budget"),
    ("rate", "requests"),
    ("rpm", "requests"),
    ("requests_per_minute", "requests"),
    ("rate_limit", "requests"),
    ("tpm", "tokens"),
    ("tokens_per_minute", "tokens"),
    ("bulkhead", "concurrency"),
    ("max_concurrency", "concurrency"),
    ("circuit_breaker", "breaker"),
];
