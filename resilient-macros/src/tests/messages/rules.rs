//! Messages about `backoff(..)`, `on(..)` and combinations of arguments.

use super::attribute;

#[test]
fn mistakes_in_a_backoff_are_at_their_words() {
    attribute("backoff()", &[("backoff()", "is empty")]);
    attribute("backoff = 3", &[("3", "a list or a schedule")]);
    attribute(
        "backoff(kind = \"expo\")",
        &[(
            "\"expo\"",
            "`exponential`, `linear`, `fixed`, `decorrelated`",
        )],
    );
    attribute(
        "backoff(kind = \"exponental\")",
        &[("\"exponental\"", "did you mean `kind = \"exponential\"`?")],
    );
    attribute(
        "backoff(jitter = full)",
        &[("full", "did you mean `jitter = \"full\"`?")],
    );
    attribute(
        "backoff(jitter = 1)",
        &[("1", "as a string: `none`, `equal`, `full`")],
    );
    attribute("backoff(factor = 0.5)", &[("0.5", "at least 1")]);
    attribute("backoff(factor = -2)", &[("-2", "at least 1")]);
    attribute(
        "backoff(factor = f64::NAN)",
        &[("f64::NAN", "a finite number")],
    );
    attribute(
        "backoff(factor = -f64::INFINITY)",
        &[("-f64::INFINITY", "a finite number")],
    );
    attribute("backoff(factor = 1e999)", &[("1e999", "a finite number")]);
    attribute(
        "backoff(factor = \"2\")",
        &[("\"2\"", "is a number: write `factor = 2`")],
    );
    attribute(
        "backoff(initial = \"3s\", max = \"2s\")",
        &[("\"3s\"", "longer than `max`")],
    );
    attribute(
        "backoff(initial = \"1m\")",
        &[("\"1m\"", "longer than the longest wait, which is 32s")],
    );
    attribute(
        "backoff(max = \"500ms\")",
        &[("\"500ms\"", "shorter than the first wait, which is 1s")],
    );
    attribute(
        "backoff(kind = \"linear\", factor = 2)",
        &[("factor", "has no factor")],
    );
    attribute(
        "backoff(kind = \"fixed\", max = \"2s\")",
        &[("max", "`max` has no effect")],
    );
    attribute(
        "backoff(kind = \"decorrelated\", jitter = \"full\")",
        &[("jitter", "random by itself")],
    );
    attribute(
        "policy = P, backoff(initial = \"3s\", max = \"2s\")",
        &[("\"3s\"", "longer than `max`")],
    );
}

#[test]
fn mistakes_in_a_rule_are_at_their_words() {
    attribute("on()", &[("on()", "is empty")]);
    attribute(
        "on(timeout)",
        &[("timeout", "`on(timeout)` has no settings")],
    );
    attribute(
        "on(timeout,)",
        &[("timeout", "`on(timeout)` has no settings")],
    );
    attribute(
        "on(\"timeout\", retry = true)",
        &[("\"timeout\"", "not in quotes")],
    );
    attribute(
        "on(RateLimited, retry = true)",
        &[("RateLimited", "did you mean `rate_limited`?")],
    );
    attribute("on(timeout retry = true)", &[("retry", "expected a `,`")]);
    attribute("on(timeout, attempts = 0)", &[("0", "at least 1")]);
    attribute("on(timeout, retry = 1)", &[("1", "`true` or `false`")]);
    attribute(
        "on(timeout, retry = false, attempts = 3)",
        &[("attempts", "has no effect")],
    );
    attribute(
        "on(timeout, retry = false, max = \"2s\")",
        &[("max", "has no effect")],
    );
    attribute(
        "on(timeout, attempts = 1, retry = true)",
        &[("retry", "has no effect")],
    );
    attribute(
        "on(timeout, retry = true), on(timeout, attempts = 3)",
        &[("timeout", "a rule for `timeout` already")],
    );
    attribute(
        "on(quota_exhausted, retry = true)",
        &[("true", "no retry can succeed")],
    );
    attribute(
        "on(quota_exhausted, attempts = 3)",
        &[("quota_exhausted", "no retry can succeed")],
    );
    attribute(
        "on(timeout, initial = \"1m\")",
        &[("\"1m\"", "which is 32s")],
    );
    attribute(
        "backoff(max = \"5s\"), on(timeout, initial = \"6s\")",
        &[("\"6s\"", "which is 5s")],
    );
    attribute(
        "backoff(kind = \"fixed\"), on(timeout, max = \"6s\")",
        &[("max", "`max` has no effect")],
    );
    attribute(
        "on(circuit_open, attempts = 3)",
        &[(
            "circuit_open",
            "fails at once while the circuit breaker is open",
        )],
    );
    attribute(
        "on(circuit_open, retry = false)",
        &[(
            "circuit_open",
            "fails at once while the circuit breaker is open",
        )],
    );
    attribute(
        "on(circuit_open)",
        &[("circuit_open", "or write `on(circuit_open, retry = true)`")],
    );
    attribute(
        "requests = \"5/s\", on(circuit_open, retry = true)",
        &[("circuit_open", "there is no circuit breaker to wait for")],
    );
    let waits = "a call that waits for the circuit breaker makes no attempts";
    attribute(
        "breaker, on(circuit_open, retry = true, attempts = 3, initial = \"1s\")",
        &[("attempts", waits), ("initial", waits)],
    );
    for class in [
        "throttled",
        "at_capacity",
        "cap_reached",
        "deadline",
        "cancelled",
    ] {
        attribute(
            &format!("on({class}, retry = true)"),
            &[(class, "arises in this process")],
        );
    }
}

#[test]
fn contradictions_and_arguments_without_effect_are_reported() {
    attribute(
        "timeout = \"2m\", deadline = \"1m\"",
        &[("\"2m\"", "longer than the deadline of the whole call, 1m")],
    );
    attribute(
        "max_retry_after = \"2m\", deadline = \"1m\"",
        &[("\"2m\"", "never fits into the deadline, 1m")],
    );
    let dead = "`attempts = 1` means that nothing is retried";
    attribute(
        "attempts = 1, backoff(factor = 3), max_retry_after = \"1m\", idempotent = false, repeat_nested = true",
        &[
            ("backoff", dead),
            ("max_retry_after", dead),
            ("idempotent", dead),
            ("repeat_nested", dead),
        ],
    );
    attribute(
        "attempts = 1, on(timeout, retry = true)",
        &[("on(timeout, retry = true)", dead)],
    );
}
