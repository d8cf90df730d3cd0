//! The body of a success: it may still report an error, or be something else than expected.

use crate::{
    ApiError, Class, Classification, Redacted,
    http::{
        form::{Form, LIMIT, text},
        is_failure,
        json::Json,
    },
};
use ::http::{HeaderMap, StatusCode};
use serde_core::de::DeserializeOwned;
use std::{borrow::Cow, time::SystemTime};

/// Members with an error, of any provider.
const ERRORS: &[&str] = &[
    "error",
    "errors",
    "Error",
    "fault",
    "error_code",
    "errcode",
    "error_message",
];

/// Members that may stand beside an error without being a result.
const BESIDE: &[&str] = &[
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

impl ApiError {
    /// Reads the JSON of a response into `T`, for any client; with reqwest, use
    /// [`ReadChecked::json_checked`](crate::ReadChecked::json_checked).
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// use resilient_runtime::{ApiError, Class};
    ///
    /// let body = br#"{"error": {"message": "Overloaded", "type": "overloaded_error"}}"#;
    /// let answer = ApiError::read_json::<Vec<u8>>(StatusCode::OK, &HeaderMap::new(), body);
    /// assert_eq!(answer.unwrap_err().failure().class, Class::Overloaded);
    ///
    /// let answer = ApiError::read_json::<Vec<u8>>(StatusCode::OK, &HeaderMap::new(), b"[1, x]");
    /// let error = answer.unwrap_err();
    /// assert_eq!(error.failure().class, Class::Decode);
    /// assert_eq!(error.body(), Some("[1, x]"));
    /// ```
    ///
    /// # Errors
    /// - A failure status, classified as by [`from_answer`](Self::from_answer).
    /// - An error that is sent with a success: an `error` or `errors` that is not empty,
    ///   `ok: false` and the like, where the JSON does not fit into `T`, or has nothing but the
    ///   error. A result that fits into `T` is returned with the error in it, such as that of a
    ///   failed job.
    /// - [`Class::Decode`]: the JSON does not fit into `T`. The message says where, and status,
    ///   request id and the start of the body are kept.
    pub fn read_json<T: DeserializeOwned>(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<T, Self> {
        if is_failure(status) {
            return Err(Self::from_answer(status, headers, body));
        }
        // An empty body is read into `()` and `Option`.
        let is_empty = body.trim_ascii().is_empty();
        let source = if is_empty { b"null" } else { body };
        match serde_json::from_slice(source) {
            Ok(_) if is_only_an_error(body) => Err(Self::from_answer(status, headers, body)),
            Ok(value) => Ok(value),
            Err(_) if is_empty => Err(Self::unreadable(status, headers, body, "it is empty")),
            Err(error) => Err(Self::unreadable(status, headers, body, &error.to_string())),
        }
    }

    /// Reads the text of a response, for any client; with reqwest, use
    /// [`ReadChecked::text_checked`](crate::ReadChecked::text_checked). It is taken for UTF-8, and
    /// other bytes are replaced.
    ///
    /// # Errors
    /// A failure status, or a text that is nothing but an error: JSON as
    /// [`read_json`](Self::read_json) says, the XML `<Error>` of S3, or the first such event of a
    /// stream.
    pub fn read_text(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<String, Self> {
        if is_failure(status) || is_only_an_error(body) {
            return Err(Self::from_answer(status, headers, body));
        }
        Ok(String::from_utf8_lossy(body).into_owned())
    }

    /// An error that the body reports, or else the reason why it cannot be read.
    fn unreadable(status: StatusCode, headers: &HeaderMap, body: &[u8], reason: &str) -> Self {
        let (mut failure, is_error) =
            Classification::judge(status, headers, body, SystemTime::now(), false);
        if !is_error {
            let said = Classification::new(Class::Decode);
            failure.class = said.class;
            failure.processed = said.processed;
            failure.message = Some(Redacted::from(&*format!(
                "the body of the success does not fit: {reason}"
            )));
        }
        Self::of_answer(failure, body)
    }
}

/// Whether the body is an error and no result beside it.
fn is_only_an_error(body: &[u8]) -> bool {
    // Most results are told apart without reading them.
    if body.len() > LIMIT {
        return false;
    }
    let text: Cow<'_, str> = text(body);
    let may_be = ["err", "Err", "fault"]
        .iter()
        .any(|word| text.contains(word));
    may_be
        && match Form::of(&text) {
            Form::Json(json) => is_error_object(&json),
            Form::Markup(text) => is_error_element(text),
            Form::Plain(_) => false,
        }
}

fn is_error_element(text: &str) -> bool {
    // Behind the declaration, if there is one.
    let root = text
        .strip_prefix("<?xml")
        .and_then(|text| text.split_once("?>"));
    let root = root.map_or(text, |(_, root)| root).trim_start();
    ["<Error>", "<Error ", "<ErrorResponse"]
        .iter()
        .any(|start| root.starts_with(start))
}

fn is_error_object(json: &Json<'_>) -> bool {
    let root = match json {
        Json::Array(elements) if elements.len() == 1 => elements.first().unwrap_or(json),
        json => json,
    };
    let Json::Object(members) = root else {
        return false;
    };
    let is_error = |name: &str, value: &Json<'_>| match value {
        // A number may be a measure or a count.
        Json::Number(_) => name.ends_with("code") && value.says_something(),
        value => value.says_something(),
    };
    let is_named = |(name, value): &(Cow<'_, str>, Json<'_>)| {
        ERRORS.contains(&&**name) && is_error(name, value)
    };
    let is_beside = |(name, value): &(Cow<'_, str>, Json<'_>)| match (&**name, value) {
        (_, Json::Null) | ("status", Json::Number(_)) => true,
        ("status" | "object", value) => value.text() == Some("error"),
        ("id", Json::Text(_) | Json::Number(_)) => root.get("jsonrpc").is_some(),
        (_, Json::Array(_) | Json::Object(_)) if !value.says_something() => true,
        (name, _) => ERRORS.contains(&name) || BESIDE.contains(&name),
    };
    let denies = matches!(root.get("ok"), Some(Json::Bool(false)));
    members.iter().any(is_named) && (denies || members.iter().all(is_beside))
}
