//! Caps that replicas share: each reports what it has used, and counts what all have.

use super::{
    counters::{CapState, Counter},
    wall,
};
use crate::sharing::CapUse;
use std::time::Duration;

impl CapState {
    /// The use of all caps since the last report, which is taken as reported.
    pub(crate) fn report(&self, with_use: bool) -> Vec<CapUse> {
        let now = wall::now();
        let report = self.with(now, |counters| {
            let uses = counters.iter_mut().map(|counter| {
                let left = counter.window.end.saturating_sub(now);
                CapUse {
                    cap: counter.cap.to_string(),
                    starts: counter.window.start,
                    ends: Duration::from_secs(u64::try_from(left).unwrap_or_default()),
                    known: known(counter),
                    used: if with_use {
                        std::mem::take(&mut counter.unsent)
                    } else {
                        0
                    },
                }
            });
            uses.collect()
        });
        report.unwrap_or_default()
    }

    /// The report has not arrived: it is reported again.
    pub(crate) fn not_reported(&self, report: &[CapUse]) {
        self.each(report, |counter, at| {
            let used = report.get(at).map_or(0, |cap| cap.used);
            counter.unsent = counter.unsent.saturating_add(used);
        });
    }

    /// Counts what all replicas have used. Returns whether any cap was used by others.
    pub(crate) fn apply(&self, report: &[CapUse], used: &[i64]) -> bool {
        let mut has_changed = false;
        self.each(report, |counter, at| {
            let Some(used) = used.get(at) else {
                return;
            };
            let used = used.saturating_add(counter.unsent);
            let used = u64::try_from(used).unwrap_or_default();
            has_changed |= used != counter.used;
            counter.used = used;
        });
        has_changed
    }

    /// Each counter of a report whose window has not ended.
    fn each(&self, report: &[CapUse], mut change: impl FnMut(&mut Counter, usize)) {
        self.with(wall::now(), |counters| {
            for counter in counters {
                let cap = counter.cap.to_string();
                let starts = counter.window.start;
                let is_its = |it: &CapUse| it.starts == starts && it.cap == cap;
                if let Some(at) = report.iter().position(is_its) {
                    change(counter, at);
                }
            }
        });
    }
}

/// The use of all as last answered, without what is not reported yet.
fn known(counter: &Counter) -> u64 {
    counter
        .used
        .saturating_add_signed(counter.unsent.saturating_neg())
}
