//! Whether JSON is an error, and the object that describes it: one decision for the body of a
//! response, of a success and of an event.

use crate::http::{json::Json, scope::NOT_OK};
use std::borrow::Cow;

/// Members with an error, of any provider, in lower case.
const ERRORS: &[&str] = &["error", "errors"];

/// An error, or a member around one.
const FAULT: &str = "fault";

/// Members around an error, in lower case.
const OUTER: &[&str] = &["response", "responsemetadata", "json", FAULT];

/// Members that declare an error by a code that is not zero, without separators.
const CODES: &[&str] = &["errorcode", "errcode"];

/// The types of objects and the names of events that are errors. Failures of a tool are none.
const TYPES: &[&str] = &[
    "error",
    "exception",
    "response.error",
    "response.failed",
    "run_error",
    "stream_error",
    "thread.run.failed",
];

/// Members that may stand beside an error without being a result.
const BESIDE: &[&str] = &[
    "base_resp",
    "ok",
    "success",
    "type",
    "code",
    "status_code",
    "statusCode",
    "message",
    "msg",
    "errmsg",
    "error_msg",
    "error_message",
    "error_description",
    "error_summary",
    "description",
    "detail",
    "extensions",
    "request_id",
    "requestId",
    "log_id",
    "user_id",
    "timestamp",
    "path",
    "jsonrpc",
];

/// Text of which JSON that is an error has some. Most JSON has none, and need not be parsed.
const MARKS: &[&str] = &[
    "rror",
    "RROR",
    "errcode",
    "fault",
    "FAULT",
    "failed",
    "xception",
    "\"ok\"",
    "base_resp",
];

/// Whether the text may be JSON that is an error.
pub(super) fn may_be_error(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// Whether a type of an object or a name of an event is that of an error.
pub(super) fn is_error_type(name: &str) -> bool {
    TYPES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The object with the members of the error or of the result: some servers wrap it in a list.
pub(super) fn root<'v>(json: &'v Json<'v>) -> &'v Json<'v> {
    json.elements().first().unwrap_or(json)
}

/// The value that describes the error, at the top of `root` or in an object around it.
pub(super) fn error_in<'v>(root: &'v Json<'v>) -> Option<&'v Json<'v>> {
    let error = root.present("error").filter(|error| error.says_something());
    error.or_else(|| other_error_in(root))
}

#[cold]
fn other_error_in<'v>(root: &'v Json<'v>) -> Option<&'v Json<'v>> {
    let error_of = |object: &'v Json<'v>| {
        ERRORS
            .iter()
            .find_map(|name| member(object, name, Json::says_something))
    };
    let outer = |name: &&str| error_of(member(root, name, |_| true)?);
    error_of(root)
        .or_else(|| OUTER.iter().find_map(outer))
        .or_else(|| member(root, FAULT, Json::says_something))
        .or_else(|| {
            root.present("base_resp")
                .filter(|base| is_base_failure(base))
        })
        .or_else(|| root.get("status").filter(|status| has_code(status)))
}

/// The first member with this name in any case that `suits`.
fn member<'v>(
    object: &'v Json<'v>,
    name: &str,
    suits: impl Fn(&'v Json<'v>) -> bool,
) -> Option<&'v Json<'v>> {
    let mut members = object.members().iter();
    members.find_map(|(found, value)| {
        (found.eq_ignore_ascii_case(name) && suits(value)).then_some(value)
    })
}

/// Whether JSON is an error: it has an error, its type is one, or a member declares it.
pub(super) fn is_error(json: &Json<'_>) -> bool {
    let root = root(json);
    is_error_with(root, error_in(root))
}

/// [`is_error`] of the root with the value of [`error_in`].
pub(super) fn is_error_with(root: &Json<'_>, error: Option<&Json<'_>>) -> bool {
    let has_error = error.is_some_and(|error| match error {
        Json::Object(_) | Json::Array(_) | Json::Text(_) => true,
        // `errors` may be a setting, and a number is a measure or a count.
        Json::Bool(_) => root.get("error").is_some(),
        Json::Number(_) | Json::Null => false,
    });
    has_error || declares_error(root)
}

/// Whether it calls itself an error without an object that describes one, as Telegram, `WeChat` and
/// Baidu do.
#[cold]
fn declares_error(root: &Json<'_>) -> bool {
    root.members().iter().any(|(name, value)| match &**name {
        "ok" => matches!(value, Json::Bool(false)),
        "message" => value.text() == Some(NOT_OK),
        "type" | "object" | "event" => value.text().is_some_and(is_error_type),
        "error_message" | "errorMessage" => value.text().is_some_and(|text| !text.is_empty()),
        name => is_code(name) && is_failure_code(value),
    })
}

