//! The members of JSON that say what failed or how long to wait.

use crate::http::{
    duration::SECOND,
    name::Name,
    walk::{Mark, Place},
};
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

/// The meaning of a member.
#[derive(Clone, Copy)]
pub(super) enum Member {
    Name(Place),
    /// A name that is not shown as the code.
    Type,
    /// A name, if it is a single word.
    Word(Place),
    /// Errors, or their names.
    Errors,
    /// The tag of a union of Dropbox, `.tag`.
    Tag,
    /// Further members that describe the error.
    Around,
    Wait(Duration),
    /// The time of a reset.
    Reset(Duration),
    Remaining,
    Mark(Mark),
    /// The path of tags of an error of Dropbox.
    Summary,
    Transient,
    QuotaId,
    /// The id of the request, by the rank of its name.
    RequestId(usize),
    /// A copy of the request, or in JSON-RPC what is said about an error.
    Data,
    /// A copy of the request.
    Echo,
}

impl Member {
    /// Whether its name alone says that it is about an error, or about a wait, wherever it stands.
    pub(super) const fn is_of_errors(self) -> bool {
        matches!(
            self,
            Self::Errors
                | Self::Wait(_)
                | Self::RequestId(_)
                | Self::Mark(_)
                | Self::QuotaId
                | Self::Transient
        )
    }
}

const fn is(name: &str, member: Member) -> (Name, Member) {
    (Name::exact(name), member)
}

const MEMBERS: &[(Name, Member)] = &[
    is("code", Member::Name(Place::Code)),
    is("type", Member::Type),
    is("message", Member::Word(Place::Code)),
    is("error", Member::Errors),
    is("errors", Member::Errors),
    is("exceptions", Member::Errors),
    is("status", Member::Name(Place::Code)),
    is("error_code", Member::Name(Place::Code)),
    is("error_type", Member::Type),
    is("err_code", Member::Name(Place::Code)),
    is("error_name", Member::Name(Place::Code)),
    is("error_summary", Member::Summary),
    is("error_subcode", Member::Name(Place::Code)),
    is("sub_code", Member::Name(Place::Code)),
    is("exception", Member::Word(Place::Code)),
    is("fault", Member::Errors),
    is("inner_error", Member::Errors),
    is("root_cause", Member::Errors),
    is("caused_by", Member::Errors),
    is("details", Member::Around),
    is("response", Member::Around),
    is("response_metadata", Member::Around),
    is("extensions", Member::Around),
    is("metadata", Member::Around),
    is("cancellation_reasons", Member::Around),
    is("violations", Member::Around),
    is("causes", Member::Around),
    is("cause", Member::Around),
    is("issues", Member::Around),
    is("result", Member::Around),
    is("results", Member::Around),
    is("output", Member::Around),
    is("parameters", Member::Around),
    is("meta", Member::Around),
    is("sys", Member::Around),
    is("json", Member::Around),
    is("info", Member::Around),
    is("header", Member::Around),
    is("error_info", Member::Around),
    is("error_details", Member::Around),
    is("incomplete_details", Member::Around),
    is("event", Member::Around),
    is("kind", Member::Type),
    is("tag", Member::Tag),
    is("category", Member::Type),
    is("category_code", Member::Type),
    is("err_type", Member::Type),
    is("status_code", Member::Name(Place::Code)),
    is("status_name", Member::Type),
    is("fault_code", Member::Name(Place::Code)),
    is("base_resp", Member::Mark(Mark::MiniMax)),
    is("name", Member::Word(Place::Code)),
    is("title", Member::Word(Place::Code)),
    is("msg", Member::Word(Place::Code)),
    is("detail", Member::Word(Place::Code)),
    is("issue", Member::Word(Place::Code)),
    is("reason", Member::Word(Place::Reason)),
    is("policy_name", Member::Name(Place::Policy)),
    is("quota_id", Member::QuotaId),
    is("quota_limit", Member::QuotaId),
    is("retry_after", Member::Wait(SECOND)),
    is("retry_after_seconds", Member::Wait(SECOND)),
    is("retry_after_secs", Member::Wait(SECOND)),
    is("retry_after_sec", Member::Wait(SECOND)),
    is("retry_after_s", Member::Wait(SECOND)),
    is("retry_after_in_seconds", Member::Wait(SECOND)),
    is("retry_after_ms", Member::Wait(MILLI)),
    is("retry_after_millis", Member::Wait(MILLI)),
    is("retry_after_milliseconds", Member::Wait(MILLI)),
    is("backoff_seconds", Member::Wait(SECOND)),
    is("retry_delay", Member::Wait(SECOND)),
    is("retry_delay_ms", Member::Wait(MILLI)),
    is("retry_in", Member::Wait(SECOND)),
    is("retry_in_seconds", Member::Wait(SECOND)),
    is("retry_at", Member::Wait(SECOND)),
    is("estimated_time", Member::Wait(SECOND)),
    is("resets_in_seconds", Member::Wait(SECOND)),
    is("reset_in_seconds", Member::Wait(SECOND)),
    is("resets_in", Member::Wait(SECOND)),
    is("reset_in", Member::Wait(SECOND)),
    is("reset_after", Member::Wait(SECOND)),
    is("reset_after_seconds", Member::Wait(SECOND)),
    is("wait_seconds", Member::Wait(SECOND)),
    is("quota_reset_delay", Member::Wait(SECOND)),
    is("resets_at", Member::Reset(SECOND)),
    is("reset_at", Member::Reset(SECOND)),
    is("reset_time", Member::Reset(SECOND)),
    is("reset", Member::Reset(SECOND)),
    is("quota_reset_timestamp", Member::Reset(SECOND)),
    is("x_ratelimit_reset", Member::Reset(SECOND)),
    is("ratelimit_reset", Member::Reset(SECOND)),
    is("remaining", Member::Remaining),
    is("x_ratelimit_remaining", Member::Remaining),
    is("ratelimit_remaining", Member::Remaining),
    is("is_transient", Member::Transient),
    is("fbtrace_id", Member::Mark(Mark::Facebook)),
    is("request_id", Member::RequestId(0)),
    is("req_id", Member::RequestId(0)),
    is("x_request_id", Member::RequestId(0)),
    is("debug_id", Member::RequestId(0)),
    is("psp_reference", Member::RequestId(0)),
    is("log_id", Member::RequestId(1)),
    is("correlation_id", Member::RequestId(1)),
    is("trace_id", Member::RequestId(1)),
    is("tracking_id", Member::RequestId(1)),
    is("error_id", Member::RequestId(1)),
    is("activity_id", Member::RequestId(1)),
    is("input", Member::Echo),
    is("inputs", Member::Echo),
    is("request", Member::Echo),
    is("request_body", Member::Echo),
    is("payload", Member::Echo),
    is("received", Member::Echo),
    is("provided", Member::Echo),
    is("value", Member::Echo),
    is("rejected_value", Member::Echo),
    is("ctx", Member::Echo),
    is("data", Member::Data),
    is("choices", Member::Echo),
    is("messages", Member::Echo),
    is("body", Member::Echo),
    is("content", Member::Echo),
    is("prompt", Member::Echo),
    is("params", Member::Echo),
    is("links", Member::Echo),
];

