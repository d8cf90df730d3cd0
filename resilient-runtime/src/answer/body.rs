//! Stage classify, an answer: takes the body of a failure, gives what it says.

use super::{duration, headers::aws_name};
use serde_json::Value;
use std::{borrow::Cow, time::Duration};

/// How much of a body is looked at, in bytes. A provider's error is below 4 KiB.
pub(super) const LIMIT: usize = 64 * 1024;

/// How much of a message is searched for phrases and waits, in characters.
const SEARCHED: usize = 2 * 1024;

/// How deep a message is searched for in objects and arrays.
const DEPTH: u8 = 4;

/// Members that hold the message, the most telling first.
const MESSAGES: &[&str] = &[
    "message",
    "Message",
    "detail",
    "error_description",
    "title",
    "msg",
    "description",
];

/// Members that hold a wait, and their unit.
const WAITS: &[(&str, Duration)] = &[
    ("retry_after_ms", Duration::from_millis(1)),
    ("retry_after", Duration::from_secs(1)),
    ("retry_after_seconds", Duration::from_secs(1)),
    ("estimated_time", Duration::from_secs(1)),
];

/// What a body says.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The names it gives to the failure, the most specific first; the last may be a number.
    pub(super) codes: Vec<String>,
    pub(super) kind: Option<String>,
    pub(super) param: Option<String>,
    pub(super) message: Option<String>,
    /// The message in lower case, as far as it is searched.
    pub(super) prose: String,
    pub(super) wait: Option<Duration>,
    /// Whether the wait stands in a field of its own, not in prose.
    pub(super) names_wait: bool,
    /// Whether a quota is named that is counted by the day.
    pub(super) per_day: bool,
    pub(super) request_id: Option<String>,
    /// The status code in it, where an error came with another one.
    pub(super) status: Option<u16>,
    /// Whether it says itself that it is an error.
    pub(super) is_error: bool,
}

impl Body {
    /// Reads JSON in the forms of the providers, a page of a gateway, an XML error or plain text. Whatever it is,
    /// something comes out.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes.get(..LIMIT).unwrap_or(bytes));
        let text = text.trim_start_matches('\u{feff}').trim();
        let mut body = match serde_json::from_str(text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => Self::of_json(&value),
            Ok(Value::String(message)) => Self::of_message(Some(message)),
            _ if text.starts_with('<') => Self::of_markup(text),
            _ => Self::of_message((!text.is_empty()).then(|| text.to_owned())),
        };
        body.prose = body.message.as_deref().map(prose).unwrap_or_default();
        if body.wait.is_none() {
            body.wait = duration::in_prose(&body.prose);
        }
        body.per_day |= ["per day", "(rpd)", "(tpd)"]
            .iter()
            .any(|words| body.prose.contains(words));
        body
    }

    fn of_message(message: Option<String>) -> Self {
        Self {
            message,
            ..Self::default()
        }
    }

    /// A gateway's page has a title; S3 and what resembles it has a code and a message.
    fn of_markup(text: &str) -> Self {
        let owned = |tag| between(text, tag).map(str::to_owned);
        Self {
            codes: owned("Code").into_iter().collect(),
            message: owned("Message").or_else(|| owned("title")),
            request_id: owned("RequestId"),
            ..Self::default()
        }
    }

    fn of_json(value: &Value) -> Self {
        // Gemini wraps a stream's error in an array.
        let root = value.get(0).unwrap_or(value);
        let error = match present(root, "error").or_else(|| present(root, "errors")) {
            Some(Value::Array(errors)) => errors.first(),
            error => error,
        };
        let scope = Scope {
            inner: error.filter(|error| error.is_object()).unwrap_or(root),
            root,
        };
        // A string is the message, or the code if it is a single word.
        let text = error.and_then(Value::as_str);
        let word = text.filter(|text| !text.contains(' '));
        let details = Details::of(&scope);
        let kind = scope.kind();
        let wait = details.wait.or_else(|| scope.wait());
        Self {
            is_error: error.is_some() || root.get("type").is_some_and(|kind| kind == "error"),
            codes: scope.codes(word, details.reason),
            message: text
                .filter(|_| word.is_none())
                .map(str::to_owned)
                .or_else(|| scope.message())
                .or_else(|| word.map(str::to_owned)),
            param: scope.text("param").map(str::to_owned).or(details.param),
            kind,
            wait,
            names_wait: wait.is_some(),
            per_day: details.per_day,
            request_id: ["request_id", "requestId"]
                .iter()
                .find_map(|name| scope.text(name))
                .map(str::to_owned),
            status: ["code", "status", "status_code"]
                .iter()
                .find_map(|name| status(scope.get(name)?)),
            ..Self::default()
        }
    }
}