/// Whether the member is one of [`CODES`].
fn is_code(name: &str) -> bool {
    CODES.iter().any(|known| {
        let letters = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        letters
            .map(|byte| byte.to_ascii_lowercase())
            .eq(known.bytes())
    })
}

/// Whether a code does not mean a success.
fn is_failure_code(code: &Json<'_>) -> bool {
    let means_success = |text: &str| {
        let words = ["ok", "success", "none"];
        text.bytes().all(|byte| byte == b'0')
            || words.iter().any(|word| text.eq_ignore_ascii_case(word))
    };
    match code {
        Json::Number(_) => code.says_something(),
        Json::Text(text) => !means_success(text),
        _ => false,
    }
}

/// Whether this is an object with the code of a failure.
fn has_code(json: &Json<'_>) -> bool {
    let mut members = json.members().iter();
    members.any(|(name, value)| is_code(name) && is_failure_code(value))
}

/// Whether this is the status of an answer of `MiniMax`, which is zero for a success.
fn is_base_failure(json: &Json<'_>) -> bool {
    json.get("status_msg").is_some() && json.get("status_code").is_some_and(Json::says_something)
}

/// Whether it is an error with no result beside it.
pub(super) fn is_only_an_error(json: &Json<'_>) -> bool {
    if json.elements().len() > 1 || !is_error(json) {
        return false;
    }
    let root = root(json);
    let is_named =
        |name: &str| is_code(name) || ERRORS.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_beside = |(name, value): &(Cow<'_, str>, Json<'_>)| match (&**name, value) {
        (_, Json::Null) | ("status", Json::Number(_)) => true,
        ("status" | "object" | "event", value) => value.text().is_some_and(is_error_type),
        ("id", Json::Text(_) | Json::Number(_)) => root.get("jsonrpc").is_some(),
        (_, Json::Array(_) | Json::Object(_)) if !value.says_something() => true,
        (name, _) => is_named(name) || BESIDE.contains(&name),
    };
    let denies = matches!(root.get("ok"), Some(Json::Bool(false)));
    let members = root.members();
    denies && members.iter().any(|(name, _)| is_named(name)) || members.iter().all(is_beside)
}

#[cfg(test)]
mod tests {
    use crate::{ApiError, Class, Classification, http::sse};
    use ::http::{HeaderMap, StatusCode};

    /// Errors, and results that speak of errors.
    const BODIES: &[(&str, bool)] = &[
        (r#"{"error": {"message": "no"}}"#, true),
        (r#"{"Error": {"Message": "no"}}"#, true),
        (r#"{"ERRORS": [{"message": "no"}]}"#, true),
        (r#"[{"error": {"code": 500, "message": "no"}}]"#, true),
        (r#"{"error": "no", "error_description": "no"}"#, true),
        (r#"{"error": true, "message": "no"}"#, true),
        (r#"{"type": "error", "message": "no"}"#, true),
        (r#"{"object": "error", "message": "no", "code": 1}"#, true),
        (r#"{"ok": false, "description": "no"}"#, true),
        (r#"{"errcode": 45009, "errmsg": "no"}"#, true),
        (r#"{"errorCode": "E1", "message": "no"}"#, true),
        (r#"{"error_message": "no"}"#, true),
        (
            r#"{"base_resp": {"status_code": 1002, "status_msg": "no"}}"#,
            true,
        ),
        (r#"{"errcode": 0, "errmsg": "ok"}"#, false),
        (r#"{"errorCode": "00", "message": "done"}"#, false),
        (r#"{"errorCode": null}"#, false),
        (r#"{"error": null}"#, false),
        (r#"{"error": 0.02}"#, false),
        (r#"{"errors": 3}"#, false),
        (r#"{"errors": true}"#, false),
        (r#"{"errors": []}"#, false),
        (r#"{"ok": true}"#, false),
        (
            r#"{"base_resp": {"status_code": 0, "status_msg": "success"}}"#,
            false,
        ),
        (r#"{"type": "message", "message": "an error"}"#, false),
    ];

    #[test]
    fn every_reader_agrees_on_what_is_an_error() {
        for (body, is_error) in BODIES {
            let (status, headers) = (StatusCode::OK, HeaderMap::new());
            let failure = Classification::from_answer(status, &headers, body.as_bytes());
            let judged = failure.class != Class::Unknown || failure.message.is_some();
            assert_eq!(judged, *is_error, "from_answer: {body}");
            let text = ApiError::read_text(status, &headers, body.as_bytes());
            assert_eq!(text.is_err(), *is_error, "read_text: {body}");
            let json = ApiError::read_json::<serde_json::Value>(status, &headers, body.as_bytes());
            assert_eq!(json.is_err(), *is_error, "read_json: {body}");
            assert_eq!(sse::is_error_data(body), *is_error, "event: {body}");
        }
    }
}
