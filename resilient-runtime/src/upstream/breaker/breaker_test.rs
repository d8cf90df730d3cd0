//! Which settings of a breaker are valid, and the durations of its breaks.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn validate_names_every_invalid_setting() {
    let good = Breaker::new();
    let slow = |longer_than, ratio| good.slow(SlowCalls::new(longer_than, ratio));
    let ratio = "breaker: `failure_ratio` must be above 0 and at most 1";
    let slow_ratio = "breaker: the ratio of `slow` must be above 0 and at most 1";
    let factor = "breaker: `factor` must be a number of at least 1";
    let probes = "breaker: `half_open_probes` must be from 1 to 64";
    for (breaker, message) in [
        (good.failure_ratio(0.0), ratio),
        (good.failure_ratio(-0.1), ratio),
        (good.failure_ratio(1.001), ratio),
        (good.failure_ratio(f64::NAN), ratio),
        (
            good.window(Duration::ZERO),
            "breaker: `window` must be longer than zero, or no call counts",
        ),
        (good.min_calls(0), "breaker: `min_calls` must be at least 1"),
        (
            good.consecutive(0),
            "breaker: `consecutive` must be at least 1",
        ),
        (
            slow(Duration::ZERO, 0.5),
            "breaker: `slow` must be longer than zero, or every call is slow",
        ),
        (slow(SECOND, 0.0), slow_ratio),
        (slow(SECOND, f64::NAN), slow_ratio),
        (
            good.break_duration(Duration::ZERO),
            "breaker: `break_duration` must be longer than zero, or the circuit never opens",
        ),
        (
            good.max_break_duration(Duration::from_millis(4_999)),
            "breaker: `max_break_duration` must be at least `break_duration`",
        ),
        (good.factor(0.99), factor),
        (good.factor(f64::NAN), factor),
        (good.factor(f64::INFINITY), factor),
        (good.half_open_probes(0), probes),
        (good.half_open_probes(65), probes),
        (
            good.probe_timeout(Duration::ZERO),
            "breaker: `probe_timeout` must be longer than zero, or no failed probe counts",
        ),
    ] {
        let mistake = breaker.validate().map_err(|mistake| mistake.message());
        assert_eq!(mistake, Err(message), "{breaker:?}");
    }
}

#[test]
fn validate_accepts_the_defaults_and_the_extremes() {
    let extreme = Breaker::new()
        .failure_ratio(1.0)
        .window(Duration::MAX)
        .min_calls(u32::MAX)
        .consecutive(u32::MAX)
        .slow(SlowCalls::new(Duration::MAX, 1.0))
        .break_duration(Duration::MAX)
        .max_break_duration(Duration::MAX)
        .factor(f64::MAX)
        .half_open_probes(64)
        .probe_timeout(Duration::MAX);
    for breaker in [Breaker::default(), extreme, Breaker::new().factor(1.0)] {
        assert_eq!(breaker.validate(), Ok(()));
    }
}

#[test]
fn break_duration_grows_to_the_maximum() {
    let breaker = Breaker::new();
    let durations =
        [0, 1, 2, 3, 4, 1_000, u32::MAX].map(|breaks| breaker.break_duration_after(breaks));
    assert_eq!(
        durations,
        [5, 10, 20, 40, 60, 60, 60].map(Duration::from_secs)
    );
}

#[test]
fn break_duration_is_constant_with_factor_one() {
    let breaker = Breaker::new().factor(1.0);
    for breaks in [0, 1, 7, u32::MAX] {
        assert_eq!(breaker.break_duration_after(breaks), breaker.break_duration);
    }
}

#[test]
fn break_duration_stays_in_bounds_with_every_factor() {
    for factor in [0.0, -3.0, f64::NAN, f64::NEG_INFINITY] {
        let breaker = Breaker::new().factor(factor);
        assert_eq!(
            breaker.break_duration_after(3),
            breaker.break_duration,
            "{factor}"
        );
    }
    for factor in [f64::MAX, f64::INFINITY] {
        let breaker = Breaker::new().factor(factor);
        assert_eq!(
            breaker.break_duration_after(3),
            breaker.max_break_duration,
            "{factor}"
        );
    }
    // A contradiction that `validate` reports: the first break wins.
    let breaker = Breaker::new().max_break_duration(SECOND);
    assert_eq!(breaker.break_duration_after(3), breaker.break_duration);
}

#[test]
fn breaker_state_displays_in_snake_case() {
    use crate::BreakerState::{Closed, HalfOpen, Isolated, Open};
    let names = [Closed, Open, HalfOpen, Isolated].map(|state| state.to_string());
    assert_eq!(names, ["closed", "open", "half_open", "isolated"]);
}
