#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]

use super::*;

/// A call a moment, and its counts.
struct Run {
    window: Window,
    now: Moment,
    last_end: Moment,
    totals: Totals,
}

impl Run {
    fn new() -> Self {
        Self {
            window: Window::new(),
            now: Moment::UNSET.after(Duration::from_secs(3_600)),
            last_end: Moment::UNSET,
            totals: Totals::default(),
        }
    }

    /// So many calls at this moment, of which some fail: sampled once.
    fn end(&mut self, calls: u64, errors: u64) -> Option<ErrorRateJump> {
        let before = self.totals;
        self.totals.calls += calls;
        self.totals.errors += errors;
        let last_end = std::mem::replace(&mut self.last_end, self.now);
        self.window.sample(self.now, last_end, before, self.totals)
    }

    /// Seconds with so many calls each. Returns the jumps.
    fn seconds(&mut self, seconds: u32, calls: u64, errors: u64) -> Vec<ErrorRateJump> {
        let mut jumps = Vec::new();
        for _ in 0..seconds {
            self.now = self.now.after(SECOND);
            jumps.extend(self.end(calls, errors));
        }
        jumps
    }

    fn rate(&self) -> Option<f64> {
        self.window.rate(self.now, self.last_end, self.totals)
    }
}

#[test]
fn jump_is_reported_once_and_again_after_the_rate_has_come_down() {
    let mut run = Run::new();
    assert!(run.seconds(300, 100, 1).is_empty());
    let jumps = run.seconds(60, 100, 60);
    assert_eq!(jumps.len(), 1, "{jumps:?}");
    assert!((0.1..0.2).contains(&jumps[0].rate), "{jumps:?}");
    assert!((0.005..0.1).contains(&jumps[0].usual), "{jumps:?}");
    assert_eq!(run.rate(), Some(0.6));
    assert!(run.seconds(120, 100, 0).is_empty());
    assert_eq!(run.seconds(60, 100, 90).len(), 1);
}

#[test]
fn rate_that_is_usual_is_no_jump() {
    let jumps = Run::new().seconds(3_600, 10, 3);
    assert!(jumps.is_empty(), "{jumps:?}");
}

#[test]
fn few_calls_are_no_jump() {
    let mut run = Run::new();
    run.seconds(300, 100, 0);
    run.now = run.now.after(Duration::from_secs(120));
    let jumps = run.seconds(10, 1, 1);
    assert!(jumps.is_empty(), "{jumps:?}");
}

#[test]
fn window_forgets_what_is_older_than_a_minute() {
    let mut run = Run::new();
    run.seconds(30, 10, 10);
    run.seconds(61, 10, 0);
    assert_eq!(run.rate(), Some(0.0));
}

/// They ended within a second of the last sample, so that none has them.
#[test]
fn f357_failures_before_a_pause_are_no_failures_of_the_last_minute() {
    let mut run = Run::new();
    run.seconds(120, 10, 0);
    run.last_end = run.now.after(SECOND / 2);
    (run.totals.calls, run.totals.errors) = (1_250, 50);
    run.now = run.last_end;
    assert!(run.rate().is_some_and(|rate| rate > 0.0));
    run.now = run.now.after(Duration::from_secs(3_600));
    assert_eq!(run.rate(), None);
    assert_eq!(run.end(1, 0), None, "no jump of an hour ago");
    assert_eq!(run.rate(), Some(0.0));
    // The pause has not made failures usual.
    assert_eq!(run.seconds(30, 10, 10).len(), 1);
}

#[test]
fn f358_an_outage_after_many_successes_at_once_is_a_jump_of_the_whole_rate() {
    let mut run = Run::new();
    run.totals.at_once = 1_000_000;
    let jumps = run.seconds(120, 20, 20);
    assert_eq!(jumps.len(), 1, "{jumps:?}");
    assert!(jumps[0].rate > 0.9, "{jumps:?}");
    assert_eq!(run.rate(), Some(1.0));
}

/// As after a bad release: the incident itself is not what is usual.
#[test]
fn f365_an_outage_in_the_first_minutes_of_the_process_is_a_jump() {
    for healthy in [65, 90, 120, 180] {
        let mut run = Run::new();
        assert!(run.seconds(healthy, 10, 0).is_empty());
        let mut second = 0;
        let jump = (0..60).find_map(|_| {
            second += 1;
            run.seconds(1, 10, 10).pop()
        });
        let jump = jump.unwrap();
        assert!(second < 10 && jump.usual < 0.01, "{second} {jump:?}");
    }
    // It began before a minute was known.
    let mut run = Run::new();
    run.seconds(30, 10, 0);
    assert_eq!(run.seconds(60, 10, 10).len(), 1);
    // From the start on, nothing else is usual.
    assert!(Run::new().seconds(600, 10, 10).is_empty());
}
