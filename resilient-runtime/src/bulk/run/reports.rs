//! The reports of a run: its progress, and its wait where it is part of an item of another run.

use super::{
    super::{
        Progress,
        report::{by_reason, count},
    },
    Run,
};
use crate::{
    event::{self, EventKind, Origin},
    item::{self, Wait},
};
use std::pin::Pin;

impl<I: Iterator, F, Fut: Future> Run<'_, I, F, Fut> {
    /// The waits of the items in flight.
    fn waits(&self) -> impl Iterator<Item = Wait> {
        let in_flight = Pin::new(&self.in_flight).iter_pin_ref();
        in_flight.filter_map(|item| item.get_ref().wait())
    }

    /// If all that is in flight waits, the item of another run that this one is part of does.
    pub(super) fn report_wait(&self) {
        let waits = self.meter.queued().saturating_add(self.meter.retrying());
        if item::is_inside() && waits >= self.in_flight.len() {
            if let Some(wait) = self.waits().next() {
                item::waits(wait.reason, wait.until);
            }
        }
    }

    pub(super) fn report(&mut self) {
        let waiting = by_reason(self.waits());
        let in_flight = self.in_flight.len();
        let progress = Progress {
            total: self.total,
            succeeded: self.tally.all_succeeded(),
            failed: self.tally.all_failed(),
            skipped: self.tally.all_skipped(),
            failures: self.tally.by_class(),
            running: in_flight.saturating_sub(count(&waiting)),
            waiting,
            tokens: self.meter.tokens(),
            cost: self.meter.costs().in_one_currency(),
            stopped: self.stopped.clone(),
            is_last: self.is_over,
            ..Progress::default()
        };
        let unfinished = match self.stopped {
            Some(_) => Some(in_flight),
            None => self
                .total
                .map(|total| total.saturating_sub(progress.ended())),
        };
        self.reporter.report(progress, unfinished);
    }

    /// Tells of a stop by an event, once. To be called last: a subscriber may panic.
    pub(super) fn tell_of_stop(&mut self) {
        let Some(stop) = self.stopped.as_ref().filter(|_| !self.is_told) else {
            return;
        };
        self.is_told = true;
        if event::is_recording() {
            let failed = self.tally.all_failed();
            Origin::default().emit(EventKind::BulkStopped {
                reason: stop.label(),
                advice: stop.to_string().into(),
                ended: self.tally.all_succeeded().saturating_add(failed),
                failed,
                in_flight: self.in_flight.len(),
            });
        }
    }
}
