//! The subject of a name: an error, or one value of a request, whose text and whose words say
//! nothing about the server.

/// The beginnings of codes about one value in a request. The message may repeat the value.
const STARTS: &[&str] = &[
    "invalid_value",
    "invalid_param",
    "invalid_type",
    "invalid_field",
    "invalid_format",
    "invalid_enum",
    "invalid_string",
    "invalidvalue",
    "invalidparam",
    "missing",
    "unsupported_",
    "unknown_",
    "string_",
    "parameter_",
    "array_",
    "integer_",
    "required",
    "malformed",
    "duplicate",
    "bad_value",
    "out_of_range",
    "not_allowed",
    "value_error",
    "too_short",
    "pattern",
];

/// Parts of names that are about a value with such a name: `credit_limit_must_be_positive`.
const PARTS: &[&str] = &[
    "invalid",
    "must",
    "notfound",
    "not_found",
    "unknown",
    "malformed",
    "unsupported",
    "ambiguous",
    "unrecognized",
    "missing",
    "not_a_",
];

/// Parts of names that are about the caller's right to ask, although they say "invalid".
const RIGHTS: &[&str] = &["key", "token", "auth", "sensitive"];

/// Whether this is a code about one value of the request.
pub(super) fn is_about_a_value(code: &str) -> bool {
    STARTS.iter().any(|start| {
        let code = code.get(..start.len());
        code.is_some_and(|code| code.eq_ignore_ascii_case(start))
    })
}

/// Whether the words of this name are about a value, so that they say nothing about the server.
pub(super) fn names_a_value(name: &str) -> bool {
    let has = |parts: &[&str]| parts.iter().any(|part| contains(name, part));
    has(PARTS) && !has(RIGHTS)
}

/// Whether the name is that of an error: `last_error`, `serviceErrors`.
pub(super) fn names_an_error(name: &str) -> bool {
    let name = name.strip_suffix(['s', 'S']).unwrap_or(name);
    let end = name.len().checked_sub(5).and_then(|at| name.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("error"))
}

/// Whether it contains the part, in any case.
fn contains(name: &str, part: &str) -> bool {
    let mut windows = name.as_bytes().windows(part.len());
    windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_values_are_told_from_those_of_limits() {
        for name in [
            "credit_limit_must_be_positive",
            "InvalidPaymentMethodId",
            "guardrailNotFound",
        ] {
            assert!(names_a_value(name), "{name}");
        }
        for name in [
            "invalid_api_key",
            "credit_limit",
            "InputImageInvalidSensitive",
            "Throttling",
        ] {
            assert!(!names_a_value(name), "{name}");
        }
    }
}
