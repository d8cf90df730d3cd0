//! Phrases and waits in the message of a response.

use crate::{http::duration, redact::start};
use std::time::Duration;

/// The characters of a message that are searched.
const SEARCHED: usize = 2 * 1024;

/// The phrases before a wait in a message.
const LEADS: &[&str] = &[
    "try again in ",
    "try again after ",
    "retry in ",
    "retry after ",
    "retry your request after ",
    "please wait ",
];

/// The searched part of a message, in lower case.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    /// For each letter, the letters that follow it anywhere. Dozens of phrases are searched, and
    /// nearly all contain a pair of letters that the message does not.
    pairs: [u32; 32],
}

impl Prose {
    pub(super) fn of(message: &str) -> Self {
        let (message, _) = start(message, SEARCHED);
        let text = message.to_ascii_lowercase();
        let mut pairs = [0; 32];
        for (first, second) in pairs_of(&text) {
            if let Some(seconds) = pairs.get_mut(first) {
                *seconds |= second;
            }
        }
        Self { text, pairs }
    }

    /// Whether it contains this phrase, given in lower case.
    pub(super) fn says(&self, phrase: &str) -> bool {
        let has = |(first, second)| {
            self.pairs
                .get(first)
                .is_some_and(|seconds| seconds & second != 0)
        };
        pairs_of(phrase).all(has) && self.text.contains(phrase)
    }

    /// The wait in the message, as in `please try again in 1.574s` and `retry after 6 seconds`.
    pub(super) fn wait(&self) -> Option<Duration> {
        let mut leads = LEADS.iter().filter(|lead| self.says(lead));
        leads.find_map(|lead| self.text.split(lead).skip(1).find_map(duration::at_start))
    }
}

/// The pairs of neighbouring letters: the row of the first in the table, and the bit of the second.
/// Other characters are mapped to letters.
fn pairs_of(text: &str) -> impl Iterator<Item = (usize, u32)> {
    let seconds = text.bytes().skip(1);
    text.bytes()
        .zip(seconds)
        .map(|(first, second)| (usize::from(first & 31), 1_u32.wrapping_shl(second.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_is_read_from_a_message() {
        for (text, millis) in [
            ("please try again in 1.574s. visit", Some(1_574)),
            ("please try again in 644ms.", Some(644)),
            ("please retry after 7 seconds. please contact", Some(7_000)),
            ("retry in 34.5s", Some(34_500)),
            ("try again in a while. please wait 2 minutes", Some(120_000)),
            ("please try again in 6m0s", Some(360_000)),
            ("please try again later", None),
            ("try again in 5 models", None),
            ("retry after 2026-01-01", None),
        ] {
            let wait = Prose::of(text).wait();
            assert_eq!(wait, millis.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn says_finds_contained_phrases_only() {
        let prose = Prose::of("Your Credit balance (in €) is too LOW.");
        for phrase in ["your credit", "too low.", "(in €) is", "y", ""] {
            assert!(prose.says(phrase), "{phrase}");
        }
        // The last two contain only pairs that the message has.
        for phrase in ["credits", "too lower", "too  low", "is is", "redit cred"] {
            assert!(!prose.says(phrase), "{phrase}");
        }
        assert!(!Prose::default().says("a"));
    }
}
