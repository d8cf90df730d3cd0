//! The usual retry budget, for comparison: retries may be a tenth of the requests.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "counts of a world that is small"
)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use resilient_runtime::{Backoff, Retry, Schedule};
use tokio::time::Instant;

/// The window of the counts, in seconds.
const WINDOW: usize = 10;

/// The counts of one process.
#[derive(Debug, Default)]
pub(crate) struct PlainBudget(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    start: Option<Instant>,
    /// Requests and retries of the latest seconds; the second of the newest.
    seconds: [(u32, u32); WINDOW],
    newest: u64,
}

impl Counts {
    /// The index of the current second.
    fn now(&mut self) -> &mut (u32, u32) {
        let start = *self.start.get_or_insert_with(Instant::now);
        let second = start.elapsed().as_secs();
        while self.newest < second {
            self.newest += 1;
            self.seconds.rotate_right(1);
            let [newest, ..] = &mut self.seconds;
            *newest = (0, 0);
        }
        let [newest, ..] = &mut self.seconds;
        newest
    }

    fn affords(&self) -> bool {
        let sum = |count: fn(&(u32, u32)) -> u32| self.seconds.iter().map(count).sum::<u32>();
        (sum(|second| second.1) + 1) * 10 <= sum(|second| second.0)
    }
}

impl PlainBudget {
    /// Records a request.
    pub(crate) fn request(&self) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.now().0 += 1;
    }
}

impl Schedule for &PlainBudget {
    fn delay(&mut self, retry: &Retry<'_>) -> Option<Duration> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = counts.now();
        now.1 += 1;
        if counts.affords() {
            return Backoff::DEFAULT
                .delay(retry.number, retry.previous, retry.random)
                .into();
        }
        counts.now().1 -= 1;
        None
    }
}
