//! A walk over the JSON of a failure, for names and waits at any place. It is bounded in depth and
//! nodes, and leaves out what repeats the request.

use crate::failure::google::is_per_day;
use crate::http::{
    duration::wait_of,
    json::Json,
    members::{Member, member},
    name::{Name, add_words},
    prose::Prose,
    values::{is_about_a_value, names_a_value, names_an_error},
};
use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

/// The maximum nesting.
const DEPTH: u8 = 6;

/// The maximum number of members and elements.
const NODES: u16 = 256;

/// The names that are kept.
const NAMES: usize = 24;

/// The longest text that may be a name.
const LONGEST: usize = 160;

/// The characters between the parts of a name.
const SEPARATORS: [char; 4] = ['.', '/', ':', '#'];

/// The place of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A code, a type, a status, or the only word of a message.
    Code,
    /// A reason, as in Google's lists of errors.
    Reason,
    /// The name of the quota that was exceeded.
    Policy,
}

/// Marks of a provider in its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    None,
    Dropbox,
    Facebook,
    MiniMax,
}

/// The findings.
#[derive(Default)]
pub(super) struct Found<'v> {
    names: [Option<(Place, Name)>; NAMES],
    count: usize,
    /// The number of names that the server has said itself; the others stand in a message, which
    /// may repeat what a caller has sent.
    own: Option<usize>,
    /// The first name, for display.
    pub(super) code: Option<&'v str>,
    pub(super) wait: Option<Duration>,
    pub(super) reset: Option<Duration>,
    pub(super) mark: Mark,
    pub(super) is_transient: bool,
    /// Whether it names a quota of Google's per day.
    pub(super) per_day: bool,
    /// The texts of names, to be compared with prose.
    texts: [&'v str; 8],
    /// A bit for each name, by the end of its hash.
    pub(super) bits: u64,
    nodes: u16,
    /// Whether this is JSON-RPC, whose `data` says more about the error.
    is_rpc: bool,
    /// The id of the request, and that of its way through a system.
    pub(super) request_ids: [Option<Cow<'v, str>>; 2],
}

impl<'v> Found<'v> {
    pub(super) fn names(&self) -> &[Option<(Place, Name)>] {
        self.names.get(..self.count).unwrap_or_default()
    }

    /// Whether the server has said the name at this place itself.
    pub(super) fn is_own(&self, at: usize) -> bool {
        self.own.is_none_or(|own| at < own)
    }

    /// Adds what stands in `json`.
    pub(super) fn walk(&mut self, json: &'v Json<'v>, now: SystemTime) {
        self.is_rpc = json.get("jsonrpc").is_some();
        self.at(json, DEPTH, true, now);
    }

    /// Adds what stands in JSON that is a part of a message.
    pub(super) fn walk_repeated(&mut self, json: &'v Json<'v>, now: SystemTime) {
        self.own = self.own.or(Some(self.count));
        self.walk(json, now);
    }

    /// Adds what stands in a value. Where it does not describe the error, it may be an object of
    /// the caller's, with a status or a name of its own.
    fn at(&mut self, json: &'v Json<'v>, depth: u8, describes: bool, now: SystemTime) {
        let Some(deeper) = depth.checked_sub(1) else {
            return;
        };
        match json {
            Json::Array(elements) => {
                for element in elements {
                    if !self.may_go_on() {
                        return;
                    }
                    self.at(element, deeper, describes, now);
                }
            }
            Json::Object(members) => {
                let mut remains = false;
                let mut reset = None;
                for (name, value) in members {
                    if !self.may_go_on() {
                        return;
                    }
                    let member = member(name);
                    match member {
                        Some(Member::Tag) if !name.starts_with('.') => continue,
                        Some(Member::Echo) => continue,
                        Some(Member::Data) if !self.is_rpc => continue,
                        Some(Member::Remaining) => remains |= is_positive(value),
                        Some(Member::Reset(unit)) => reset = reset.or(wait_in(value, unit, now)),
                        Some(member) if describes || member.is_of_errors() => {
                            self.member(member, value, now);
                        }
                        _ => {}
                    }
                    if matches!(value, Json::Array(_) | Json::Object(_)) {
                        let describes = match member {
                            Some(member) => describes || member.is_of_errors(),
                            None => names_an_error(name),
                        };
                        self.at(value, deeper, describes, now);
                    }
                }
                if !remains {
                    self.reset = self.reset.or(reset);
                }
            }
            _ => {}
        }
    }

    fn may_go_on(&mut self) -> bool {
        self.nodes = self.nodes.saturating_add(1);
        self.nodes <= NODES
    }

    #[inline]
    fn member(&mut self, member: Member, value: &'v Json<'v>, now: SystemTime) {
        match (member, value) {
            (Member::Name(place), Json::Text(text)) => self.name(place, text),
            (Member::Type, Json::Text(text)) => {
                let code = self.code.or(Some(""));
                let shown = std::mem::replace(&mut self.code, code);
                self.name(Place::Code, text);
                self.code = shown;
            }
            (Member::Name(place), Json::Number(number)) => {
                if let Some(number) = number.as_u64() {
                    self.put(place, Name::of_number(number));
                }
            }
            (Member::Word(place), Json::Text(text)) if !text.contains(' ') => {
                self.name(place, text);
            }
            (Member::Errors, Json::Array(errors)) => self.errors(errors),
            (Member::Wait(unit), value) => self.wait = self.wait.or(wait_in(value, unit, now)),
            (Member::RequestId(rank), value) => self.request_id(rank, value),
            (Member::Mark(mark), value) => {
                self.mark = mark;
                self.request_id(1, value);
            }
            (Member::Errors | Member::Data | Member::Tag, Json::Text(text))
                if !text.contains(' ') =>
            {
                self.name(Place::Code, text);
            }
            // Another provider has a sentence here.
            (Member::Summary, Json::Text(text)) if !text.contains(' ') => {
                self.mark = Mark::Dropbox;
                self.name(Place::Code, text);
            }
            (Member::Transient, Json::Bool(value)) => self.is_transient |= value,
            (Member::QuotaId, Json::Text(text)) => self.per_day |= is_per_day(text),
            _ => {}
        }
    }

    /// Adds the names in a list of errors, or in lists of names and sentences.
    #[cold]
    fn errors(&mut self, errors: &'v [Json<'v>]) {
        for one in errors.iter().take(4) {
            for text in one
                .elements()
                .iter()
                .take(4)
                .chain([one])
                .filter_map(Json::text)
            {
                if !text.contains(' ') {
                    self.name(Place::Code, text);
                }
            }
        }
    }

    fn request_id(&mut self, rank: usize, value: &'v Json<'v>) {
        if let Some(place) = self.request_ids.get_mut(rank).filter(|id| id.is_none()) {
            let id = value.word_or_number();
            *place = id.filter(|id| id.len() <= LONGEST && !id.contains(' '));
        }
    }

    /// Adds a name, and its parts: `Throttling.User`, `path/not_found/..`, `com.aws#Throttled`.
    pub(super) fn name(&mut self, place: Place, text: &'v str) {
        let text = text.trim_ascii();
        if text.is_empty() || text.len() > LONGEST {
            return;
        }
        if self.code.is_none() && text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            self.code = Some(text);
        }
        let free = self.texts.iter_mut().find(|text| text.is_empty());
        if let Some(free) = free.filter(|_| self.own.is_none()) {
            *free = text;
        }
        self.put(place, Name::of(text));
        let is_separator = |byte: u8| matches!(byte, b'.' | b'/' | b':' | b'#');
        // What follows a code about a value, or is a path, may be text of the caller's.
        let is_apart = || text.starts_with('/') || is_about_a_value(text);
        if text.bytes().any(is_separator) && !is_apart() {
            let parts = text.split(SEPARATORS).filter(|part| part.len() > 2);
            for part in parts.take(6) {
                self.put(place, Name::of(part));
            }
        }
    }

    /// Whether a code says that something else is wrong than prose could say.
    pub(super) fn contradicts_prose(&self) -> bool {
        self.texts.iter().any(|text| is_about_a_value(text))
    }

    /// Whether a 429 names its rate, so that no other words need to be searched.
    pub(super) fn says_rate(&self, status: u16) -> bool {
        let is_rate = |text: &&str| {
            let start = text.get(..4);
            start.is_some_and(|start| start.eq_ignore_ascii_case("rate"))
        };
        status == 429 && self.texts.iter().any(is_rate)
    }

    /// The words of the names, to be searched.
    pub(super) fn words(&self) -> Option<Prose> {
        let mut words = String::with_capacity(128);
        let texts = self.texts.iter().take_while(|text| !text.is_empty());
        let is_searched =
            |text: &&&str| !text.starts_with('/') && !text.contains("://") && !names_a_value(text);
        for text in texts.filter(is_searched) {
            add_words(&mut words, text);
        }
        (!words.is_empty()).then(|| Prose::of_words(words))
    }

    fn put(&mut self, place: Place, name: Name) {
        if let Some(free) = self.names.get_mut(self.count) {
            *free = Some((place, name));
            self.bits |= name.bit();
            self.count = self.count.saturating_add(1);
        }
    }
}

fn wait_in(value: &Json<'_>, unit: Duration, now: SystemTime) -> Option<Duration> {
    wait_of(&value.word_or_number()?, unit, now)
}

fn is_positive(value: &Json<'_>) -> bool {
    let number = value.word_or_number().and_then(|text| text.parse().ok());
    number.is_some_and(|number: f64| number > 0.0)
}
