//! Messages about values.

use super::{attribute, correct};

#[test]
fn wrong_values_are_answered_with_a_correct_one() {
    attribute(
        "attempts = -1",
        &[("-1", "at least 1, since the first attempt counts")],
    );
    attribute("attempts = 0", &[("0", "at least 1")]);
    attribute("attempts = 1.5", &[("1.5", "whole number")]);
    attribute("attempts = 3u8", &[("3u8", "whole number")]);
    attribute(
        "attempts = 4294967296",
        &[("4294967296", "at most 4294967295")],
    );
    attribute("timeout = 1.5", &[("1.5", "write `timeout = \"1.5s\"`")]);
    attribute("timeout = -1", &[("-1", "cannot be negative")]);
    attribute(
        "timeout = true",
        &[(
            "true",
            "a duration with its unit: write `timeout = \"30s\"`",
        )],
    );
    attribute(
        "timeout = \"5 parsecs\"",
        &[("\"5 parsecs\"", "unknown unit `parsecs`")],
    );
    attribute("timeout = \"0s\"", &[("\"0s\"", "zero leaves no time")]);
    attribute("deadline = \"0ms\"", &[("\"0ms\"", "zero leaves no time")]);
    attribute(
        "deadline = \"None\"",
        &[("\"None\"", "write `deadline = \"none\"`")],
    );
    attribute(
        "timeout = \"off\"",
        &[("\"off\"", "write `timeout = \"none\"`")],
    );
    attribute(
        "max_retry_after = \"none\"",
        &[("\"none\"", "is not a duration")],
    );
    attribute(
        "idempotent = \"no\"",
        &[(
            "\"no\"",
            "`true` or `false`, without quotes: write `idempotent = false`",
        )],
    );
    attribute("repeat_nested = 0", &[("0", "`true` or `false`")]);
    attribute(
        "level = \"loud\"",
        &[("\"loud\"", "`trace`, `debug`, `info`, `warn`, `error`")],
    );
    attribute(
        "level = Level::DEBUG",
        &[("Level::DEBUG", "did you mean `level = \"debug\"`?")],
    );
    attribute("name = 3", &[("3", "a string that is not empty")]);
    attribute("name = \"\"", &[("\"\"", "a string that is not empty")]);
    attribute("context = 3", &[("3", "a new name for the body to use")]);
    attribute(
        "context = self",
        &[("self", "a new name for the body to use")],
    );
    attribute("context = text", &[("text", "is an argument already")]);
    attribute("context = b", &[("b", "is an argument already")]);
    attribute("crate = \"a::b\"", &[("\"a::b\"", "a path, not in quotes")]);
    attribute("crate = 3", &[("3", "a path")]);
}

#[test]
fn quoted_and_unusual_values_are_answered_with_the_value_itself() {
    for (argument, word, answer) in [
        ("attempts = \"4\"", "\"4\"", "write `attempts = 4`"),
        ("attempts = 4u8", "4u8", "write `attempts = 4`"),
        (
            "cost = \"1_500\", tokens = \"9000/m\"",
            "\"1_500\"",
            "write `cost = 1500`",
        ),
        ("concurrency = \"16\"", "\"16\"", "write `concurrency = 16`"),
        (
            "concurrency(8, queue = \"50\")",
            "\"50\"",
            "write `queue = 50`",
        ),
        (
            "backoff(factor = \"1.5\")",
            "\"1.5\"",
            "write `factor = 1.5`",
        ),
        (
            "breaker(failure_ratio = \"30%\")",
            "\"30%\"",
            "write `failure_ratio = 0.3`",
        ),
        (
            "breaker(failure_ratio = \"0.7\")",
            "\"0.7\"",
            "write `failure_ratio = 0.7`",
        ),
        (
            "breaker(failure_ratio = 40)",
            "40",
            "write `failure_ratio = 0.4`",
        ),
        ("budget = 30", "30", "write `budget = \"30%\"`"),
        ("budget = 0.3", "0.3", "write `budget = \"30%\"`"),
        ("budget = \"30\"", "\"30\"", "write `budget = \"30%\"`"),
        (
            "idempotent = \"true\"",
            "\"true\"",
            "write `idempotent = true`",
        ),
        (
            "backoff(jitter = true)",
            "true",
            "did you mean `jitter = \"full\"`?",
        ),
        (
            "backoff(jitter = false)",
            "false",
            "did you mean `jitter = \"none\"`?",
        ),
        ("timeout = 4", "4", "write `timeout = \"4s\"`"),
        ("requests = 4", "4", "write `requests = \"4/s\"`"),
    ] {
        attribute(argument, &[(word, answer)]);
    }
    correct("timeout = \"1min\", requests = \"10/m\", tokens = \"10/min\"");
}
