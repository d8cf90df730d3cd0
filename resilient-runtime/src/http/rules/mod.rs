//! Rules for responses whose status alone is misleading. The rules are data, in `table`; here is
//! how one is compared with a response.

mod sets;
mod table;

use crate::{
    Class, Classification, Retryable,
    http::{
        body::Body,
        name::Name,
        phrase::Phrase,
        walk::{Mark, Place},
    },
};
use sets::{RuleSet, next};
use std::time::SystemTime;

/// A rule for a misleading status. All that it names has to be there; of `names`, `words` and
/// `says`, one.
pub(super) struct Rule {
    /// Its name in the documentation.
    #[cfg_attr(not(test), expect(dead_code, reason = "like `source`"))]
    pub(super) name: &'static str,
    pub(super) class: Class,
    /// Whether a retry can help, if the class is not right about it.
    pub(super) retryable: Option<Retryable>,
    /// The provider's documentation, or a report of such a response.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the documentation, which a test compares")
    )]
    pub(super) source: &'static str,
    /// The statuses of the failure, as ranges. Below 400 are errors sent with a success.
    pub(super) status: &'static [(u16, u16)],
    /// The place of the name; any if there is none.
    pub(super) place: Option<Place>,
    pub(super) mark: Mark,
    pub(super) names: &'static [Name],
    /// Words in a name, in lower case: `InputTextSensitiveContentDetected` has `sensitive content`.
    pub(super) words: &'static [Phrase],
    /// Phrases that are searched if no rule fits by others.
    pub(super) rare: &'static [Phrase],
    /// Phrases in the message, in lower case.
    pub(super) says: &'static [Phrase],
    /// Phrases of which one has to be there as well.
    pub(super) and_says: &'static [Phrase],
    pub(super) needs: Needs,
    /// Whether other requests may succeed, so that no circuit breaker opens at once.
    pub(super) is_partial: bool,
}

/// Another condition of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// The server names no wait, so that it is not a bucket that refills all day.
    NoWait,
    /// The server names a wait.
    Wait,
    /// A quota in the headers is exhausted.
    ExhaustedQuota,
    /// An identifier of Google's quotas per day.
    QuotaPerDay,
    /// The provider calls the failure transient.
    Transient,
}

/// The response that the rules examine.
pub(super) struct Answer<'a> {
    /// The status of the failure: of the response, or in the body of an error sent with a success.
    pub(super) status: u16,
    pub(super) body: &'a Body<'a>,
    /// The error name in the headers of AWS.
    pub(super) aws: Option<Name>,
    /// Whether a header names a wait.
    pub(super) header_waits: bool,
    pub(super) quota_waits: bool,
    /// The server's time.
    pub(super) now: SystemTime,
}

/// The rule that decides.
#[derive(Clone, Copy)]
pub(super) struct Decision {
    pub(super) rule: &'static Rule,
    evidence: Evidence,
}

/// The evidence for a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// A name that the rule lists and the server gives, or the status alone.
    Name,
    /// A phrase or a name in a text, or words in a name that is not listed. It may have another
    /// meaning, or repeat what a caller has sent.
    Text,
}

/// The first rule that fits by a name or a phrase of `says` decides; else the first by `words` in a
/// name or a phrase of `rare`.
///
/// The order of the table is the order of precedence: a code such as `invalid_request_error` is so
/// general that a phrase says more, so rules with a specific class stand before general ones.
pub(super) fn find(answer: &Answer<'_>) -> Option<Decision> {
    let found = &answer.body.found;
    let rules = possible(answer);
    let decision = first(rules, answer, |rule, names| {
        let by_text = || rule.is_said(rule.says, answer).then_some(Evidence::Text);
        rule.named(answer, names).or_else(by_text)
    });
    if decision.is_some() || found.says_rate(answer.status) {
        return decision;
    }
    let words = found.words();
    if words.is_none() && answer.status >= 500 {
        // A gateway's page.
        return None;
    }
    first(rules, answer, |rule, _| {
        let is_worded = words
            .as_ref()
            .is_some_and(|words| words.says_any(rule.words));
        (is_worded || rule.is_said(rule.rare, answer)).then_some(Evidence::Text)
    })
}

