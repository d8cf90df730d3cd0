//! The error rate over a sliding window, and whether it has jumped.

use crate::{clock::Moment, event::ErrorRateJump};
use std::time::Duration;

/// The length of the window. It is sampled once a second at most, when something happens.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);
const SAMPLES: usize = 61;
const SECOND: Duration = Duration::from_secs(1);

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
    pub(super) calls: u64,
    pub(super) errors: u64,
}

impl Totals {
    fn since(self, before: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(before.calls),
            errors: self.errors.saturating_sub(before.errors),
        }
    }

    /// The share of errors. Counts are far below the exact range of a float.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    fn rate(self) -> Option<f64> {
        (self.calls > 0).then(|| self.errors as f64 / self.calls as f64)
    }
}

/// The samples of a minute.
#[derive(Debug)]
pub(super) struct Window {
    /// In a ring; `next` is the place of the next one, which is the oldest if all are taken.
    samples: [(Moment, Totals); SAMPLES],
    next: usize,
    /// The usual rate, and since when it is known.
    usual: Option<(f64, Moment)>,
    /// Whether a jump was reported, and the rate is still as high.
    is_high: bool,
}

impl Window {
    pub(super) const fn new() -> Self {
        const NOTHING: Totals = Totals {
            calls: 0,
            errors: 0,
        };
        Self {
            samples: [(Moment::UNSET, NOTHING); SAMPLES],
            next: 0,
            usual: None,
            is_high: false,
        }
    }

    /// Begins to observe: what was before is not part of any window.
    fn begin(&mut self, now: Moment, totals: Totals) {
        self.samples = [(Moment::UNSET, totals); SAMPLES];
        self.push(now, totals);
    }

    fn push(&mut self, now: Moment, totals: Totals) {
        if let Some(sample) = self.samples.get_mut(self.next) {
            *sample = (now, totals);
        }
        self.next = self.next.saturating_add(1) % SAMPLES;
    }

    fn last(&self) -> Moment {
        let last = self.next.checked_sub(1).unwrap_or(SAMPLES - 1);
        self.samples.get(last).map_or(Moment::UNSET, |it| it.0)
    }

    /// The calls in the window that ends now.
    fn calls(&self, now: Moment, totals: Totals) -> Totals {
        let begin = now.before(WINDOW);
        let known = self.samples.iter().filter(|(at, _)| !at.is_unset());
        // The last sample before the window, or else the first one in it.
        let before = known
            .clone()
            .filter(|(at, _)| *at <= begin)
            .max_by_key(|it| it.0);
        let base = before.or_else(|| known.min_by_key(|it| it.0));
        base.map_or_else(Totals::default, |(_, base)| totals.since(*base))
    }

    /// The share of calls of the last minute that have failed. `None` without a call.
    pub(super) fn rate(&self, now: Moment, totals: Totals) -> Option<f64> {
        self.calls(now, totals).rate()
    }

    /// Keeps a sample for later, if there is none of this second.
    pub(super) fn keep(&mut self, now: Moment, totals: Totals) {
        if now.since(self.last()) >= SECOND {
            self.push(now, totals);
        }
    }

    /// So many calls have ended until now. Returns a jump of the error rate, once: not again until
    /// the rate has come down.
    pub(super) fn sample(&mut self, now: Moment, totals: Totals) -> Option<ErrorRateJump> {
        let last = self.last();
        if last.is_unset() {
            self.begin(now, Totals::default());
            return None;
        }
        let passed = now.since(last);
        if passed < SECOND {
            return None;
        }
        let window = self.calls(now, totals);
        let before = self.samples.iter().max_by_key(|it| it.0).copied();
        self.push(now, totals);
        let rate = window.rate()?;
        let usual = self.usual.map_or(0.0, |usual| usual.0);
        let limit = (usual * TIMES).max(LEAST_RATE);
        let is_known = self
            .usual
            .is_some_and(|(_, since)| now.since(since) >= WINDOW);
        let jumps = is_known && window.calls >= LEAST_CALLS && rate > limit && !self.is_high;
        if rate < limit / 2.0 {
            self.is_high = false;
        }
        if let Some(recent) = before.and_then(|(_, before)| totals.since(before).rate()) {
            self.learn(recent, passed, now);
        }
        jumps.then(|| {
            self.is_high = true;
            ErrorRateJump {
                rate,
                usual,
                calls: window.calls,
                window: WINDOW,
                incident: None,
            }
        })
    }

    /// Moves the usual rate towards that of the time that has passed.
    fn learn(&mut self, rate: f64, passed: Duration, now: Moment) {
        self.usual = Some(match self.usual {
            None => (rate, now.before(passed)),
            Some((usual, since)) => {
                let known = now.since(since).as_secs_f64();
                // At first the average of all time, so that the first second does not weigh most.
                let weight = passed.as_secs_f64() / known.clamp(1.0, MEMORY);
                (usual + (rate - usual) * weight.min(1.0), since)
            }
        });
    }
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]
mod tests {
    use super::*;

    /// A minute of so many calls a second, of which a share fails. Returns the jumps.
    fn run(
        window: &mut Window,
        (now, totals): (&mut Moment, &mut Totals),
        seconds: u32,
        (calls, errors): (u64, u64),
    ) -> Vec<ErrorRateJump> {
        let mut jumps = Vec::new();
        for _ in 0..seconds {
            *now = now.after(SECOND);
            totals.calls += calls;
            totals.errors += errors;
            jumps.extend(window.sample(*now, *totals));
        }
        jumps
    }

    #[test]
    fn jump_is_reported_once_and_again_after_the_rate_has_come_down() {
        let (mut window, mut now, mut totals) = (Window::new(), Moment(1), Totals::default());
        let state = (&mut now, &mut totals);
        assert!(run(&mut window, state, 300, (100, 1)).is_empty());
        let jumps = run(&mut window, (&mut now, &mut totals), 60, (100, 60));
        assert_eq!(jumps.len(), 1, "{jumps:?}");
        assert!((0.1..0.2).contains(&jumps[0].rate), "{jumps:?}");
        assert!((0.005..0.1).contains(&jumps[0].usual), "{jumps:?}");
        assert_eq!(window.rate(now, totals), Some(0.6));
        assert!(run(&mut window, (&mut now, &mut totals), 120, (100, 0)).is_empty());
        assert_eq!(
            run(&mut window, (&mut now, &mut totals), 60, (100, 90)).len(),
            1
        );
    }

    #[test]
    fn rate_that_is_usual_is_no_jump() {
        let (mut window, mut now, mut totals) = (Window::new(), Moment(1), Totals::default());
        let jumps = run(&mut window, (&mut now, &mut totals), 3_600, (10, 3));
        assert!(jumps.is_empty(), "{jumps:?}");
    }

    #[test]
    fn few_calls_are_no_jump() {
        let (mut window, mut now, mut totals) = (Window::new(), Moment(1), Totals::default());
        run(&mut window, (&mut now, &mut totals), 300, (100, 0));
        now = now.after(Duration::from_secs(120));
        let jumps = run(&mut window, (&mut now, &mut totals), 10, (1, 1));
        assert!(jumps.is_empty(), "{jumps:?}");
    }

    #[test]
    fn window_forgets_what_is_older_than_a_minute() {
        let (mut window, mut now, mut totals) = (Window::new(), Moment(1), Totals::default());
        run(&mut window, (&mut now, &mut totals), 30, (10, 10));
        run(&mut window, (&mut now, &mut totals), 61, (10, 0));
        assert_eq!(window.rate(now, totals), Some(0.0));
    }
}