/// Places for a member; a power of two well above their number.
const SLOTS: usize = 512;

/// The index of each member, at the place of its name or behind it.
static TABLE: [u8; SLOTS] = table();

const FREE: u8 = u8::MAX;

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "evaluated by the compiler"
)]
const fn table() -> [u8; SLOTS] {
    let mut table = [FREE; SLOTS];
    let mut at = 0;
    while at < MEMBERS.len() {
        let mut slot = MEMBERS[at].0.bits() as usize % SLOTS;
        while table[slot] != FREE {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = at as u8;
        at += 1;
    }
    table
}

/// The meaning of the member of this name.
pub(super) fn member(name: &str) -> Option<Member> {
    let name = Name::exact(name);
    let slot = usize::try_from(name.bits()).ok()? % SLOTS;
    let (before, from) = TABLE.split_at_checked(slot)?;
    let slots = from.iter().chain(before);
    for at in slots.take_while(|at| **at != FREE) {
        let (known, member) = MEMBERS.get(usize::from(*at))?;
        if *known == name {
            return Some(*member);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_found() {
        for (name, _) in MEMBERS {
            let same = MEMBERS.iter().filter(|(other, _)| other == name).count();
            assert_eq!(same, 1, "{name:?}");
        }
        for name in [
            "code",
            "retryAfterMs",
            "Retry-After",
            "x-ratelimit-reset",
            "links",
        ] {
            assert!(member(name).is_some(), "{name}");
        }
        assert!(member("other").is_none());
    }

    /// The names in the rows of a list in a source.
    fn names_in(source: &str, before: &str, behind: &str) -> Vec<String> {
        let parts = source.split(before).skip(1);
        let names = parts.filter_map(|part| {
            let (name, rest) = part.split_once('"')?;
            rest.starts_with(behind).then(|| name.to_owned())
        });
        names.collect()
    }

    #[test]
    fn documentation_names_every_member_with_a_wait_and_every_lead_of_a_message() {
        let documentation = include_str!("mod.rs");
        let (_, waits) = documentation
            .split_once("The **wait** is")
            .unwrap_or_default();
        let (waits, _) = waits.split_once("Each of them").unwrap_or_default();
        let waits = waits.replace("///", " ");
        let waits = waits.split_whitespace().collect::<Vec<_>>().join(" ");
        let members = include_str!("members.rs");
        let prose = include_str!("prose.rs");
        let leads = prose.split_once("const LEADS").unwrap_or_default().1;
        let leads = leads
            .split_once("/// The words between")
            .unwrap_or_default()
            .0;
        let headers = include_str!("headers.rs");
        let mut names = names_in(members, "is(\"", ", Member::Wait");
        names.extend(names_in(members, "is(\"", ", Member::Reset"));
        names.extend(names_in(leads, "    \"", ","));
        names.extend(names_in(headers, "  \"", " => &mut self.waits"));
        assert!(names.len() > 40, "{names:?}");
        for name in &names {
            assert!(waits.contains(&format!("`{name}`")), "{name} is missing");
        }
        let listed = waits.matches('`').count() / 2;
        // An example, a word, a type, the name of a header and the three parts of such names.
        assert_eq!(listed, names.len() + 7);
    }
}
