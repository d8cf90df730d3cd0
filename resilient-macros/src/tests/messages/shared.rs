//! Messages about `upstream`, `key`, `cost` and limits.

use super::{attribute, correct};

#[test]
fn own_limits_beside_a_shared_upstream_are_rejected() {
    attribute(
        "upstream = X, breaker, requests = \"10/s\", tokens(\"1/s\", burst = 2), concurrency = 3, cost = 4",
        &[
            ("breaker", "set it on the upstream (`.breaker(..)`)"),
            ("requests", "set it on the upstream (`.requests(..)`)"),
            ("tokens", "set it on the upstream (`.tokens(..)`)"),
            ("concurrency", "set it on the upstream (`.concurrency(..)`)"),
        ],
    );
    attribute("upstream = \"x\"", &[("\"x\"", "holds an `Upstream`")]);
    attribute("upstream", &[("upstream", "write `upstream = OPENAI`")]);
    attribute(
        "key = text",
        &[("key", "and there is no upstream: write `upstream = ..` too")],
    );
    attribute(
        "requests = \"1/s\", key = text",
        &[("key", "and there is no upstream")],
    );
}

#[test]
fn a_cost_needs_a_limit_of_tokens() {
    attribute(
        "cost = 3",
        &[("cost", "a limit of tokens, and there is no such limit")],
    );
    attribute(
        "requests = \"1/s\", cost = 3",
        &[("cost", "there is no such limit")],
    );
    attribute("upstream = X, cost = 0", &[("0", "`cost` is at least 1")]);
    attribute("upstream = X, cost = 1.5", &[("1.5", "a whole number")]);
    attribute("upstream = X, cost = -1", &[("-1", "at least 1")]);
    attribute("upstream = X, cost = 3u8", &[("3u8", "a whole number")]);
    attribute(
        "upstream = X, cost = 99999999999999999999",
        &[("99999999999999999999", "at most 18446744073709551615")],
    );
    attribute(
        "tokens = \"100/s\", cost = 101",
        &[("101", "more than `tokens` ever lets through at once, 100")],
    );
    attribute(
        "tokens(\"100/s\", burst = 20), cost = 21",
        &[("21", "at once, 20")],
    );
}

#[test]
fn mistakes_in_a_rate_are_at_their_words() {
    attribute(
        "requests = 10",
        &[("10", "in quotes: write `requests = \"10/s\"`")],
    );
    attribute("requests = true", &[("true", "an amount per unit of time")]);
    attribute(
        "requests = \"10\"",
        &[("\"10\"", "has no unit: write \"10/s\"")],
    );
    correct("requests = \"10/m\"");
    attribute(
        "requests = \"10/mins\"",
        &[("\"10/mins\"", "write \"10/min\"")],
    );
    attribute("tokens = \"0/s\"", &[("\"0/s\"", "lets nothing through")]);
    attribute("requests()", &[("requests()", "is empty")]);
    attribute(
        "requests(burst = 3)",
        &[("burst = 3", "starts with the rate")],
    );
    attribute(
        "requests(\"10/s\", burst = 0)",
        &[("0", "`burst` is at least 1")],
    );
    attribute(
        "requests(\"10/s\" burst = 3, tokens = 4)",
        &[
            ("burst", "expected a `,`"),
            ("tokens", "unknown argument `tokens`"),
        ],
    );
    attribute(
        "tokens(\"0/s\", burst = \"x\")",
        &[
            ("\"0/s\"", "lets nothing through"),
            ("\"x\"", "a whole number"),
        ],
    );
    attribute(
        "rpm = 500",
        &[("rpm", "did you mean `requests = \"10/s\"`?")],
    );
    attribute(
        "tpm = 500",
        &[("tpm", "did you mean `tokens = \"200000/min\"`?")],
    );
}

