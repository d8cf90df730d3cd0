//! Messages: each mistake is reported once, at its own words, and all of them together.

mod derive;
mod extra;
mod rules;
mod shared;
mod targets;
mod values;

use super::{expanded, split};
use proc_macro2::{TokenStream, TokenTree};

/// The words and the text of each `compile_error!` at the start of the expansion, and the tokens
/// after them.
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
fn correct_attributes_have_no_mistakes() {
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
fn mistakes_in_the_grammar_are_answered_with_a_correct_form() {
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
