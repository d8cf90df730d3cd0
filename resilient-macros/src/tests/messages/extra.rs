//! Budgets, hedges and fallbacks.

use super::{attribute, correct, item};

#[test]
fn a_budget_is_a_percentage() {
    attribute("budget = 20", &[("20", "a percentage as a string")]);
    attribute(
        "budget = \"20\"",
        &[("\"20\"", "a whole percentage from \"1%\"")],
    );
    attribute("budget = \"2.5%\"", &[("\"2.5%\"", "a whole percentage")]);
    attribute(
        "budget = \"0%\"",
        &[("\"0%\"", "at least \"1%\", or `\"none\"`")],
    );
    attribute("budget = \"101%\"", &[("\"101%\"", "at most \"100%\"")]);
    attribute(
        "attempts = 1, budget = \"20%\"",
        &[("budget", "`attempts = 1` means that nothing is retried")],
    );
}

#[test]
fn mistakes_in_a_hedge_are_at_their_words() {
    attribute("hedge", &[("hedge", "write `hedge(after = \"p95\")`")]);
    attribute("hedge(max = 2)", &[("max = 2", "`after` is missing")]);
    for wrong in ["p5", "p49", "p100", "p99.99", "p9x", "p"] {
        let text = format!("\"{wrong}\"");
        attribute(
            &format!("hedge(after = {text})"),
            &[(&text, "a percentile from \"p50\" to \"p99.9\"")],
        );
    }
    attribute(
        "hedge(after = 800, max = 9)",
        &[("800", "needs a unit"), ("9", "`max` is at most 8")],
    );
    attribute("hedge(after = \"0s\")", &[("\"0s\"", "longer than zero")]);
    attribute(
        "hedge(after = \"p95\", max = 0)",
        &[("0", "`max` is at least 1")],
    );
    attribute(
        "hedge(after = \"1m\")",
        &[("\"1m\"", "not before the timeout of an attempt, 1m")],
    );
    attribute(
        "hedge(after = \"3s\"), deadline = \"3s\"",
        &[("\"3s\"", "not before the deadline of the call, 3s")],
    );
    attribute(
        "hedge(after = \"p95\"), idempotent = false",
        &[("hedge", "this function is not idempotent")],
    );
}

#[test]
fn hedges_with_exclusive_borrows_are_rejected() {
    for (arguments, what) in [
        ("&mut self, log: &mut Vec<u8>", "`&mut self`"),
        ("&self, log: &mut Vec<u8>", "`log: &mut _`"),
        ("(a, b): &mut (u8, u8)", "`&mut _`"),
    ] {
        item(
            &format!(
                "#[resilient(hedge(after = \"p95\"))] async fn f({arguments}) -> Result<(), E> {{ x }}"
            ),
            &[("hedge", what)],
        );
    }
}

#[test]
fn mistakes_in_a_fallback_are_at_their_words() {
    attribute(
        "fallback = 3",
        &[("3", "a function that takes the arguments, then the error")],
    );
    attribute(
        "fallback",
        &[("fallback", "write `fallback = path::to::function`")],
    );
    attribute("fallback()", &[("fallback()", "is empty")]);
    attribute(
        "fallback(overlaoded = f)",
        &[(
            "overlaoded",
            "did you mean `overloaded = path::to::function`?\nknown here: `invalid_request`, ",
        )],
    );
    attribute(
        "fallback(RateLimited = f, else = g)",
        &[
            (
                "RateLimited",
                "did you mean `rate_limited = path::to::function`?",
            ),
            ("else", "did you mean `other = path::to::function`?"),
        ],
    );
    attribute(
        "fallback(timeout, timeout = f, overloaded = f, overloaded = g, other = \"f\")",
        &[
            ("timeout", "write `timeout = path::to::function`"),
            ("timeout", "given twice"),
            ("overloaded", "given twice"),
            (
                "\"f\"",
                "a function that takes the arguments, then the error",
            ),
        ],
    );
    let answer =
        "takes `self`, then the arguments, then the error by value: write a closure with 5";
    // `self`, `text`, `borrowed`, the pattern and the error.
    attribute("fallback = |error| x", &[("|error| x", answer)]);
    attribute(
        "fallback(timeout = |a, b, c, d| x)",
        &[("|a, b, c, d| x", answer)],
    );
    correct("fallback = |a, b, c, d, e| x");
}
