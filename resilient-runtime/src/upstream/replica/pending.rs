//! The state of this replica that it has not reported to the store yet.

use crate::{
    clock::Moment,
    failure::Quota,
    sharing::Reading,
    upstream::replica::line::{Unused, signed},
};
use std::time::Duration;

/// Differences wait for so long for an operation that goes to the store anyway.
const SETTLES_AFTER: Duration = Duration::from_millis(100);

/// The longest time that the headers of a server hold.
const LONGEST_READING: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    pub(super) requests: i64,
    pub(super) tokens: i64,
    /// The end of the pause that the server has asked for.
    pub(super) pause_until: Moment,
    pub(super) requests_reading: Option<(Reading, Moment)>,
    pub(super) tokens_reading: Option<(Reading, Moment)>,
    pub(super) closes: Option<u64>,
    pub(super) reopens: Option<u64>,
    pub(super) is_for_all: bool,
    pub(super) unused_probes: u32,
    /// Whether caps were used. That goes with the next operation.
    pub(super) caps_used: bool,
    /// When the first of them was noted.
    since: Option<Moment>,
    /// Whether others are to hear of it at once.
    is_urgent: bool,
}

impl Pending {
    /// When they are to be reported.
    pub(super) fn is_due_at(&self) -> Option<Moment> {
        let since = self.since?;
        Some(if self.is_urgent {
            since
        } else {
            since.after(SETTLES_AFTER)
        })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.since.is_none()
    }

    fn noted(&mut self, now: Moment) {
        self.since.get_or_insert(now);
    }

    pub(super) fn urgent(&mut self, now: Moment) {
        self.noted(now);
        self.is_urgent = true;
    }

    /// A probe that was granted is not sent: others may send one at once.
    pub(super) fn ended_probe(&mut self, is_unused: bool, now: Moment) {
        if is_unused {
            self.urgent(now);
        }
    }

    /// Tokens used beyond those ordered, or fewer.
    pub(super) fn used(&mut self, requests: i64, tokens: i64, now: Moment) {
        if requests != 0 || tokens != 0 {
            self.requests = self.requests.saturating_add(requests);
            self.tokens = self.tokens.saturating_add(tokens);
            self.noted(now);
        }
    }

    pub(super) fn unused(&mut self, unused: Unused, now: Moment) {
        let Unused { requests, tokens } = unused;
        self.used(requests.saturating_neg(), tokens.saturating_neg(), now);
    }

    pub(super) fn pause(&mut self, until: Moment, now: Moment) {
        self.pause_until = self.pause_until.max(until);
        self.urgent(now);
    }

    pub(super) fn read(&mut self, requests: &Quota, tokens: &Quota, now: Moment) {
        let kept = [
            (&mut self.requests_reading, requests),
            (&mut self.tokens_reading, tokens),
        ];
        let mut is_exhausted = false;
        for (reading, quota) in kept {
            let Some(read) = reading_of(quota) else {
                continue;
            };
            // The lowest one, or that of the latest response if they are equal.
            if aged(*reading, now).is_none_or(|before| read.left <= before.left) {
                *reading = Some((read, now));
                is_exhausted |= read.left == 0;
            }
        }
        // Others go with the next operation: they come with each response.
        if is_exhausted {
            self.urgent(now);
        }
    }

    /// They could not be reported: they are joined with those noted meanwhile.
    pub(super) fn put_back(&mut self, earlier: &Self) {
        self.requests = self.requests.saturating_add(earlier.requests);
        self.tokens = self.tokens.saturating_add(earlier.tokens);
        self.pause_until = self.pause_until.max(earlier.pause_until);
        self.requests_reading = self.requests_reading.or(earlier.requests_reading);
        self.tokens_reading = self.tokens_reading.or(earlier.tokens_reading);
        self.closes = self.closes.or(earlier.closes);
        self.reopens = self.reopens.or(earlier.reopens);
        self.is_for_all |= earlier.is_for_all;
        self.unused_probes = self.unused_probes.saturating_add(earlier.unused_probes);
        self.caps_used |= earlier.caps_used;
        self.since = earlier.since.or(self.since);
        self.is_urgent |= earlier.is_urgent;
    }
}

fn reading_of(quota: &Quota) -> Option<Reading> {
    // A quota of another resource says nothing of the limit.
    let left = quota.remaining.filter(|_| quota.resource.is_none())?;
    let resets = quota.reset?.min(LONGEST_READING);
    Some(Reading { left, resets })
}

/// The reading as it is now; `None` when its limit is whole again.
pub(super) fn aged(reading: Option<(Reading, Moment)>, now: Moment) -> Option<Reading> {
    let (reading, read) = reading?;
    let resets = reading.resets.checked_sub(now.since(read))?;
    Some(Reading { resets, ..reading })
}

/// Estimated and used tokens as a difference.
pub(super) fn difference(estimated: u64, used: u64) -> i64 {
    signed(used).saturating_sub(signed(estimated))
}
