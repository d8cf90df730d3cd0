//! The traffic of a process: current and usual. No clock, no lock.

use crate::clock::{Moment, nanos};
use std::time::Duration;

/// The part of the usual traffic left after each second without a new maximum.
const DECAY: f64 = 0.99;

/// In nanoseconds.
const SECOND: u64 = 1_000_000_000;
/// An attempt in billionths, so that the oldest ones can count by the nanoseconds of their second
/// that are still in the window.
pub(super) const ATTEMPT: u64 = SECOND;

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
    /// In billionths of an attempt.
    usual: u64,
    usual_at: Moment,
}

impl Traffic {
    #[inline]
    pub(super) fn first_sent(&mut self, now: Moment) {
        let sum = self.first.add(now);
        self.decay(now);
        self.usual = self.usual.max(sum);
    }

    pub(super) fn earlier_ended(&mut self, now: Moment) {
        let sum = self.earlier.add(now);
        self.decay(now);
        self.usual = self.usual.max(sum);
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
        let sum = self.first.sum(now);
        in_attempts(sum.saturating_add(self.retries.sum(now)))
    }

    /// The maximum of first attempts in three seconds, decayed by 1 % per second.
    pub(super) fn usual(&mut self, now: Moment) -> f64 {
        in_attempts(self.usual_billionths(now))
    }

    /// As [`usual`](Self::usual), in billionths of an attempt.
    #[inline]
    pub(super) fn usual_billionths(&mut self, now: Moment) -> u64 {
        self.decay(now);
        self.usual
    }

    #[inline]
    fn decay(&mut self, now: Moment) {
        self.usual_at = self.usual_at.min(now);
        if self.usual_at.is_unset() {
            self.usual_at = now;
        } else if now.since(self.usual_at) >= Duration::from_nanos(SECOND) {
            self.decay_by(now.since(self.usual_at));
            self.usual_at = now;
        }
    }

    #[cold]
    fn decay_by(&mut self, elapsed: Duration) {
        let usual = Duration::from_nanos(self.usual);
        self.usual = nanos(usual.mul_f64(DECAY.powf(elapsed.as_secs_f64())));
    }
}

fn in_attempts(billionths: u64) -> f64 {
    Duration::from_nanos(billionths).as_secs_f64()
}

/// Counts of the last three seconds, sliding: the current second and the three before it. The
/// oldest counts in proportion to its part in the window; with whole seconds alone, the sum would
/// fall by a third at the start of every second.
#[derive(Debug, Default)]
struct Window {
    /// When the current second began.
    second: Moment,
    counts: [u32; 4],
}

impl Window {
    /// Moves on to the second of `now`, and returns the nanoseconds of it that have passed.
    #[inline]
    fn roll(&mut self, now: Moment) -> u64 {
        let passed = now.0.wrapping_sub(self.second.0);
        if passed < SECOND {
            return passed;
        }
        self.roll_on(now)
    }

    #[cold]
    fn roll_on(&mut self, now: Moment) -> u64 {
        let passed = now.0 % SECOND;
        let second = Moment(now.0.saturating_sub(passed));
        let [current, one, two, _] = self.counts;
        self.counts = match now.since(self.second).as_secs() {
            _ if now.is_behind(self.second) => [0; 4],
            // Another thread has read the clock a little later.
            0 => return 0,
            1 => [0, current, one, two],
            2 => [0, 0, current, one],
            3 => [0, 0, 0, current],
            _ => [0; 4],
        };
        self.second = second;
        passed
    }

    /// Counts an attempt, and returns the sum.
    #[inline]
    fn add(&mut self, now: Moment) -> u64 {
        let passed = self.roll(now);
        let [current, ..] = &mut self.counts;
        *current = current.saturating_add(1);
        self.sum_after(passed)
    }

    fn remove_one(&mut self) {
        if let Some(count) = self.counts.iter_mut().find(|count| **count > 0) {
            *count = count.saturating_sub(1);
        }
    }

    fn sum(&mut self, now: Moment) -> u64 {
        let passed = self.roll(now);
        self.sum_after(passed)
    }

    /// The attempts in billionths, `passed` nanoseconds after the second began.
    #[inline]
    fn sum_after(&self, passed: u64) -> u64 {
        let [current, one, two, oldest] = self.counts.map(u64::from);
        let whole = current.saturating_add(one).saturating_add(two);
        let left = SECOND.saturating_sub(passed);
        whole
            .saturating_mul(ATTEMPT)
            .saturating_add(oldest.saturating_mul(left))
    }
}
