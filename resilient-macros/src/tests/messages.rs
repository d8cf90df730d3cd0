//! Each mistake is reported once, at its own word, and all of them together.

mod derive;
mod extra;
mod rules;
mod shared;
mod targets;

use super::{expanded, split};
use proc_macro2::{TokenStream, TokenTree};

/// The words and the text of each `compile_error!` at the start of the expansion, and what follows them.
fn mistakes(written: &str) -> (Vec<(String, String)>, TokenStream) {
    mistakes_in(written, expanded(written))
}

fn mistakes_in(written: &str, expansion: TokenStream) -> (Vec<(String, String)>, TokenStream) {
    let mut tokens: Vec<TokenTree> = expansion.into_iter().collect();
    let mut found = Vec::new();
    // `::core::compile_error! { "text" }`
    while tokens.len() > 7 && tokens[5].to_string() == "compile_error" {
        let rest = tokens.split_off(8);
        let TokenTree::Group(text) = &tokens[7] else {
            panic!("{tokens:?}")
        };
        let text: syn::LitStr = syn::parse2(text.stream()).unwrap();
        let range = tokens[0].span().byte_range().start..tokens[7].span().byte_range().end;
        found.push((
            written.get(range).unwrap_or_default().to_owned(),
            text.value(),
        ));
        tokens = rest;
    }
    (found, tokens.into_iter().collect())
}

/// Checks the mistakes of a whole item: their words, and a part of each text.
#[track_caller]
fn item(written: &str, expected: &[(&str, &str)]) {
    let (found, rest) = mistakes(written);
    compare(written, &found, expected);
    assert_eq!(
        rest.to_string(),
        split(written).1.to_string(),
        "the function stays as it was written"
    );
}

#[track_caller]
fn compare(written: &str, found: &[(String, String)], expected: &[(&str, &str)]) {
    let as_expected = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|((at, text), (word, part))| at == word && text.contains(part));
    assert!(
        as_expected,
        "in {written}\nexpected {expected:#?}\nfound {found:#?}"
    );
}

/// Checks that an attribute has no mistakes.
#[track_caller]
fn correct(arguments: &str) {
    let function = "async fn f(self, text: String, borrowed: &str, (a, b): (u8, u8)) -> Result<(), E> { body }";
    let (found, _) = mistakes(&format!("#[resilient({arguments})] {function}"));
    assert!(found.is_empty(), "{arguments}: {found:?}");
}

/// Checks the mistakes of an attribute.
#[track_caller]
fn attribute(arguments: &str, expected: &[(&str, &str)]) {
    let function = "async fn f(self, text: String, borrowed: &str, (a, b): (u8, u8)) -> Result<(), E> { body }";
    item(&format!("#[resilient({arguments})] {function}"), expected);
}

#[test]
fn a_right_attribute_has_no_mistakes() {
    for arguments in [
        "",
        "attempts = 3",
        "attempts = 3,",
        "attempts = (3u32), timeout = \"none\", deadline = \"none\"",
        "attempts = Self::TRIES, timeout = Duration::from_secs(1), backoff(initial = A, factor = f64::EPSILON)",
        "attempts = 1, on(rate_limited, attempts = 3), backoff(initial = \"2s\")",
        "attempts = 1, policy = P, idempotent = false",
        "backoff(kind = \"fixed\", initial = \"1h\")",
        "backoff(initial = \"1h\"), policy = P",
        "backoff(initial = \"0s\", max = \"0s\")",
        "on(quota_exhausted, retry = false)",
        "by_ref(self, text)",
        "crate = ::a::b, context = ctx, name = \"n\", level = \"warn\", fields(a.b = %c, d = ?e, f = 1,)",
        "classify = |e: &E| -> Class { f(e) }, classify_ok = a::<b, c>, backoff = x()",
        "timeout = \"2m\", deadline = \"2m\", max_retry_after = \"2m\"",
    ] {
        let written =
            format!("#[resilient({arguments})] async fn f(self, text: String) -> R {{ x }}");
        assert!(
            mistakes(&written).0.is_empty(),
            "{:?}",
            mistakes(&written).0
        );
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    attribute(
        "atempts = 3, timeout = 5, timeout = \"1s\" attempts = \"3\", on(ratelimited, atempts = 0), by_ref(txt)",
        &[
            ("atempts", "did you mean `attempts = 5`?"),
            ("5", "write `timeout = \"5s\"`"),
            ("timeout", "given twice"),
            ("attempts", "expected a `,` before this"),
            (
                "\"3\"",
                "a whole number, without quotes: write `attempts = 3`",
            ),
            ("ratelimited", "did you mean `rate_limited`?"),
            ("atempts", "did you mean `attempts = 8`?"),
            ("txt", "did you mean `text`?"),
        ],
    );
}

#[test]
fn the_grammar_is_explained() {
    attribute(
        "attempts",
        &[("attempts", "takes a value after `=`: write `attempts = 5`")],
    );
    attribute("attempts(3)", &[("attempts", "takes a value after `=`")]);
    attribute("attempts: 3", &[("attempts", "takes a value after `=`")]);
    attribute("attempts == 3", &[("attempts", "takes a value after `=`")]);
    attribute(
        "attempts =",
        &[("=", "a value is missing here: write `attempts = 5`")],
    );
    attribute(
        "attempts = , timeout = \"1s\"",
        &[("=", "a value is missing here")],
    );
    attribute(
        "attempts = 3 4, timeout = 1",
        &[("4", "expected a `,`"), ("1", "\"1s\"")],
    );
    attribute(
        "attempts = 3; timeout = 1",
        &[(";", "expected a `,`"), ("1", "\"1s\"")],
    );
    attribute(
        "3",
        &[(
            "3",
            "expected the name of an argument, as in `attempts = 5`",
        )],
    );
    attribute("= 3", &[("=", "expected the name of an argument")]);
    attribute(",", &[(",", "expected the name of an argument")]);
    attribute(
        "banana, timeout = 1",
        &[
            (
                "banana",
                "unknown argument `banana`\nknown here: `attempts`",
            ),
            ("1", "\"1s\""),
        ],
    );
    attribute(
        "retries = 3",
        &[("retries", "did you mean `attempts = 5`?")],
    );
    attribute(
        "on = x",
        &[("on", "takes a list in parentheses: write `on(")],
    );
    attribute("by_ref", &[("by_ref", "takes a list in parentheses")]);
    attribute(
        "idempotent = 1, idempotent = true",
        &[("1", "`true` or `false`"), ("idempotent", "given twice")],
    );
}

#[test]
fn a_wrong_value_is_answered_with_a_right_one() {
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
        ("rate = 4", "4", "write `rate = \"4/s\"`"),
    ] {
        attribute(argument, &[(word, answer)]);
    }
    correct("timeout = \"1min\", rate = \"10/m\", tokens = \"10/min\"");
}
