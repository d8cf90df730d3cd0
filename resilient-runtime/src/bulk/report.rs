//! Reports of the progress, at a bounded pace.

use super::{
    Progress, Waiting,
    pace::{Pace, average, time_for},
};
use crate::{clock::Moment, item::Wait, timer::Timer};
use std::{pin::Pin, task::Context, time::Duration};

/// The time between two reports.
const INTERVAL: Duration = Duration::from_millis(100);

type Report<'a> = Box<dyn FnMut(&Progress) + Send + 'a>;

/// Those who hear of the progress.
#[derive(Default)]
pub(super) struct Reporter<'a> {
    reports: Vec<Report<'a>>,
    started: Moment,
    timer: Option<Pin<Box<Timer>>>,
    pace: Pace,
}

impl<'a> Reporter<'a> {
    pub(super) fn add(&mut self, report: Report<'a>) {
        self.reports.push(report);
    }

    /// The run is polled: its time begins with the first poll.
    pub(super) fn start(&mut self) {
        if self.started.is_unset() && !self.reports.is_empty() {
            self.started = Moment::now();
        }
    }

    /// Whether a report is due. Registers the task for the time of the next one.
    pub(super) fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        if self.reports.is_empty() {
            return false;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(Timer::new()));
        let is_due = timer.is_set() && timer.as_mut().poll(cx).is_ready();
        if is_due || !timer.is_set() {
            timer.as_mut().set(Moment::now().after(INTERVAL));
            // Registers the task, unless the next report is due already.
            if timer.as_mut().poll(cx).is_ready() {
                cx.waker().wake_by_ref();
            }
        }
        is_due
    }

    /// Reports the progress, completed by the times.
    pub(super) fn report(&mut self, mut progress: Progress, unfinished: Option<usize>) {
        if self.reports.is_empty() {
            return;
        }
        let now = Moment::now();
        let ended = progress.ended_here();
        progress.elapsed = now.since(self.started);
        progress.rate = if progress.is_last {
            average(ended, progress.elapsed)
        } else {
            self.pace.rate(ended, now)
        };
        progress.time_left = unfinished
            .zip(progress.rate)
            .and_then(|(items, rate)| time_for(items, rate));
        for report in &mut self.reports {
            report(&progress);
        }
    }
}

/// The waits, by reason.
pub(super) fn by_reason(waits: impl Iterator<Item = Wait>) -> Vec<Waiting> {
    let now = Moment::now();
    let mut all: Vec<Waiting> = Vec::new();
    for Wait { reason, until } in waits {
        let left = (!until.is_unset()).then(|| until.since(now));
        match all.iter_mut().find(|waiting| waiting.reason == reason) {
            Some(waiting) => {
                waiting.count = waiting.count.saturating_add(1);
                waiting.time_left = match (waiting.time_left, left) {
                    (Some(first), Some(left)) => Some(first.min(left)),
                    (first, left) => first.or(left),
                };
            }
            None => all.push(Waiting {
                reason,
                count: 1,
                time_left: left,
            }),
        }
    }
    all.sort_by_key(|waiting| std::cmp::Reverse(waiting.count));
    all
}

/// The number of all items that wait.
pub(super) fn count(waiting: &[Waiting]) -> usize {
    waiting.iter().map(|waiting| waiting.count).sum()
}
