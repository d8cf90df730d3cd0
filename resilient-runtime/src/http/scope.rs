//! The objects of JSON that describe an error: code, kind, message and parameter.

use crate::http::{headers::aws_name, json::Json};
use std::borrow::Cow;

/// The maximum nesting at which a message is searched.
const DEPTH: u8 = 4;

/// The message of a failure of block explorers.
pub(super) const NOT_OK: &str = "NOTOK";

/// Members that contain the message, the most specific first.
const MESSAGES: &[&str] = &[
    "message",
    "Message",
    "detail",
    "error_description",
    "title",
    "msg",
    "description",
    "reason",
    "error_summary",
    "errorSummary",
    "error_message",
    "errorMessage",
    "errorMessages",
    "error_messages",
    "errorDescription",
    "error_msg",
    "errorMsg",
    "errmsg",
    "status_msg",
    "faultstring",
    "developerMessage",
    "text",
    "details",
];

/// The object that describes the error, and the enclosing one.
pub(super) struct Scope<'v> {
    pub(super) inner: &'v Json<'v>,
    pub(super) root: &'v Json<'v>,
}

impl<'v> Scope<'v> {
    pub(super) fn get(&self, name: &str) -> Option<&'v Json<'v>> {
        self.inner.present(name).or_else(|| self.root.present(name))
    }

    pub(super) fn text(&self, name: &str) -> Option<&'v str> {
        self.get(name)?.text().filter(|text| !text.is_empty())
    }

    fn at(&self, outer: &str, name: &str) -> Option<&'v str> {
        self.inner.get(outer)?.get(name)?.text()
    }

    /// Anthropic uses the kind `error` for every failure; RFC 9457's `about:blank` means none.
    pub(super) fn kind(&self) -> Option<&'v str> {
        self.text("type")
            .filter(|kind| !matches!(*kind, "error" | "about:blank"))
    }

    pub(super) fn codes(
        &self,
        word: Option<&'v str>,
        reason: Option<&'v str>,
    ) -> Vec<Cow<'v, str>> {
        let code = self.get("code").and_then(Json::word_or_number);
        let (number, code) = match code {
            Some(number) if is_number(&number) => (Some(number), None),
            code => (None, code),
        };
        let names = [
            self.at("details", "error_code"),
            reason,
            word,
            self.text("error_code"),
            self.text("__type").map(aws_name),
            // Google's status is a name in capitals; elsewhere it is a number or `error`.
            self.text("status").filter(|status| is_constant(status)),
            self.at("innererror", "code"),
        ];
        code.into_iter()
            .chain(names.into_iter().flatten().map(Cow::Borrowed))
            .chain(number)
            .collect()
    }

    pub(super) fn message(&self) -> Option<&'v str> {
        MESSAGES
            .iter()
            .find_map(|name| message_in(self.get(name)?, DEPTH))
    }
}

/// The contents of `details` (Google) and `detail` (`FastAPI`).
#[derive(Default)]
pub(super) struct Details<'v> {
    pub(super) reason: Option<&'v str>,
    pub(super) param: Option<Cow<'v, str>>,
}

impl<'v> Details<'v> {
    pub(super) fn of(scope: &Scope<'v>) -> Self {
        let mut found = Self::default();
        for detail in entries(scope.get("details")) {
            let text = |name| detail.get(name).and_then(Json::text);
            found.reason = found.reason.or_else(|| text("reason"));
            if let Some(field) = entries(detail.get("fieldViolations")).next() {
                found.param = field.get("field").and_then(Json::text).map(Cow::Borrowed);
            }
        }
        if let Some(place) = entries(scope.get("detail")).find_map(|detail| detail.get("loc")) {
            let steps: Vec<_> = entries(Some(place))
                .filter_map(Json::word_or_number)
                .collect();
            found.param = Some(Cow::Owned(steps.join(".")));
        }
        found
    }
}

/// The elements of an array; empty for other values.
fn entries<'v>(value: Option<&'v Json<'v>>) -> impl Iterator<Item = &'v Json<'v>> {
    value.map_or(&[][..], Json::elements).iter()
}

pub(super) fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_constant(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// A code or status that is an HTTP status code of a failure.
pub(super) fn status(value: &Json<'_>) -> Option<u16> {
    let status = value.word_or_number()?.parse().ok()?;
    (400..600).contains(&status).then_some(status)
}

/// The text of a message, possibly nested in objects and arrays.
pub(super) fn message_in<'v>(value: &'v Json<'v>, depth: u8) -> Option<&'v str> {
    let deeper = depth.checked_sub(1)?;
    match value {
        Json::Text(text) => Some(&**text).filter(|text| !text.is_empty()),
        // In a list of words and sentences, a sentence.
        Json::Array(values) => {
            let mut texts = values.iter().take(4).filter_map(Json::text);
            let sentence = texts.find(|text| text.contains(' '));
            sentence.or_else(|| message_in(values.first()?, deeper))
        }
        Json::Object(_) => MESSAGES
            .iter()
            .find_map(|name| message_in(value.get(name)?, deeper)),
        _ => None,
    }
}

/// The first of errors by the names of fields, `{"title": ["can't be blank"]}`, and its field. If
/// there is a message already, this is one of them.
pub(super) fn fields<'v>(scope: &Scope<'v>, message: Option<&str>) -> Option<(&'v str, &'v str)> {
    let by_field = ["errors", "message", "detail"].iter();
    let by_field = by_field.filter_map(|name| scope.inner.get(name));
    let mut named = by_field.filter(|value| matches!(value, Json::Object(_)));
    let fields = named.find(|value| value.says_something());
    let fields = fields.unwrap_or(scope.inner);
    let Json::Object(members) = fields else {
        return None;
    };
    let is_named = !std::ptr::eq(fields, scope.root);
    members.iter().find_map(|(field, value)| {
        let said = match value {
            Json::Text(said) => Some(&**said).filter(|_| is_named && message.is_none()),
            value => value
                .elements()
                .first()?
                .text()
                .filter(|said| message.is_none_or(|message| is_named && message == *said)),
        };
        Some((&**field, said.filter(|said| said.contains(' '))?))
    })
}

/// Whether this is the status of an answer of `MiniMax`, which is zero for a success.
pub(super) fn is_base_failure(json: &Json<'_>) -> bool {
    json.get("status_msg").is_some() && json.get("status_code").is_some_and(Json::says_something)
}

/// Whether it calls itself an error without an object that describes one, as Telegram, `WeChat` and
/// Baidu do.
pub(super) fn declares_error(root: &Json<'_>) -> bool {
    let is = |name| root.get(name).is_some_and(Json::says_something);
    let denies = |name| matches!(root.get(name), Some(Json::Bool(false)));
    let is_error = |kind: &Json<'_>| kind.text() == Some("error");
    root.get("type").is_some_and(is_error)
        || root.get("message").and_then(Json::text) == Some(NOT_OK)
        || is("error_code")
        || is("errcode")
        || is("error_message")
        || denies("ok")
}
