//! Phrases and waits in the message of a response.

use crate::{
    http::{
        duration, moment,
        phrase::{Phrase, SECONDS, first, says},
        quotes::without_quotes,
    },
    redact::start,
};
use std::time::{Duration, SystemTime};

/// The characters of a message that are searched.
const SEARCHED: usize = 2 * 1024;

/// The words before a wait in a message.
const LEADS: &[Phrase] = says![
    "try again",
    "retry",
    "retried",
    "retry your request",
    "retry the request",
    "wait",
    "banned",
    "blocked",
    "take a break",
];

/// The words before a wait that one of [`LINKS`] has to follow: "available 24 hours a day" is none.
const LINKED_LEADS: &[Phrase] = says![
    "reset",
    "resets",
    "regain access",
    "available",
    "available again",
];

/// The words between them and the wait, and whether a number behind them needs no unit.
const LINKS: &[(&str, bool)] = &[
    ("in ", true),
    ("after", true),
    ("at least", false),
    ("at", false),
    ("on", false),
    ("for", false),
    ("until", false),
    ("about", false),
    ("approximately", false),
    ("around", false),
    ("another", false),
    ("again", false),
];

/// The characters between words that mean nothing.
const SPACE: [char; 6] = [' ', ':', '\'', '"', '`', '~'];

/// The searched part of a message, in lower case.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    /// For each letter, the letters that follow it anywhere. Hundreds of phrases are searched, and
    /// nearly all contain a pair of letters that the message does not.
    pairs: [u32; 32],
}

impl Prose {
    pub(super) fn of(message: &str) -> Self {
        let (message, _) = start(message, SEARCHED);
        let mut text = if message.is_ascii() {
            message.to_ascii_lowercase()
        } else {
            message.to_lowercase()
        };
        // Without a branch, many bytes are compared at once.
        let is_quote = |any, byte: &u8| any | matches!(byte, b'"' | b'\'' | b'`' | 0xe2);
        if text.as_bytes().iter().fold(false, is_quote) {
            text = without_quotes(&text);
        }
        Self::of_words(text)
    }

    /// Text that is in lower case already.
    pub(super) fn of_words(text: String) -> Self {
        let mut pairs = [0; 32];
        let mut last = 0;
        for byte in text.bytes() {
            let bit = SECONDS.get(usize::from(byte));
            if let (Some(seconds), Some(bit)) = (pairs.get_mut(first(last)), bit) {
                *seconds |= bit;
            }
            last = byte;
        }
        Self { text, pairs }
    }

    /// Whether it contains this phrase.
    #[inline]
    pub(super) fn says(&self, phrase: &Phrase) -> bool {
        let has = |pair: &(u8, u32)| {
            let seconds = self.pairs.get(usize::from(pair.0));
            seconds.is_some_and(|seconds| seconds & pair.1 != 0)
        };
        phrase.pairs.iter().all(has) && self.text.contains(phrase.text)
    }

    /// Whether it contains one of these phrases.
    pub(super) fn says_any(&self, phrases: &[Phrase]) -> bool {
        phrases.iter().any(|phrase| self.says(phrase))
    }

    /// The wait in the message, as in `please try again in 1.574s`, `retry after '6' seconds` and
    /// `resets at <date>`; `now` is the server's time.
    pub(super) fn wait(&self, now: SystemTime) -> Option<Duration> {
        let plain = LEADS.iter().map(|lead| (lead, false));
        let linked = LINKED_LEADS.iter().map(|lead| (lead, true));
        let mut leads = plain.chain(linked).filter(|(lead, _)| self.says(lead));
        leads.find_map(|(lead, is_linked)| {
            let mut places = self.text.match_indices(lead.text).take(8);
            places.find_map(|(at, lead)| {
                let (before, rest) = self.text.split_at_checked(at)?;
                let is_part = before.ends_with(char::is_alphabetic);
                let rest = rest.strip_prefix(lead).filter(|_| !is_part)?;
                behind_lead(rest, is_linked, now)
            })
        })
    }
}

