//! The body of an error response.

use crate::{
    http::{
        form::{Form, between},
        headers::aws_name,
        json::Json,
        prose::Prose,
        walk::{Found, Place},
    },
    redact::start,
};
use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

/// The maximum nesting at which a message is searched.
const DEPTH: u8 = 4;

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
    "error_message",
    "errorMessage",
    "errorDescription",
];

/// The contents of a body.
#[derive(Default)]
pub(super) struct Body<'v> {
    /// The codes of the failure, the most specific first; the last may be a number.
    pub(super) codes: Vec<Cow<'v, str>>,
    pub(super) kind: Option<&'v str>,
    pub(super) param: Option<Cow<'v, str>>,
    pub(super) message: Option<&'v str>,
    /// The title of problem details.
    title: Option<&'v str>,
    /// The message, prepared for searching.
    pub(super) prose: Prose,
    /// Names and marks, at any place.
    pub(super) found: Found<'v>,
    pub(super) request_id: Option<&'v str>,
    /// The status code in the body, of an error sent with another status.
    pub(super) status: Option<u16>,
    /// Whether the body declares itself an error.
    pub(super) is_error: bool,
}

impl<'v> Body<'v> {
    /// Reads the formats of the providers. Accepts any input. `raw` is the body of another server
    /// that this one repeats, and `now` the time of the server.
    pub(super) fn read(form: &'v Form<'v>, raw: Option<&'v Form<'v>>, now: SystemTime) -> Self {
        let mut body = Self::of_form(form);
        if let Form::Json(json) = form {
            body.found.walk(json, now);
        } else if let Some(Cow::Borrowed(code)) = body.codes.first() {
            body.found.name(Place::Code, code);
        }
        if let Some(raw) = raw {
            let inner = Self::of_form(raw);
            if let Form::Json(json) = raw {
                body.found.walk(json, now);
            }
            body.message = inner.message.or(body.message);
            body.codes.extend(inner.codes);
        }
        let is_number = body.codes.first().is_none_or(|code| is_number(code));
        let is_shown = |code: &&str| {
            let is_known = body.kind == Some(code) || body.message == Some(code);
            let is_empty = matches!(*code, "error" | "about:blank");
            !is_known && !is_empty && !code.contains(' ') && !code.contains("://")
        };
        if let Some(code) = body.found.code.filter(is_shown).filter(|_| is_number) {
            body.codes.insert(0, Cow::Borrowed(code));
        }
        let title = body.title.filter(|title| body.message != Some(title));
        body.prose = match (title, body.message) {
            (Some(title), Some(message)) => Prose::of(&format!("{title}\n{message}")),
            (_, message) => message.map(Prose::of).unwrap_or_default(),
        };
        body
    }

    /// The wait in its own field or the message. Searching the message is left until somebody asks.
    pub(super) fn wait(&self, now: SystemTime) -> Option<Duration> {
        self.found.wait.or_else(|| self.prose.wait(now))
    }

    fn of_form(form: &'v Form<'v>) -> Self {
        match form {
            Form::Json(Json::Text(message)) => Self::of_message(Some(message)),
            Form::Json(json) => Self::of_json(json),
            Form::Markup(text) => Self::of_markup(text),
            Form::Plain(text) => Self::of_message(Some(*text).filter(|text| !text.is_empty())),
        }
    }

    fn of_message(message: Option<&'v str>) -> Self {
        Self {
            message,
            ..Self::default()
        }
    }

    /// A gateway's page has a title; S3 and similar APIs have a code and a message.
    fn of_markup(text: &'v str) -> Self {
        let code = between(text, "<Code>");
        let head = start(text, 256).0;
        Self {
            is_error: code.is_some() && (head.contains("<Error") || head.contains("Response")),
            codes: code.map(Cow::Borrowed).into_iter().collect(),
            message: between(text, "<Message>").or_else(|| between(text, "<title>")),
            request_id: between(text, "<RequestId>"),
            ..Self::default()
        }
    }