/// The object that describes the error, and the one around it.
struct Scope<'v> {
    inner: &'v Value,
    root: &'v Value,
}

impl<'v> Scope<'v> {
    fn get(&self, name: &str) -> Option<&'v Value> {
        present(self.inner, name).or_else(|| present(self.root, name))
    }

    fn text(&self, name: &str) -> Option<&'v str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn at(&self, pointer: &str) -> Option<&'v str> {
        self.inner.pointer(pointer)?.as_str()
    }

    /// Anthropic's `error` is the kind of every failure, RFC 9457's `about:blank` says that there is none.
    fn kind(&self) -> Option<String> {
        let kind = self.text("type")?;
        (!matches!(kind, "error" | "about:blank")).then(|| kind.to_owned())
    }

    fn codes(&self, word: Option<&str>, reason: Option<&str>) -> Vec<String> {
        let code = self.get("code").and_then(word_or_number);
        let is_number = |code: &Cow<'_, str>| code.bytes().all(|b| b.is_ascii_digit());
        let (number, code) = match code {
            Some(number) if is_number(&number) => (Some(number), None),
            code => (None, code),
        };
        let names = [
            self.at("/details/error_code"),
            reason,
            word,
            self.text("error_code"),
            self.text("__type").map(aws_name),
            // Google's status is a name in capitals; elsewhere it is a number or `error`.
            self.text("status").filter(|status| is_constant(status)),
            self.at("/innererror/code"),
        ];
        code.into_iter()
            .chain(names.into_iter().flatten().map(Cow::Borrowed))
            .chain(number)
            .map(Cow::into_owned)
            .collect()
    }

    fn message(&self) -> Option<String> {
        MESSAGES
            .iter()
            .find_map(|name| message(self.get(name)?, DEPTH))
            .map(str::to_owned)
    }

    fn wait(&self) -> Option<Duration> {
        let metadata = self.get("metadata");
        WAITS.iter().find_map(|(name, unit)| {
            let value = self.get(name).or_else(|| present(metadata?, name))?;
            duration::number_of(&word_or_number(value)?, *unit)
        })
    }
}

/// What stands in `details` (Google's errors) and `detail` (`FastAPI`'s).
#[derive(Default)]
struct Details<'v> {
    reason: Option<&'v str>,
    param: Option<String>,
    wait: Option<Duration>,
    per_day: bool,
}

impl<'v> Details<'v> {
    fn of(scope: &Scope<'v>) -> Self {
        let mut found = Self::default();
        for detail in entries(scope.get("details")) {
            let text = |name| detail.get(name).and_then(Value::as_str);
            found.reason = found.reason.or_else(|| text("reason"));
            found.wait = found
                .wait
                .or_else(|| duration::with_units(text("retryDelay")?));
            for violation in entries(detail.get("violations")) {
                let id = violation.get("quotaId").and_then(Value::as_str);
                found.per_day |= id.is_some_and(|id| id.contains("PerDay"));
            }
            if let Some(field) = entries(detail.get("fieldViolations")).next() {
                found.param = field
                    .get("field")
                    .and_then(Value::as_str)
                    .map(str::to_owned);
            }
        }
        if let Some(place) = entries(scope.get("detail")).find_map(|detail| detail.get("loc")) {
            let steps: Vec<_> = entries(Some(place)).filter_map(word_or_number).collect();
            found.param = Some(steps.join("."));
        }
        found
    }
}

/// The elements of an array; none of anything else.
fn entries(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// A member that is not null.
fn present<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|value| !value.is_null())
}

fn word_or_number(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn is_constant(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// A code or status that is an HTTP status code of a failure.
fn status(value: &Value) -> Option<u16> {
    let status = word_or_number(value)?.parse().ok()?;
    (400..600).contains(&status).then_some(status)
}

/// The text of a message, which may stand in objects and arrays.
fn message(value: &Value, depth: u8) -> Option<&str> {
    let deeper = depth.checked_sub(1)?;
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Array(values) => message(values.first()?, deeper),
        Value::Object(_) => MESSAGES
            .iter()
            .find_map(|name| message(value.get(name)?, deeper)),
        _ => None,
    }
}

/// What stands in the first element of this name, on one line.
fn between<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    let (inner, _) = rest.split_once("</")?;
    Some(inner.trim()).filter(|inner| !inner.is_empty())
}

fn prose(message: &str) -> String {
    message
        .chars()
        .take(SEARCHED)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
