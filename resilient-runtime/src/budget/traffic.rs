//! The traffic of a process: current and usual. No clock, no lock.

use crate::clock::Moment;
use std::time::Duration;

/// The part of the usual traffic left after each second without a new maximum.
const DECAY: f64 = 0.99;

const SECOND: u64 = 1_000_000_000;

/// The attempts of the last three seconds, and the maximum of first attempts in three seconds.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// First attempts, counted when sent. Counted at their end, attempts that time out and fast
    /// ones after them would look like twice the usual traffic.
    first: Window,
    /// First attempts sent before the upstream was degraded, counted when they end.
    earlier: Window,
    /// Retries, counted when sent.
    retries: Window,
    usual: f64,
    usual_at: Moment,
}

impl Traffic {
    pub(super) fn first_sent(&mut self, now: Moment) {
        self.first.add(now);
        let sum = self.first.sum(now);
        self.usual = self.usual(now).max(sum);
    }

    pub(super) fn earlier_ended(&mut self, now: Moment) {
        self.earlier.add(now);
        let sum = self.earlier.sum(now);
        self.usual = self.usual(now).max(sum);
    }

    pub(super) fn retry_sent(&mut self, now: Moment) {
        self.retries.add(now);
    }

    /// The latest counted retry is not sent after all.
    pub(super) fn retry_unsent(&mut self) {
        self.retries.remove_one();
    }

    /// The attempts sent in the last three seconds.
    pub(super) fn current(&mut self, now: Moment) -> f64 {
        self.first.sum(now) + self.retries.sum(now)
    }

    /// The maximum of first attempts in three seconds, decayed by 1 % per second.
    pub(super) fn usual(&mut self, now: Moment) -> f64 {
        self.usual_at = self.usual_at.min(now);
        let elapsed = now.since(self.usual_at);
        if self.usual_at.is_unset() {
            self.usual_at = now;
        } else if elapsed >= Duration::from_secs(1) {
            self.usual *= DECAY.powf(elapsed.as_secs_f64());
            self.usual_at = now;
        }
        self.usual
    }
}

/// Counts of the last three seconds, sliding: the current second and the three before it. The
/// oldest counts in proportion to its part in the window; with whole seconds alone, the sum would
/// fall by a third at the start of every second.
#[derive(Debug, Default)]
struct Window {
    second: u64,
    counts: [u32; 4],
}

impl Window {
    fn roll(&mut self, now: Moment) {
        let second = now.0 / SECOND;
        let [current, one, two, _] = self.counts;
        let has_gone_back = now.is_behind(Moment(self.second.saturating_mul(SECOND)));
        self.counts = match second.saturating_sub(self.second) {
            _ if has_gone_back => [0; 4],
            0 => return,
            1 => [0, current, one, two],
            2 => [0, 0, current, one],
            3 => [0, 0, 0, current],
            _ => [0; 4],
        };
        self.second = second;
    }

    fn add(&mut self, now: Moment) {
        self.roll(now);
        let [current, ..] = &mut self.counts;
        *current = current.saturating_add(1);
    }

    fn remove_one(&mut self) {
        if let Some(count) = self.counts.iter_mut().find(|count| **count > 0) {
            *count = count.saturating_sub(1);
        }
    }

    fn sum(&mut self, now: Moment) -> f64 {
        self.roll(now);
        let [current, one, two, oldest] = self.counts.map(f64::from);
        let passed = Duration::from_nanos(now.0 % SECOND).as_secs_f64();
        current + one + two + oldest * (1.0 - passed)
    }
}
