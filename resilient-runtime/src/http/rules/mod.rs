//! Rules for responses whose status alone is misleading. The rules are data, in `table`; here is
//! how one is compared with a response.

mod table;

use crate::{
    Class, Classification, Retryable,
    http::{
        body::Body,
        name::Name,
        phrase::Phrase,
        prose::Prose,
        walk::{Mark, Place},
    },
};
use std::time::SystemTime;
pub(super) use table::RULES;

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

/// The rule that decides, and whether only prose speaks for it, or words in a name.
#[derive(Clone, Copy)]
pub(super) struct Decision {
    pub(super) rule: &'static Rule,
    pub(super) from_prose: bool,
}

/// Rules out most rules at the cost of two instructions each.
#[derive(Clone, Copy)]
struct Filter {
    /// The bits of the rule's names.
    names: u64,
    /// The bits of its statuses.
    statuses: u64,
}

/// The filter of each rule.
static FILTERS: [Filter; RULES.len()] = filters();

/// The bit of a status. Statuses that providers rarely use share one.
const fn status_bit(status: u16) -> u64 {
    let bit = match status {
        0..400 => 0,
        400..450 => status.saturating_sub(399),
        500..512 => status.saturating_sub(449),
        _ => 63,
    };
    1_u64.wrapping_shl(bit as u32)
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler"
)]
const fn filters() -> [Filter; RULES.len()] {
    let mut filters = [Filter {
        names: 0,
        statuses: 0,
    }; RULES.len()];
    let mut at = 0;
    while at < filters.len() {
        let mut names = RULES[at].names;
        while let Some((name, rest)) = names.split_first() {
            filters[at].names |= name.bit();
            names = rest;
        }
        let mut ranges = RULES[at].status;
        while let Some(((first, last), rest)) = ranges.split_first() {
            let mut status = *first;
            while status <= *last {
                filters[at].statuses |= status_bit(status);
                status += 1;
            }
            ranges = rest;
        }
        at += 1;
    }
    filters
}

/// The first rule that matches by a name or a phrase decides, or else the first that matches by
/// words in a name or a rare phrase.
pub(super) fn find(answer: &Answer<'_>) -> Option<Decision> {
    let decision = find_exact(answer);
    if decision.is_some() || answer.body.found.says_rate(answer.status) {
        return decision;
    }
    let words = answer.body.found.words();
    if words.is_none() && answer.status >= 500 {
        // A gateway's page.
        return None;
    }
    RULES.iter().find_map(|rule| {
        let fits = rule.fits_else(answer, words.as_ref()) && rule.suits_wait(answer);
        fits.then_some(Decision {
            rule,
            from_prose: true,
        })
    })
}

fn find_exact(answer: &Answer<'_>) -> Option<Decision> {
    let found = answer.body.found.bits | answer.aws.map_or(0, Name::bit);
    let status = status_bit(answer.status);
    let mut rules = RULES.iter().zip(&FILTERS);
    rules.find_map(|(rule, filter)| {
        if filter.statuses & status == 0 {
            return None;
        }
        let from_prose = rule.fits(answer, found & filter.names)?;
        rule.suits_wait(answer)
            .then_some(Decision { rule, from_prose })
    })
}

impl Rule {
    /// Whether it fits by words in a name or rare phrases, where no rule fits otherwise.
    fn fits_else(&self, answer: &Answer<'_>, words: Option<&Prose>) -> bool {
        if self.words.is_empty() && self.rare.is_empty() || !self.has_status(answer.status) {
            return false;
        }
        #[cfg(test)]
        if tests::is_removed(self) {
            return false;
        }
        words.is_some_and(|words| self.words.iter().any(|phrase| words.says(phrase)))
            || self.is_said(self.rare, answer.body)
    }

    fn has_status(&self, status: u16) -> bool {
        let mut ranges = self.status.iter();
        ranges.any(|(first, last)| (*first..=*last).contains(&status))
    }

    /// Whether it fits by prose alone; `None` if it does not fit.
    fn fits(&self, answer: &Answer<'_>, bits: u64) -> Option<bool> {
        if !self.has_status(answer.status) {
            return None;
        }
        let body = answer.body;
        let needs = match self.needs {
            Needs::NoWait => !answer.header_waits,
            Needs::Nothing | Needs::Wait => true,
            Needs::ExhaustedQuota => answer.quota_waits,
            Needs::QuotaPerDay => body.found.per_day,
            Needs::Transient => body.found.is_transient,
        };
        let mark = self.mark == Mark::None || self.mark == body.found.mark;
        if !needs || !mark {
            return None;
        }
        #[cfg(test)]
        if tests::is_removed(self) {
            return None;
        }
        let also = || self.and_says.is_empty() || is_said(self.and_says, body);
        if self.names.is_empty() && self.says.is_empty() {
            return also().then_some(false);
        }
        let named = (bits != 0).then(|| self.named(answer, bits)).flatten();
        let from_prose = match named {
            Some(is_own) => (is_own || !body.found.contradicts_prose()).then_some(!is_own),
            None => self.is_said(self.says, body).then_some(true),
        };
        from_prose.filter(|_| also())
    }

    /// Whether the message says one of these phrases, and no code says that it may not be meant.
    /// That a text is too long or refused is as final as a code about its value, and says more.
    #[inline]
    fn is_said(&self, phrases: &[Phrase], body: &Body<'_>) -> bool {
        let is_about_text = matches!(self.class, Class::ContextLength | Class::ContentFilter);
        is_said(phrases, body)
            && (is_about_text && self.and_says.is_empty() || !body.found.contradicts_prose())
    }

    /// Whether the wait in the body, which is searched last, is as the rule needs it.
    fn suits_wait(&self, answer: &Answer<'_>) -> bool {
        let waits = || answer.body.wait(answer.now).is_some();
        match self.needs {
            Needs::NoWait => !waits(),
            Needs::Wait => waits(),
            _ => true,
        }
    }

    /// Whether the server has said one of its names itself, if one is found; `bits` are those of
    /// all its names.
    fn named(&self, answer: &Answer<'_>, bits: u64) -> Option<bool> {
        let is_mine = |name: Name| name.bit() & bits != 0 && self.names.contains(&name);
        if answer.aws.is_some_and(is_mine) {
            return Some(true);
        }
        let found = &answer.body.found;
        let is_here = |name: &Option<(Place, Name)>| {
            let is_there = |place| self.place.is_none_or(|expected| expected == place);
            name.is_some_and(|(place, name)| is_mine(name) && is_there(place))
        };
        let at = found.names().iter().position(is_here)?;
        Some(found.is_own(at))
    }
}

fn is_said(phrases: &[Phrase], body: &Body<'_>) -> bool {
    phrases.iter().any(|phrase| body.prose.says(phrase))
}

impl Decision {
    /// The classification by this rule, of a failure with this status.
    pub(super) fn classification(self, status: u16) -> Classification {
        let mut found = Classification::new(self.rule.class);
        found.retryable = self.rule.retryable;
        if self.from_prose || self.rule.is_partial {
            // A text may repeat what a caller has sent: whether the request was processed depends
            // on the status.
            found.processed = Classification::of_status(status).processed;
            found.from_prose = true;
        }
        found
    }
}

#[cfg(test)]
mod tests;
