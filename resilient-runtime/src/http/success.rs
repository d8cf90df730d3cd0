//! The body of a success: it may still report an error, or be something else than expected.

use crate::{
    ApiError, Class, Classification, Redacted,
    http::{
        error_object::{self, may_be_error},
        form::{Form, LIMIT, text},
        is_failure,
    },
};
use ::http::{HeaderMap, StatusCode};
use serde_core::de::DeserializeOwned;
use std::{borrow::Cow, time::SystemTime};

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
    /// - An error that is sent with a success, where the JSON does not fit into `T` or has nothing
    ///   but the error: an `error`, `errors` or `fault` that is not empty, `"type": "error"`,
    ///   `"ok": false`, or a code (`error_code`, `errcode`, that of `base_resp`) that is not
    ///   zero. A result that fits into `T` is returned with the error in it, such as that of a
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
            let kind = headers
                .get("content-type")
                .and_then(|kind| kind.to_str().ok());
            failure.message = Some(Redacted::from(&*format!(
                "the body of the success ({}) does not fit: {reason}",
                kind.unwrap_or("of an unknown type")
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
    may_be_error(&text)
        && match Form::of(&text) {
            Form::Json(json) => error_object::is_only_an_error(&json),
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
