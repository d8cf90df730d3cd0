//! Rules for responses whose status alone is misleading. The rules are data, in `table`; here is
//! how one is compared with a response.

mod table;

use crate::{
    Class, Classification, Retryable,
    http::{
        body::Body,
        name::Name,
        walk::{Mark, Place},
    },
};
pub(super) use table::RULES;

/// A rule for a misleading status. All that it names has to be there; of `names` and `says`, one.
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
    /// Phrases in the message, in lower case.
    pub(super) says: &'static [&'static str],
    /// Phrases of which one has to be there as well.
    pub(super) and_says: &'static [&'static str],
    pub(super) needs: Needs,
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
}

/// The rule that decides, and whether only prose speaks for it.
#[derive(Clone, Copy)]
pub(super) struct Decision {
    pub(super) rule: &'static Rule,
    pub(super) from_prose: bool,
}

/// The first matching rule decides.
pub(super) fn find(answer: &Answer<'_>) -> Option<Decision> {
    let mut rules = RULES.iter();
    rules.find_map(|rule| {
        let from_prose = rule.fits(answer)?;
        Some(Decision { rule, from_prose })
    })
}

impl Rule {
    /// Whether it fits by prose alone; `None` if it does not fit.
    fn fits(&self, answer: &Answer<'_>) -> Option<bool> {
        let body = answer.body;
        let status = |(first, last): &(u16, u16)| (*first..=*last).contains(&answer.status);
        let needs = match self.needs {
            Needs::Nothing => true,
            Needs::NoWait => !body.names_wait && !answer.header_waits,
            Needs::Wait => body.names_wait,
            Needs::ExhaustedQuota => answer.quota_waits,
            Needs::QuotaPerDay => body.found.per_day,
            Needs::Transient => body.found.is_transient,
        };
        let mark = self.mark == Mark::None || self.mark == body.found.mark;
        if !needs || !mark || !self.status.iter().any(status) {
            return None;
        }
        #[cfg(test)]
        if tests::is_removed(self) {
            return None;
        }
        if !self.and_says.is_empty() && !is_said(self.and_says, body) {
            return None;
        }
        if self.names.is_empty() && self.says.is_empty() || self.is_named(answer) {
            return Some(false);
        }
        (is_said(self.says, body) && !body.found.contradicts_prose()).then_some(true)
    }

    fn is_named(&self, answer: &Answer<'_>) -> bool {
        let found = &answer.body.found;
        let is_there = |name: &Name| {
            let all = found.names().iter().flatten();
            let mut same = all.filter(|(_, found)| found == name);
            same.any(|(place, _)| self.place.is_none_or(|expected| expected == *place))
        };
        let is_named = |name: &Name| {
            found.bits & name.bit() != 0 && is_there(name) || answer.aws.as_ref() == Some(name)
        };
        self.names.iter().any(is_named)
    }
}

fn is_said(phrases: &[&str], body: &Body<'_>) -> bool {
    phrases.iter().any(|phrase| body.prose.says(phrase))
}

impl Decision {
    /// The classification by this rule, of a failure with this status.
    pub(super) fn classification(self, status: u16) -> Classification {
        let mut found = Classification::new(self.rule.class);
        found.retryable = self.rule.retryable;
        if self.from_prose {
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