/// The rules for the status and the circumstances of the answer.
fn possible(answer: &Answer<'_>) -> RuleSet {
    let mut left = sets::for_status(answer.status);
    let mut possible = 0;
    while let Some((rule, bit, _)) = next(&mut left) {
        if rule.applies(answer) {
            possible |= bit;
        }
    }
    possible
}

/// The first of these rules that fits. `evidence` gets the bits of the names that the rule and the
/// answer may have in common.
fn first(
    mut left: RuleSet,
    answer: &Answer<'_>,
    evidence: impl Fn(&Rule, u64) -> Option<Evidence>,
) -> Option<Decision> {
    let found = answer.body.found.bits | answer.aws.map_or(0, Name::bit);
    while let Some((rule, _, names)) = next(&mut left) {
        let Some(evidence) = evidence(rule, found & names) else {
            continue;
        };
        if rule.suits(answer) {
            return Some(Decision { rule, evidence });
        }
    }
    None
}

impl Rule {
    /// Whether it is for the status and the circumstances of the answer.
    fn applies(&self, answer: &Answer<'_>) -> bool {
        let body = answer.body;
        let mut ranges = self.status.iter();
        let has_status = ranges.any(|(first, last)| (*first..=*last).contains(&answer.status));
        #[cfg(test)]
        if tests::is_removed(self) {
            return false;
        }
        has_status
            && (self.mark == Mark::None || self.mark == body.found.mark)
            && match self.needs {
                Needs::NoWait => !answer.header_waits,
                Needs::Nothing | Needs::Wait => true,
                Needs::ExhaustedQuota => answer.quota_waits,
                Needs::QuotaPerDay => body.found.per_day,
                Needs::Transient => body.found.is_transient,
            }
    }

    /// Whether the message says one of these phrases, and no code says that it may not be meant.
    /// That a text is too long or refused is as final as a code about its value, and says more.
    #[inline]
    fn is_said(&self, phrases: &[Phrase], answer: &Answer<'_>) -> bool {
        let Body { prose, found, .. } = answer.body;
        let is_about_text = matches!(self.class, Class::ContextLength | Class::ContentFilter);
        // Searching is cheaper than asking whether it counts.
        prose.says_any(phrases)
            && (is_about_text && self.and_says.is_empty() || !found.contradicts_prose())
    }

    /// Whether the message has the further phrase and the body the wait that the rule needs. They
    /// are searched last.
    fn suits(&self, answer: &Answer<'_>) -> bool {
        let waits = || answer.body.wait(answer.now).is_some();
        let is_said = self.and_says.is_empty() || answer.body.prose.says_any(self.and_says);
        is_said
            && match self.needs {
                Needs::NoWait => !waits(),
                Needs::Wait => waits(),
                _ => true,
            }
    }

    /// The evidence of a name, if one of the rule's is found, or the rule has neither names nor
    /// texts; `bits` are those of the names in common.
    fn named(&self, answer: &Answer<'_>, bits: u64) -> Option<Evidence> {
        if bits == 0 {
            return self.is_bare().then_some(Evidence::Name);
        }
        let is_mine = |name: Name| name.bit() & bits != 0 && self.names.contains(&name);
        if answer.aws.is_some_and(is_mine) {
            return Some(Evidence::Name);
        }
        let found = &answer.body.found;
        let is_here = |name: &Option<(Place, Name)>| {
            let is_there = |place| self.place.is_none_or(|expected| expected == place);
            name.is_some_and(|(place, name)| is_mine(name) && is_there(place))
        };
        let at = found.names().iter().position(is_here)?;
        if found.is_own(at) {
            return Some(Evidence::Name);
        }
        (!found.contradicts_prose()).then_some(Evidence::Text)
    }

    /// Whether status and circumstances are all that it asks for.
    fn is_bare(&self) -> bool {
        self.names.is_empty()
            && self.says.is_empty()
            && self.words.is_empty()
            && self.rare.is_empty()
    }
}

impl Decision {
    /// The classification by this rule, of a failure with this status.
    pub(super) fn classification(self, status: u16) -> Classification {
        let mut found = Classification::new(self.rule.class);
        found.retryable = self.rule.retryable;
        if self.evidence == Evidence::Text || self.rule.is_partial {
            // Whether the request was processed depends on the status then.
            found.processed = Classification::of_status(status).processed;
            found.is_probable = true;
        }
        found
    }
}

#[cfg(test)]
mod tests;
