//! Successes of streams that are taken back.

use super::*;
use crate::upstream::breaker::Begun;

impl Bench {
    fn begin_with(&self, ticket: Ticket) -> Begun {
        let at = self.at();
        self.circuit.began(&self.breaker, ticket, at, QUICK).1
    }

    fn begin(&self, took: Duration) -> Begun {
        let (ticket, at) = (self.enter(), self.at());
        let (change, begun) = self.circuit.began(&self.breaker, ticket, at, took);
        assert_eq!(change, None);
        begun
    }

    fn break_off(&self, begun: &Begun, took: Duration) -> Option<Change> {
        let ticket = self.circuit.take_back(&self.breaker, begun, self.at());
        self.circuit
            .failure(&self.breaker, ticket, self.at(), took, None)
    }
}

#[test]
fn f303_a_break_takes_the_place_of_the_success_in_the_window() {
    let bench = Bench::new(Breaker::new().failure_ratio(1.0).min_calls(2));
    assert_eq!(bench.break_off(&bench.begin(QUICK), QUICK), None);
    let change = bench.break_off(&bench.begin(QUICK), QUICK);
    assert_eq!(change.unwrap().to, BreakerState::Open);
}

#[test]
fn f303_a_break_takes_no_success_of_others_when_its_own_has_left_the_window() {
    for (later, opens) in [(9_000, true), (12_000, false), (100_000, false)] {
        let breaker = Breaker::new().failure_ratio(0.5).min_calls(2);
        let mut bench = Bench::new(breaker);
        // A window that is empty begins with its first bucket, then and now.
        bench.now += 100_000;
        let begun = bench.begin(QUICK);
        bench.now += later;
        bench.calls(if opens { 1 } else { 2 }, 0);
        let change = bench.break_off(&begun, QUICK);
        assert_eq!(change.is_some(), opens, "{later}");
    }
}

#[test]
fn f303_a_slow_success_that_is_taken_back_is_slow_once() {
    let slow = SlowCalls::new(ms(50), 0.6);
    let bench = Bench::new(Breaker::new().failure_ratio(1.0).min_calls(3).slow(slow));
    assert_eq!(bench.break_off(&bench.begin(ms(60)), ms(60)), None);
    bench.calls(1, 1);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn f303_a_break_restores_the_failures_before_it_unless_a_success_has_come_since() {
    let bench = || Bench::new(Breaker::new().consecutive(3).min_calls(1_000));
    let opens = |change: Option<Change>| change.is_some();

    let restored = bench();
    restored.calls(0, 2);
    assert!(opens(restored.break_off(&restored.begin(QUICK), QUICK)));

    let succeeded = bench();
    succeeded.calls(0, 2);
    let begun = succeeded.begin(QUICK);
    succeeded.calls(1, 0);
    assert!(!opens(succeeded.break_off(&begun, QUICK)));

    let ended = bench();
    ended.calls(0, 2);
    let (begun, other) = (ended.begin(QUICK), ended.begin(QUICK));
    ended.circuit.confirm(&other);
    assert!(!opens(ended.break_off(&begun, QUICK)));

    // Failures in between are counted, whatever stream begins.
    let between = bench();
    between.calls(0, 1);
    let begun = between.begin(QUICK);
    between.calls(0, 1);
    let _other = between.begin(QUICK);
    assert!(!opens(between.break_off(&begun, QUICK)));
}

#[test]
fn f303_a_late_break_counts_in_the_circuit_of_its_time() {
    let (mut bench, probe) = Bench::probing(Breaker::new().half_open_probes(1).consecutive(2));
    let begun = bench.begin_with(probe);
    assert_eq!(bench.state(), BreakerState::Closed);
    assert_eq!(bench.break_off(&begun, QUICK), None);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.now += 1;
    assert!(bench.fail(bench.enter()).is_some());
    // An open circuit has no calls.
    assert_eq!(bench.break_off(&begun, QUICK), None);
}
