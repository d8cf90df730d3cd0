//! The objects of JSON that describe an error: code, kind, message and parameter.

use crate::http::{headers::aws_name, json::Json, name::Name};
use std::borrow::Cow;

/// The maximum nesting at which a message is searched.
const DEPTH: u8 = 4;

/// The message of a failure of block explorers.
pub(super) const NOT_OK: &str = "NOTOK";

/// Members that contain the message, the most specific first.
const MESSAGES: &[Name] = &[
    Name::exact("message"),
    Name::exact("detail"),
    Name::exact("error_description"),
    Name::exact("title"),
    Name::exact("msg"),
    Name::exact("description"),
    Name::exact("reason"),
    Name::exact("error_summary"),
    Name::exact("error_message"),
    Name::exact("error_messages"),
    Name::exact("error_msg"),
    Name::exact("errmsg"),
    Name::exact("status_msg"),
    Name::exact("fault_string"),
    Name::exact("developer_message"),
    Name::exact("text"),
    Name::exact("details"),
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
        let plain = self.get("message");
        let plain = plain.and_then(|message| message_in(message, DEPTH));
        plain.or_else(|| {
            let outer = ranked_message(self.root, DEPTH);
            let inner = ranked_message(self.inner, DEPTH);
            let inner = inner.filter(|(rank, _)| outer.is_none_or(|(other, _)| *rank <= other));
            inner.or(outer).map(|(_, text)| text)
        })
    }
}

/// The most specific message among the members, and its place in [`MESSAGES`].
#[cold]
fn ranked_message<'v>(object: &'v Json<'v>, depth: u8) -> Option<(usize, &'v str)> {
    let mut found: Option<(usize, &str)> = None;
    for (name, value) in object.members() {
        let name = Name::exact(name);
        let Some(rank) = MESSAGES.iter().position(|known| *known == name) else {
            continue;
        };
        if found.is_none_or(|(other, _)| rank < other) {
            found = message_in(value, depth).map(|text| (rank, text)).or(found);
        }
    }
    found
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
        Json::Object(_) => ranked_message(value, deeper).map(|(_, text)| text),
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