    fn of_json(json: &'v Json<'v>) -> Self {
        // Gemini wraps a stream's error in an array.
        let root = json.elements().first().unwrap_or(json);
        let outer = root
            .present("response")
            .or_else(|| root.present("Response"));
        let outer = outer.unwrap_or(root);
        let error = ["error", "errors", "Error", "fault"]
            .iter()
            .find_map(|name| root.present(name).or_else(|| outer.present(name)))
            .filter(|error| error.says_something());
        let error = match error {
            Some(Json::Array(errors)) => errors.first(),
            error => error,
        };
        let scope = Scope {
            inner: error
                .filter(|error| matches!(error, Json::Object(_)))
                .unwrap_or(root),
            root,
        };
        // A string is the message, or the code if it is a single word.
        let text = error.and_then(Json::text);
        let word = text.filter(|text| !text.contains(' '));
        let details = Details::of(&scope);
        Self {
            is_error: error.is_some() || declares_error(root),
            codes: scope.codes(word, details.reason),
            message: text
                .filter(|_| word.is_none())
                .or_else(|| scope.message())
                .or(word),
            title: scope.text("title"),
            param: scope.text("param").map(Cow::Borrowed).or(details.param),
            kind: scope.kind(),
            request_id: ["request_id", "requestId"]
                .iter()
                .find_map(|name| scope.text(name)),
            status: ["code", "status", "status_code"]
                .iter()
                .find_map(|name| status(scope.get(name)?)),
            ..Self::default()
        }
    }
}

/// Whether it calls itself an error without an object that describes one, as Telegram, `WeChat` and
/// Baidu do.
fn declares_error(root: &Json<'_>) -> bool {
    let is = |name| root.get(name).is_some_and(Json::says_something);
    let denies = |name| matches!(root.get(name), Some(Json::Bool(false)));
    let is_error = |kind: &Json<'_>| kind.text() == Some("error");
    root.get("type").is_some_and(is_error) || is("error_code") || is("errcode") || denies("ok")
}

/// The object that describes the error, and the enclosing one.
struct Scope<'v> {
    inner: &'v Json<'v>,
    root: &'v Json<'v>,
}

impl<'v> Scope<'v> {
    fn get(&self, name: &str) -> Option<&'v Json<'v>> {
        self.inner.present(name).or_else(|| self.root.present(name))
    }

    fn text(&self, name: &str) -> Option<&'v str> {
        self.get(name)?.text().filter(|text| !text.is_empty())
    }

    fn at(&self, outer: &str, name: &str) -> Option<&'v str> {
        self.inner.get(outer)?.get(name)?.text()
    }

    /// Anthropic uses the kind `error` for every failure; RFC 9457's `about:blank` means none.
    fn kind(&self) -> Option<&'v str> {
        self.text("type")
            .filter(|kind| !matches!(*kind, "error" | "about:blank"))
    }

    fn codes(&self, word: Option<&'v str>, reason: Option<&'v str>) -> Vec<Cow<'v, str>> {
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

    fn message(&self) -> Option<&'v str> {
        MESSAGES
            .iter()
            .find_map(|name| message(self.get(name)?, DEPTH))
    }
}

/// The contents of `details` (Google) and `detail` (`FastAPI`).
#[derive(Default)]
struct Details<'v> {
    reason: Option<&'v str>,
    param: Option<Cow<'v, str>>,
}

impl<'v> Details<'v> {
    fn of(scope: &Scope<'v>) -> Self {
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

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_constant(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// A code or status that is an HTTP status code of a failure.
fn status(value: &Json<'_>) -> Option<u16> {
    let status = value.word_or_number()?.parse().ok()?;
    (400..600).contains(&status).then_some(status)
}

/// The text of a message, possibly nested in objects and arrays.
fn message<'v>(value: &'v Json<'v>, depth: u8) -> Option<&'v str> {
    let deeper = depth.checked_sub(1)?;
    match value {
        Json::Text(text) => Some(&**text).filter(|text| !text.is_empty()),
        Json::Array(values) => message(values.first()?, deeper),
        Json::Object(_) => MESSAGES
            .iter()
            .find_map(|name| message(value.get(name)?, deeper)),
        _ => None,
    }
}
