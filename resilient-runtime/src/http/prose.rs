//! Stage classify, an answer: takes its message, gives what is said in words.

use crate::{http::duration, redact::start};
use std::time::Duration;

/// How much of a message is searched for phrases and waits, in characters.
const SEARCHED: usize = 2 * 1024;

/// What comes before a wait in a message.
const LEADS: &[&str] = &[
    "try again in ",
    "try again after ",
    "retry in ",
    "retry after ",
    "retry your request after ",
    "please wait ",
];

/// A message in lower case, as far as it is searched.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    /// For each letter the letters that follow it somewhere. Dozens of phrases are searched for, and nearly all of them
    /// have a pair of letters that the message does not have.
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

    /// Whether it has this phrase, which is in lower case.
    pub(super) fn says(&self, phrase: &str) -> bool {
        let has = |(first, second)| {
            self.pairs
                .get(first)
                .is_some_and(|seconds| seconds & second != 0)
        };
        pairs_of(phrase).all(has) && self.text.contains(phrase)
    }

    /// The wait that it names, as in `please try again in 1.574s` and `retry after 6 seconds`.
    pub(super) fn wait(&self) -> Option<Duration> {
        let mut leads = LEADS.iter().filter(|lead| self.says(lead));
        leads.find_map(|lead| self.text.split(lead).skip(1).find_map(duration::at_start))
    }
}

/// The pairs of neighbours: the row of the first in a table of pairs, and the bit of the second. What is no letter is
/// taken for one.
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
    fn a_message_names_its_wait() {
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
    fn a_message_says_what_stands_in_it() {
        let prose = Prose::of("Your Credit balance (in €) is too LOW.");
        for phrase in ["your credit", "too low.", "(in €) is", "y", ""] {
            assert!(prose.says(phrase), "{phrase}");
        }
        // The last two have no pair that the message does not have.
        for phrase in ["credits", "too lower", "too  low", "is is", "redit cred"] {
            assert!(!prose.says(phrase), "{phrase}");
        }
        assert!(!Prose::default().says("a"));
    }
}
