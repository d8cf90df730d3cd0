//! The error rate over a sliding window, and whether it has jumped.

use crate::{clock::Moment, event::ErrorRateJump};
use std::time::Duration;

/// The length of the window. It is sampled once a second at most, when something happens.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);
const SAMPLES: usize = 61;
/// The time between two samples, at least.
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// A rate of errors above this, and above [`TIMES`] the usual one, is a jump.
const LEAST_RATE: f64 = 0.1;
const TIMES: f64 = 3.0;
/// A window with fewer calls has no rate that says anything.
const LEAST_CALLS: u64 = 20;
/// The usual rate follows the rate of the moment in about this many seconds.
const MEMORY: f64 = 600.0;

/// The calls that have ended so far, and those of them that have failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Successes at once, which are not timed: they count as of the last minute until the next
    /// sample.
    pub(super) at_once: u64,
    /// All others.
    pub(super) calls: u64,
    pub(super) errors: u64,
}

impl Totals {
    fn since(self, before: Self) -> Self {
        Self {
            at_once: self.at_once.saturating_sub(before.at_once),
            calls: self.calls.saturating_sub(before.calls),
            errors: self.errors.saturating_sub(before.errors),
        }
    }

    /// One call fewer, which was an error or not.
    pub(super) fn without(self, is_error: bool) -> Self {
        Self {
            calls: self.calls.saturating_sub(1),
            errors: self.errors.saturating_sub(is_error.into()),
            ..self
        }
    }

    const fn all(self) -> u64 {
        self.calls.saturating_add(self.at_once)
    }

    /// The share of errors. Counts are far below the exact range of a float.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    fn rate(self) -> Option<f64> {
        (self.all() > 0).then(|| self.errors as f64 / self.all() as f64)
    }
}

/// The samples of a minute.
#[derive(Debug)]
pub(super) struct Window {
    /// In a ring; `next` is the place of the next one, which is the oldest if all are taken.
    samples: [(Moment, Totals); SAMPLES],
    next: usize,
    /// The usual rate: that of the calls before the window.
    usual: Usual,
    /// Whether a jump was reported, and the rate is still as high.
    is_high: bool,
}

impl Window {
    pub(super) const fn new() -> Self {
        const NOTHING: Totals = Totals {
            at_once: 0,
            calls: 0,
            errors: 0,
        };
        Self {
            samples: [(Moment::UNSET, NOTHING); SAMPLES],
            next: 0,
            usual: Usual {
                rate: 0.0,
                calls: 0,
                since: Moment::UNSET,
                until: (Moment::UNSET, NOTHING),
            },
            is_high: false,
        }
    }

    /// Begins with the first call that was not a success at once. The successes before it are no
    /// part of the window; if there were enough, errors were not usual.
    fn begin(&mut self, now: Moment, at_once: u64) {
        let before = Totals {
            at_once,
            ..Totals::default()
        };
        self.push(now, before);
        self.usual.calls = at_once;
        self.usual.since = now;
        self.usual.until = (now, before);
    }

    fn push(&mut self, now: Moment, totals: Totals) {
        if let Some(sample) = self.samples.get_mut(self.next) {
            *sample = (now, totals);
        }
        self.next = self.next.saturating_add(1) % SAMPLES;
    }

    /// The last sample, if there is one.
    fn last(&self) -> Option<(Moment, Totals)> {
        let last = self.next.checked_sub(1).unwrap_or(SAMPLES - 1);
        let last = self.samples.get(last).copied();
        last.filter(|(at, _)| !at.is_unset())
    }

    fn known(&self) -> impl Iterator<Item = (Moment, Totals)> + Clone {
        let samples = self.samples.iter().copied();
        samples.filter(|(at, _)| !at.is_unset())
    }

    /// The last sample before the window.
    fn before(&self, now: Moment) -> Option<(Moment, Totals)> {
        let begin = now.before(WINDOW);
        let before = self.known().filter(|(at, _)| *at <= begin);
        before.max_by_key(|it| it.0)
    }

    /// The calls in the window that ends now.
    fn calls(&self, now: Moment, totals: Totals) -> Totals {
        // Or else the first one in it.
        let base = self
            .before(now)
            .or_else(|| self.known().min_by_key(|it| it.0));
        base.map_or_else(Totals::default, |(_, base)| totals.since(base))
    }

    /// The share of calls of the last minute that have failed. `None` without a call. The last call
    /// that was not a success at once ended at `last_end`.
    pub(super) fn rate(&self, now: Moment, last_end: Moment, totals: Totals) -> Option<f64> {
        if last_end > now.before(WINDOW) {
            return self.calls(now, totals).rate();
        }
        // All that ended after the last sample is older than the window.
        let at_once = self.last().map_or(0, |(_, totals)| totals.at_once);
        totals.since(Totals { at_once, ..totals }).rate()
    }

    /// So many calls have ended until now, and so many until the one before, at `last_end`. Returns
    /// a jump of the error rate, once: not again until the rate has come down.
    pub(super) fn sample(
        &mut self,
        now: Moment,
        last_end: Moment,
        before: Totals,
        totals: Totals,
    ) -> Option<ErrorRateJump> {
        let Some((at, sampled)) = self.last() else {
            self.begin(now, totals.at_once);
            return None;
        };
        if last_end > at && now.since(last_end) >= SECOND {
            // Calls that ended after the last sample, and before a pause.
            let at_once = sampled.at_once;
            self.push(last_end, Totals { at_once, ..before });
        }
        let window = self.calls(now, totals);
        self.push(now, totals);
        if let Some(before) = self.before(now) {
            self.usual.learn(before);
        }
        let rate = window.rate()?;
        let usual = self.usual.rate;
        let limit = (usual * TIMES).max(LEAST_RATE);
        let are_enough = window.all() >= LEAST_CALLS && self.usual.calls >= LEAST_CALLS;
        let jumps = are_enough && rate > limit && !self.is_high;
        if rate < limit / 2.0 {
            self.is_high = false;
        }
        jumps.then(|| {
            self.is_high = true;
            ErrorRateJump {
                rate,
                usual,
                calls: window.all(),
                window: WINDOW,
                incident: None,
            }
        })
    }
}

/// The rate of errors before the window: an incident is none of what is usual while it begins.
#[derive(Debug)]
struct Usual {
    rate: f64,
    /// The number of calls that it is known from.
    calls: u64,
    since: Moment,
    until: (Moment, Totals),
}

impl Usual {
    /// Moves the rate towards that of the calls since the last time.
    fn learn(&mut self, (at, totals): (Moment, Totals)) {
        let (last, known) = self.until;
        let recent = totals.since(known);
        if at <= last {
            return;
        }
        self.until = (at, totals);
        self.calls = self.calls.saturating_add(recent.all());
        let Some(rate) = recent.rate() else {
            return;
        };
        // A pause says nothing about what is usual.
        let passed = at.since(last).min(WINDOW).as_secs_f64();
        // At first the average of all time, so that the first second does not weigh most.
        let time = at.since(self.since).as_secs_f64().clamp(1.0, MEMORY);
        self.rate += (rate - self.rate) * (passed / time).min(1.0);
    }
}

#[cfg(test)]
#[path = "window_test.rs"]
mod tests;