fn behind_lead(text: &str, is_linked: bool, now: SystemTime) -> Option<Duration> {
    let mut text = text.trim_start_matches(SPACE);
    let mut has_link = false;
    let mut plain = false;
    for _ in 0..3 {
        let Some((rest, seconds)) = LINKS
            .iter()
            .find_map(|(link, seconds)| Some((text.strip_prefix(link)?, *seconds)))
        else {
            break;
        };
        has_link = true;
        plain |= seconds;
        text = rest.trim_start_matches(SPACE);
    }
    if is_linked && !has_link {
        return None;
    }
    let wait = duration::at_start(text)
        .or_else(|| since_1970(text, now))
        .or_else(|| seconds(text, plain))
        .or_else(|| moment::date(text)?.duration_since(now).ok());
    wait.filter(|wait| !wait.is_zero())
}

/// The time to a moment in seconds or milliseconds since 1970.
fn since_1970(text: &str, now: SystemTime) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, _) = text.split_at_checked(end.unwrap_or(text.len()))?;
    (10..=13)
        .contains(&number.len())
        .then(|| duration::wait_of(number, duration::SECOND, now))?
}

/// A number that is followed by no other word, or behind a quote by its unit.
fn seconds(text: &str, plain: bool) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let is_quoted = rest.starts_with(['\'', '"', '`']);
    let rest = rest.trim_start_matches(['\'', '"', '`']);
    let number = number.trim_end_matches('.');
    if is_quoted && rest.starts_with(' ') {
        return duration::at_start(&format!("{number}{}", start(rest, 20).0));
    }
    let ends = rest.is_empty() || rest.starts_with([',', ')', ';', '\n', '}', '|', ' ']);
    let is_last = ends
        && !rest
            .trim_start()
            .starts_with(|c: char| c.is_ascii_alphabetic());
    if plain && is_last {
        duration::number_of(number, duration::SECOND)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_is_read_from_a_message() {
        // 2026-05-15T12:00:00Z
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_778_846_400);
        for (text, millis) in [
            ("please try again in 1.574s. visit", Some(1_574)),
            ("please try again in 644ms.", Some(644)),
            ("please retry after 7 seconds. please contact", Some(7_000)),
            ("retry in 34.5s", Some(34_500)),
            ("try again in a while. please wait 2 minutes", Some(120_000)),
            ("please try again in 6m0s", Some(360_000)),
            ("too many requests: retry after 34", Some(34_000)),
            ("please try again after '6' seconds.", Some(6_000)),
            ("the request can be retried in 14 seconds", Some(14_000)),
            ("try again in about 20 seconds", Some(20_000)),
            ("your rate limit resets in ~5s.", Some(5_000)),
            ("retry after 1 hour and 5 minutes", Some(3_900_000)),
            ("the limit resets at 2026-05-15T12:00:30Z.", Some(30_000)),
            (
                "you will regain access on 2026-05-16 at 00:00 UTC.",
                Some(43_200_000),
            ),
            ("ip banned until 1778846430000. please", Some(30_000)),
            ("retry after 1778846430", Some(30_000)),
            ("take a break for 9 minutes before", Some(540_000)),
            ("retry after 0 seconds", None),
            ("retry 3 times. wait 5.", None),
            ("please try again later", None),
            ("support is available 24 hours a day", None),
            ("the preset in 30 seconds", None),
            ("await 5 seconds of silence", None),
            ("try again in 5 models", None),
            ("retry after 2026-01-01", None),
        ] {
            let wait = Prose::of(text).wait(now);
            assert_eq!(wait, millis.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn says_finds_contained_phrases_only() {
        let prose = Prose::of("Your Credit balance (in €) is too LOW.");
        for phrase in ["your credit", "too low.", "(in €) is"] {
            assert!(prose.says(&Phrase::of(phrase)), "{phrase}");
        }
        // The last two contain only pairs that the message has.
        for phrase in ["credits", "too lower", "too  low", "is is", "redit cred"] {
            assert!(!prose.says(&Phrase::of(phrase)), "{phrase}");
        }
        assert!(!Prose::default().says(&Phrase::of("ab")));
    }

    #[test]
    fn quoted_text_is_not_prose() {
        for text in [
            "invalid value for 'note': 'insufficient funds'",
            "unknown name \"insufficient funds\"",
            "`insufficient funds` is not allowed here",
            "the text \u{201c}insufficient funds\u{201d} is too short",
        ] {
            assert!(
                !Prose::of(text).says(&Phrase::of("insufficient funds")),
                "{text}"
            );
        }
        for text in [
            "the account's insufficient funds' state",
            "the model's owner has insufficient funds",
            "insufficient funds for 'x'",
        ] {
            assert!(
                Prose::of(text).says(&Phrase::of("insufficient funds")),
                "{text}"
            );
        }
    }
}
