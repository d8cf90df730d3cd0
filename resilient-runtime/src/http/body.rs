//! The body of an error response.

use crate::{
    http::{
        error_object::{self, error_in},
        form::{Form, elements},
        json::Json,
        prose::Prose,
        scope::{Details, NOT_OK, Scope, fields, is_number, message_in, status},
        walk::{Found, Place},
    },
    redact::start,
};
use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

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
    /// The words of JSON-RPC beside the message.
    data: Option<&'v str>,
    /// The message, prepared for searching.
    pub(super) prose: Prose,
    /// Names and marks, at any place.
    pub(super) found: Found<'v>,
    /// The id in markup; in JSON it is among the findings.
    request_id: Option<&'v str>,
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
                if form.is_raw_declared() {
                    body.found.walk(json, now);
                } else {
                    body.found.walk_repeated(json, now);
                }
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
        let shown = body.shown();
        body.prose = match (title, shown) {
            (Some(title), Some(message)) => Prose::of(&format!("{title}\n{message}")),
            (_, message) => message.as_deref().map(Prose::of).unwrap_or_default(),
        };
        body
    }

    /// The message with what stands beside it.
    pub(super) fn shown(&self) -> Option<Cow<'v, str>> {
        let message = self.message?;
        let data = self.data.filter(|data| !message.contains(data));
        Some(data.map_or(Cow::Borrowed(message), |data| {
            Cow::Owned(format!("{message}: {data}"))
        }))
    }

    pub(super) fn request_id(&self) -> Option<&str> {
        let found = self.found.request_ids.iter().flatten().next();
        found.map(|id| &**id).or(self.request_id)
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
        if is_page(text) {
            let [title] = elements(text, ["<title>"]);
            return Self::of_message(title);
        }
        let tags = [
            "<Code>",
            "<Message>",
            "<RequestId>",
            "<RequestID>",
            "<title>",
        ];
        let [code, message, id, other_id, title] = elements(text, tags);
        let head = start(text, 256).0;
        Self {
            is_error: code.is_some() && (head.contains("<Error") || head.contains("Response")),
            codes: code.map(Cow::Borrowed).into_iter().collect(),
            message: message.or(title),
            request_id: id.or(other_id),
            ..Self::default()
        }
    }

    fn of_json(json: &'v Json<'v>) -> Self {
        let root = error_object::root(json);
        let error = error_in(root);
        let is_error = error_object::is_error_with(root, error);
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
        let message = text.filter(|_| word.is_none()).or_else(|| scope.message());
        let message = message
            .filter(|_| error.is_some())
            .or_else(|| said(root, message));
        let is_plain = scope.inner.get("message").and_then(Json::text).is_some();
        let field = (!is_plain).then(|| fields(&scope, message)).flatten();
        let is_rpc = root.get("jsonrpc").is_some();
        let data = is_rpc.then(|| scope.inner.get("data")).flatten();
        Self {
            is_error,
            codes: scope.codes(word, details.reason),
            message: message
                .or(field.map(|(_, text)| text))
                .or_else(|| listed(error?))
                .or(word),
            data: data.and_then(|data| message_in(data, 2)),
            title: scope.text("title"),
            param: scope
                .text("param")
                .or(field.map(|(name, _)| name))
                .map(Cow::Borrowed)
                .or(details.param),
            kind: scope.kind(),
            status: ["code", "status", "status_code"]
                .iter()
                .find_map(|name| status(scope.get(name)?)),
            ..Self::default()
        }
    }
}

/// Whether this is a page for a browser.
fn is_page(text: &str) -> bool {
    let starts = |start: &str| {
        let text = text.get(..start.len());
        text.is_some_and(|text| text.eq_ignore_ascii_case(start))
    };
    starts("<html") || starts("<!doctype html")
}

/// The message of a body without an error. Block explorers say more in the place of the result.
#[cold]
fn said<'v>(root: &'v Json<'v>, message: Option<&'v str>) -> Option<&'v str> {
    let is_empty = message == Some(NOT_OK);
    let result = root.get("result").filter(|_| is_empty);
    result.and_then(Json::text).or(message)
}

/// The message in a list of words and sentences.
#[cold]
fn listed<'v>(error: &'v Json<'v>) -> Option<&'v str> {
    message_in(error, 2)
}
