//! The limits of requests and tokens: settlement, readings, and places in the line.

use super::Step;
use crate::sharing::numbers::{Answer, Bucket, LONGEST_LINE, Left};

/// The bucket of a limit, and the time at which it is full.
struct Level {
    bucket: Bucket,
    full: f64,
}

impl Step<'_> {
    /// Takes in what was used, the pause and the readings.
    pub(super) fn settle(&mut self) {
        let (now, input) = (self.now, self.input);
        let state = &mut *self.state;
        if let Some(bucket) = input.requests {
            let mut level = Level::new(bucket, state.requests, now);
            level.settle(input.used_requests, now);
            level.read(input.requests_left, now);
            state.requests = level.full;
        }
        if let Some(bucket) = input.tokens {
            let mut level = Level::new(bucket, state.tokens, now);
            level.settle(input.used_tokens, now);
            level.read(input.tokens_left, now);
            state.tokens = level.full;
        }
        if input.pause > 0.0 {
            state.paused = state.paused.max(now + input.pause);
        }
        for reading in [input.requests_left, input.tokens_left]
            .into_iter()
            .flatten()
        {
            if reading.left <= 0.0 {
                state.blocked = state.blocked.max(now + reading.resets);
            }
        }
    }

    /// Gives each attempt the first time at which the buckets have its units.
    pub(super) fn order(&mut self, costs: &[f64], latest: f64, answer: &mut Answer) {
        let now = self.now;
        let latest = latest.min(LONGEST_LINE);
        let begin = now.max(self.state.paused).max(self.state.blocked);
        for cost in costs {
            let mut start = begin;
            if let Some(bucket) = self.input.requests {
                start = start.max(bucket.earliest(self.state.requests, 1.0));
            }
            if let Some(bucket) = self.input.tokens {
                start = start.max(bucket.earliest(self.state.tokens, *cost));
            }
            let wait = start - now;
            if wait > latest {
                answer.refused = Some(wait);
                return;
            }
            answer.waits.push(wait);
            if let Some(bucket) = self.input.requests {
                self.state.requests = bucket.take(self.state.requests, 1.0, start, now);
            }
            if let Some(bucket) = self.input.tokens {
                self.state.tokens = bucket.take(self.state.tokens, *cost, start, now);
            }
        }
    }
}

impl Bucket {
    /// The latest time at which it may be full. A later one is of another clock, or of a limit that
    /// was lower.
    fn latest(self, now: f64) -> f64 {
        now + self.window + self.period + LONGEST_LINE
    }

    /// The first time at which it has these units, or is full if it never has as many.
    fn earliest(self, full: f64, units: f64) -> f64 {
        full + (units * self.interval).min(self.window) - self.window
    }

    fn take(self, full: f64, units: f64, start: f64, now: f64) -> f64 {
        (full.max(start) + units * self.interval).min(self.latest(now))
    }
}

impl Level {
    fn new(bucket: Bucket, full: f64, now: f64) -> Self {
        let full = full.min(bucket.latest(now));
        Self { bucket, full }
    }

    /// A debt always lands; a refund fills the bucket at most.
    fn settle(&mut self, used: f64, now: f64) {
        let time = used * self.bucket.interval;
        if used > 0.0 {
            self.full = (self.full.max(now) + time).min(self.bucket.latest(now));
        } else if used < 0.0 {
            self.full = now.max(self.full + time);
        }
    }

    /// It holds at most as many units as the server has left.
    fn read(&mut self, reading: Option<Left>, now: f64) {
        if let Some(Left { left, .. }) = reading.filter(|reading| reading.left > 0.0) {
            let missing = self.bucket.window - left * self.bucket.interval;
            self.full = self.full.max(now + missing);
        }
    }
}
