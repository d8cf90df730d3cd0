//! The headers of quotas under names that are not listed: `x-rate-limit-reset`,
//! `ratelimit-remaining`, `x-ratelimit-reset-requests-day`, and the structured `RateLimit`.

use crate::http::{
    duration::{SECOND, wait_of},
    name::Name,
};
use std::time::{Duration, SystemTime};

/// The part of a quota that a header holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Limit,
    Remaining,
    Reset,
    /// All, as a structured field.
    All,
}

/// The quota that is named by the other words of the header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Group(u64);

impl Group {
    /// Without other words.
    pub(super) const PLAIN: Self = Self(0);
}

/// The role and the group of a header, if it is one of a quota.
pub(super) fn role(name: &str) -> Option<(Role, Group)> {
    // A quick look, for most headers have another purpose.
    if !name.as_bytes().windows(4).any(|part| part == b"rate") {
        return None;
    }
    let at = name.find("ratelimit").or_else(|| name.find("rate-limit"))?;
    let mut role = None;
    let mut group = Group::PLAIN;
    let behind = name.get(at..)?.trim_start_matches("rate-limit");
    let behind = behind.trim_start_matches("ratelimit");
    let before = name.get(..at)?;
    let words = before.split('-').chain(behind.split(['-', '_']));
    for word in words.filter(|word| !word.is_empty() && *word != "x" && *word != "after") {
        match word {
            "limit" => role = role.or(Some(Role::Limit)),
            "remaining" => role = role.or(Some(Role::Remaining)),
            "reset" => role = role.or(Some(Role::Reset)),
            "policy" | "used" | "scope" | "bucket" | "global" | "resource" | "status" => {
                return None;
            }
            word => group = Group(group.0.rotate_left(7) ^ Name::exact(word).bits()),
        }
    }
    Some((role.unwrap_or(Role::All), group))
}

/// A quota in headers that are not listed.
#[derive(Clone, Copy)]
pub(super) struct Unlisted<'h> {
    pub(super) group: Group,
    pub(super) remaining: Option<&'h str>,
    pub(super) reset: Option<&'h str>,
}

impl<'h> Unlisted<'h> {
    pub(super) fn new(group: Group) -> Self {
        Self {
            group,
            remaining: None,
            reset: None,
        }
    }

    pub(super) fn add(&mut self, role: Role, text: &'h str) {
        match role {
            Role::Limit => {}
            Role::Remaining => self.remaining = self.remaining.or(Some(text)),
            Role::Reset => self.reset = self.reset.or(Some(text)),
            Role::All => {
                for part in text.split([';', ',']).take(16) {
                    let Some((name, value)) = part.split_once('=') else {
                        continue;
                    };
                    match name.trim() {
                        "r" | "remaining" => self.remaining = self.remaining.or(Some(value)),
                        "t" | "reset" => self.reset = self.reset.or(Some(value)),
                        _ => {}
                    }
                }
            }
        }
    }

    /// The time to the reset, if nothing remains.
    pub(super) fn wait(&self, now: SystemTime) -> Option<Duration> {
        (count(self.remaining?) == Some(0)).then(|| wait_of(self.reset?, SECOND, now))?
    }
}

/// The amount in a header: the smallest of a list, without parameters and fractions.
pub(super) fn count(text: &str) -> Option<u64> {
    if let Ok(count) = text.parse() {
        return Some(count);
    }
    let part = |part: &str| {
        let part = part.split_once(';').map_or(part, |(value, _)| value).trim();
        let whole = part.split_once('.').map_or(part, |(whole, _)| whole);
        whole.parse().ok()
    };
    match part(text) {
        Some(count) => Some(count),
        None => text.split(',').take(8).filter_map(part).min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_one_quota_belong_together() {
        for (limit, reset) in [
            ("x-rate-limit-remaining", "x-rate-limit-reset"),
            (
                "x-ratelimit-remaining-requests-day",
                "x-ratelimit-reset-requests-day",
            ),
            ("x-ratelimit-remaining", "x-ratelimit-reset-after"),
            (
                "x-ratelimit-requests-remaining",
                "x-ratelimit-requests-reset",
            ),
        ] {
            let (first, group) = role(limit).unwrap_or((Role::All, Group::PLAIN));
            assert!(first == Role::Remaining, "{limit}");
            assert!(role(reset) == Some((Role::Reset, group)), "{reset}");
        }
        assert!(role("ratelimit") == Some((Role::All, Group::PLAIN)));
        assert!(role("ratelimit-policy").is_none());
        assert!(role("x-limit").is_none());
    }

    #[test]
    fn counts_are_read_leniently() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.0", Some(0)),
            ("0, 98", Some(0)),
            ("0;w=21600", Some(0)),
            ("200, 200;w=60", Some(200)),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }
}