#[test]
fn mistakes_in_a_limit_of_concurrency_are_at_their_words() {
    attribute("concurrency = 0", &[("0", "is at least 1")]);
    attribute("concurrency = \"8\"", &[("\"8\"", "a whole number")]);
    attribute("concurrency(0)", &[("0", "is at least 1")]);
    attribute("concurrency(8, queue = -1)", &[("-1", "is at least 0")]);
    attribute(
        "concurrency(8, min = 4, max = 9)",
        &[
            ("min", "the limit is given as a number already"),
            ("max", "the limit is given as a number already"),
        ],
    );
    attribute(
        "concurrency(min = 4)",
        &[("min = 4", "the limit is missing")],
    );
    attribute(
        "concurrency(queue = 4)",
        &[("queue = 4", "the limit is missing")],
    );
    attribute(
        "concurrency(min = 9, max = 8)",
        &[("9", "the lower bound is above `max`")],
    );
    attribute(
        "bulkhead = 8",
        &[("bulkhead", "did you mean `concurrency = 8`?")],
    );
}

#[test]
fn mistakes_in_a_breaker_are_at_their_words() {
    attribute(
        "breaker = \"5s\"",
        &[("breaker", "takes a list in parentheses, or stands alone")],
    );
    attribute(
        "breaker(failure_ratio = 0, slow = \"0s\", slow_ratio = 1.5)",
        &[
            ("0", "above 0 and at most 1"),
            ("\"0s\"", "longer than zero"),
            ("1.5", "above 0 and at most 1"),
        ],
    );
    attribute(
        "breaker(failure_ratio = f64::NAN)",
        &[("f64::NAN", "above 0 and at most 1")],
    );
    attribute(
        "breaker(failure_ratio = \"50%\")",
        &[("\"50%\"", "write `failure_ratio = 0.5`")],
    );
    attribute(
        "breaker(slow_ratio = 0.5)",
        &[("slow_ratio", "without `slow`")],
    );
    attribute(
        "breaker(window = \"0s\", min_calls = 0, consecutive = 0, half_open_probes = 65, probe_timeout = \"0s\", factor = 0.5)",
        &[
            ("\"0s\"", "`window` is longer than zero"),
            ("0", "`min_calls` is at least 1"),
            ("0", "`consecutive` is at least 1"),
            ("65", "`half_open_probes` is at most 64"),
            ("\"0s\"", "`probe_timeout` is longer than zero"),
            ("0.5", "`factor` is at least 1"),
        ],
    );
    attribute(
        "breaker(break_duration = \"3s\", max_break_duration = \"2s\")",
        &[("\"3s\"", "longer than `max_break_duration`")],
    );
    attribute(
        "breaker(break_duration = \"2m\")",
        &[("\"2m\"", "longer than the longest break, which is 1m")],
    );
    attribute(
        "breaker(max_break_duration = \"1s\")",
        &[("\"1s\"", "shorter than the first break, which is 5s")],
    );
    attribute("breaker(treshold = 1)", &[("treshold", "unknown argument")]);
    attribute(
        "breaker(threshold = 1), circuit_breaker",
        &[
            ("threshold", "did you mean `failure_ratio = 0.5`?"),
            ("circuit_breaker", "did you mean `breaker("),
        ],
    );
}

#[test]
fn correct_limits_have_no_mistakes() {
    for arguments in [
        "upstream = X, policy = P, key = text, cost = 3u64, hedge(after = \"5m\")",
        "breaker, requests = \"1_000/h\"",
        "breaker(), tokens = RATE, cost = 1_000_000",
        "breaker(failure_ratio = 1, slow = \"10s\", break_duration = PAUSE, max_break_duration = \"1s\"), concurrency = Self::N",
        "requests(RATE, burst = 1,), concurrency(8)",
        "tokens(\"100/s\", burst = BURST), cost = 101",
        "concurrency(min = 4, max = 4, queue = 0)",
        "budget = \"none\", attempts = 3",
        "budget = Budget::percent(3)",
        "hedge(after = \"p50\", max = 8)",
        "hedge(after = \"p99.9\"), timeout = \"none\"",
        "fallback = |_, _, error| Err(error)",
        "fallback(circuit_open = Self::a, other = b::<T>,)",
    ] {
        let (found, _) = super::mistakes(&format!(
            "#[resilient({arguments})] async fn f(&self, text: String) -> R {{ x }}"
        ));
        assert!(found.is_empty(), "{arguments}: {found:?}");
    }
}
