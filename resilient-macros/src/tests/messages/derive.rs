//! Messages of the derive.

use super::{super::derived, compare, mistakes_in};

/// Checks the mistakes of a type, and that it has the implementations nevertheless.
#[track_caller]
fn item(written: &str, expected: &[(&str, &str)]) {
    let written = &format!("#[derive(Classify)] {written}");
    let (found, rest) = mistakes_in(written, derived(written));
    compare(written, &found, expected);
    let rest = rest.to_string();
    assert!(
        rest.contains(":: resilient_runtime :: Classify for E"),
        "{rest}"
    );
}

/// Checks the mistakes of one variant.
#[track_caller]
fn variant(words: &str, fields: &str, expected: &[(&str, &str)]) {
    item(
        &format!("enum E {{ #[classify({words})] Busy {fields} }}"),
        expected,
    );
}

const FIELDS: &str = "{ wait: Duration, status: u16, id: u8 }";

#[test]
fn variants_without_a_class_are_answered_with_the_choices() {
    item(
        "enum E { Plain, #[classify(timeout)] Slow, Held(io::Error) }",
        &[
            (
                "Plain",
                "write one of these above it\n`#[classify(rate_limited)]` or another class\n`#[classify(unknown)]` if nothing fits\nknown classes: `invalid_request`, ",
            ),
            ("Held", "`Held` has no class"),
        ],
    );
    item(
        "struct E { a: u8 }",
        &[(
            "E",
            "`#[classify(delegate)]` uses the classification of the error in its field",
        )],
    );
    variant(
        "retry_after = wait",
        FIELDS,
        &[(
            "retry_after",
            "add a class, as in `#[classify(rate_limited, retry_after = wait)]`",
        )],
    );
}

#[test]
fn misspelt_words_are_answered_with_the_nearest_class_or_detail() {
    for (written, meant) in [
        ("rate_limit", "rate_limited"),
        ("RateLimited", "rate_limited"),
        ("BadGateway", "bad_gateway"),
        ("retry_aftr = wait", "retry_after = field"),
        ("wait = wait", "retry_after = field"),
        ("http_status = status", "status = field"),
        ("transparent", "delegate"),
    ] {
        let word = written.split(' ').next().unwrap();
        variant(
            written,
            FIELDS,
            &[(word, &format!("did you mean `{meant}`?"))],
        );
    }
    variant(
        "banana",
        FIELDS,
        &[(
            "banana",
            "unknown argument `banana`\nknown here: `invalid_request`, ",
        )],
    );
}

#[test]
fn missing_fields_are_answered_with_the_fields_of_the_variant() {
    variant(
        "timeout, retry_after = wat",
        FIELDS,
        &[(
            "wat",
            "`Busy` has no field `wat`; did you mean `retry_after = wait`?\nits fields: `wait`, `status`, `id`",
        )],
    );
    variant(
        "timeout, retry_after = 2",
        "(Duration, u8)",
        &[("2", "`Busy` has no field `2`\nits fields: `0`, `1`")],
    );
    variant(
        "status = 503",
        "",
        &[(
            "503",
            "`Busy` has no field `503`; for a status that is always the same write its class, such as `overloaded`\nit has no fields",
        )],
    );
    variant(
        "delegate = source",
        "(Error)",
        &[("source", "its fields: `0`")],
    );
    for value in ["\"wait\"", "self.wait", "-1", "0.5"] {
        let word = value.strip_suffix(".wait").unwrap_or(value);
        let word = word.strip_suffix('1').unwrap_or(word);
        variant(
            &format!("timeout, retry_after = {value}"),
            FIELDS,
            &[(
                word,
                "names a field, or its index in a tuple, not in quotes: write `retry_after = field`",
            )],
        );
    }
}

#[test]
fn classes_and_rejection_take_no_value() {
    variant(
        "rate_limited = 3",
        "",
        &[("rate_limited", "takes no value: write `rate_limited`")],
    );
    variant("rejection(x)", "(R)", &[("rejection", "takes no value")]);
    variant("delegate(x)", "(R)", &[("delegate", "takes no value")]);
    variant(
        "timeout, code",
        "(R)",
        &[("code", "takes a value after `=`: write `code = field`")],
    );
}

#[test]
fn a_second_class_of_a_variant_is_reported() {
    variant("timeout, timeout", "", &[("timeout", "given twice")]);
    variant(
        "timeout, connect",
        "",
        &[("connect", "`timeout` and `connect` both set the class")],
    );
    variant(
        "delegate, unknown",
        "(R)",
        &[("unknown", "`delegate` and `unknown` both set the class")],
    );
    variant(
        "delegate = id, status = status",
        FIELDS,
        &[("status", "`delegate` and `status` both set the class")],
    );
    item(
        "enum E { #[classify(timeout)] #[classify(dns, code = 0, code = 0)] A(u8) }",
        &[
            ("dns", "`timeout` and `dns` both set the class"),
            ("code", "given twice"),
        ],
    );
}

#[test]
fn delegate_needs_one_field() {
    variant(
        "delegate",
        "",
        &[(
            "delegate",
            "`Busy` has no field to delegate to: write a class",
        )],
    );
    variant(
        "delegate",
        FIELDS,
        &[(
            "delegate",
            "name one, as in `delegate = wait`\nits fields: `wait`, `status`, `id`",
        )],
    );
}

#[test]
fn rejection_needs_a_variant_with_one_field_and_appears_once() {
    variant(
        "rejection",
        "",
        &[("rejection", "write `Rejected(Rejection)`")],
    );
    variant(
        "rejection",
        "(Rejection, u8)",
        &[("rejection", "holds nothing else")],
    );
    variant(
        "rejection, code = 0",
        "(Rejection)",
        &[("code", "remove `code`")],
    );
    item(
        "enum E { #[classify(rejection)] A(R), #[classify(rejection)] B(R) }",
        &[(
            "rejection",
            "another variant is made from a `Rejection` already",
        )],
    );
}

#[test]
fn misplaced_attributes_are_reported() {
    item(
        "#[classify(rate_limited, code = a)] enum E { #[classify(unknown, crate = x)] A { a: u8 } }",
        &[
            (
                "rate_limited",
                "describes one variant: write it above that variant",
            ),
            ("code", "describes one variant"),
            ("crate", "`crate` goes above the enum"),
        ],
    );
    item(
        "struct E { #[classify(delegate)] a: u8 }",
        &[
            ("#[classify(delegate)]", "does not go on a field"),
            ("E", "`E` has no class"),
        ],
    );
    for form in ["classify", "classify()", "classify = \"timeout\""] {
        item(
            &format!("enum E {{ #[{form}] A }}"),
            &[(
                form,
                "takes a list in parentheses: write `#[classify(rate_limited)]`",
            )],
        );
    }
    variant(
        "\"timeout\"",
        "",
        &[(
            "\"timeout\"",
            "expected the name of an argument, as in `invalid_request`",
        )],
    );
    item(
        "#[classify(crate = \"x\", timeout)] struct E;",
        &[("\"x\"", "a path, not in quotes")],
    );
}

#[test]
fn all_mistakes_of_a_type_are_reported_at_once() {
    item(
        "enum E { A, #[classify(rate_limit retry_after = a)] B { a: u8 }, #[classify(timeout, code = x)] C { y: u8 } }",
        &[
            ("rate_limit", "did you mean `rate_limited`?"),
            ("retry_after", "expected a `,` before this"),
            ("A", "has no class"),
            ("x", "did you mean `code = y`?"),
        ],
    );
}

#[test]
fn unions_are_rejected() {
    let written = "#[derive(Classify)] union U { a: u8 }";
    let (found, rest) = mistakes_in(written, derived(written));
    compare(written, &found, &[("union", "write an enum")]);
    assert!(rest.is_empty());
}

#[test]
fn types_with_mistakes_still_get_placeholder_implementations() {
    for (words, is_written) in [("", true), ("#[from]", false)] {
        let written =
            format!("#[derive(Classify)] enum E {{ A, #[classify(rejection)] B({words} R) }}");
        let rest = mistakes_in(&written, derived(&written)).1.to_string();
        assert_eq!(rest.contains("FromRejection for E"), is_written, "{rest}");
    }
}
