//! The promises of a half-open circuit.

use super::*;
use crate::upstream::breaker::inner::PROBE_WAIT;
use std::{
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    thread,
};

#[test]
fn slow_probe_counts_as_failed() {
    let breaker = Breaker::new().slow(SlowCalls::new(ms(100), 1.0));
    let (bench, probe) = Bench::probing(breaker);
    let slow = bench.circuit.success(&breaker, probe, bench.at(), ms(101));
    let expected = opened(BreakerState::HalfOpen, 10_000, CircuitCause::SlowCalls);
    assert_eq!(slow, expected);
}

#[test]
fn circuit_closes_and_clears_after_enough_successful_probes() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    assert!(bench.fail(bench.enter()).is_some());
    bench.now += BREAK;
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    let first = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    let expected = change(BreakerState::Open, BreakerState::HalfOpen);
    assert_eq!(first.change, expected);
    let second = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    assert_eq!(second.change, None);
    let third = bench.enter();
    for probe in [first.ticket, second.ticket] {
        assert_eq!(bench.succeed(probe), None);
        // Success or not: no more than three probes are sent for one decision.
        assert_eq!(bench.rejected_for(), PROBE_WAIT);
    }
    let expected = change(BreakerState::HalfOpen, BreakerState::Closed);
    assert_eq!(bench.succeed(third), expected);
    // The nineteen failures from before are still within ten seconds, but cleared.
    bench.calls(0, 19);
}

#[test]
fn f38_a_dropped_probe_returns_its_place() {
    let (bench, mut probe) = Bench::probing(Breaker::new().half_open_probes(1));
    for _ in 0..1_000 {
        assert_eq!(bench.rejected_for(), PROBE_WAIT);
        bench.circuit.ignore(probe);
        probe = bench.enter();
    }
    assert!(bench.succeed(probe).is_some());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn f40_a_probe_that_never_ends_loses_its_place_at_the_probe_timeout() {
    let (mut bench, hung) = Bench::probing(Breaker::new().half_open_probes(1));
    bench.now += PROBE_TIMEOUT - 100;
    assert_eq!(bench.rejected_for(), ms(100));
    bench.now += 100;
    assert_eq!(bench.fail(hung), None, "its timeout is over");
    let entry = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    assert_eq!(entry.change, None);
    // A late failure of the old round changes nothing, and no late result returns a place.
    assert_eq!(bench.fail(hung), None);
    bench.circuit.ignore(hung);
    assert_eq!(bench.rejected_for(), PROBE_WAIT);
    assert!(bench.succeed(entry.ticket).is_some());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn successful_probes_still_count_when_another_times_out() {
    let (mut bench, hung) = Bench::probing(Breaker::new().half_open_probes(2));
    assert_eq!(bench.succeed(bench.enter()), None);
    bench.now += PROBE_TIMEOUT;
    let probe = bench.enter();
    assert_ne!(hung, probe);
    assert!(bench.succeed(probe).is_some());
}

#[test]
fn f41_a_probe_of_a_neutral_class_decides_nothing_and_frees_its_place() {
    let (bench, first) = Bench::probing(Breaker::new());
    bench.circuit.ignore(first);
    for _ in 0..1_000 {
        let probes = [bench.enter(), bench.enter(), bench.enter()];
        bench.rejected_for();
        for probe in probes {
            bench.circuit.ignore(probe);
        }
        assert_eq!(bench.state(), BreakerState::HalfOpen);
    }
    let probes = [bench.enter(), bench.enter(), bench.enter()];
    let closed = probes.map(|probe| bench.succeed(probe).is_some());
    assert_eq!(closed, [false, false, true]);
}

#[test]
fn f49_a_failed_probe_opens_again_at_once() {
    let (bench, failing) = Bench::probing(Breaker::new());
    let others = [bench.enter(), bench.enter()];
    let expected = opened(BreakerState::HalfOpen, 10_000, CircuitCause::FailureRatio);
    assert_eq!(bench.fail(failing), expected);
    assert_eq!(bench.rejected_for(), ms(10_000));
    // These successes were sent before the break.
    for (probe, change) in others.into_iter().zip([Some(Change::SHORTENED), None]) {
        assert_eq!(bench.succeed(probe), change);
    }
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn f50_every_break_begins_when_its_probe_has_failed() {
    let (mut bench, mut probe) = Bench::probing(Breaker::new());
    for seconds in [10, 20, 40, 60, 60] {
        bench.now += 700; // the probe took as long
        assert!(bench.fail(probe).is_some());
        bench.now += seconds * 1_000 - 1;
        assert_eq!(bench.rejected_for(), QUICK);
        bench.now += 1;
        probe = bench.enter();
        bench.enter();
        bench.enter();
        bench.rejected_for();
    }
}

#[test]
fn break_duration_resets_after_a_close() {
    let (mut bench, probe) = Bench::probing(Breaker::new().half_open_probes(1));
    bench.fail(probe);
    bench.now += 10_000;
    bench.succeed(bench.enter());
    bench.calls(0, 19);
    let opened = bench.fail(bench.enter()).unwrap();
    assert_eq!(opened.break_duration, Some(ms(BREAK)));
}

#[test]
fn f52_a_half_open_circuit_under_load_admits_only_the_probes() {
    let bench = Bench::open(Breaker::new());
    let (inside, most, entered) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let start = Barrier::new(8);
    let now = bench.at().after(ms(BREAK));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                for n in 0..2_000 {
                    let Ok(entry) = bench.circuit.enter(&bench.breaker, now) else {
                        continue;
                    };
                    assert!(entry.ticket.is_probe());
                    most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                    entered.fetch_add(1, SeqCst);
                    if n % 3 == 0 {
                        thread::yield_now();
                    }
                    inside.fetch_sub(1, SeqCst);
                    bench.circuit.ignore(entry.ticket);
                }
            });
        }
    });
    assert!(most.into_inner() <= 3);
    assert!(entered.into_inner() >= 3);
    // And all places are free again.
    let flood = (0..1_000).filter(|_| bench.circuit.enter(&bench.breaker, now).is_ok());
    assert_eq!(flood.count(), 3);
}

#[test]
fn circuit_recovers_when_fewer_probes_are_configured_than_have_succeeded() {
    let (mut bench, probe) = Bench::probing(Breaker::new());
    bench.succeed(probe);
    bench.succeed(bench.enter());
    bench.breaker = bench.breaker.half_open_probes(1);
    assert!(bench.succeed(bench.enter()).is_some());
}

#[test]
fn success_of_a_probe_in_flight_ends_a_grown_break_early() {
    let (mut bench, failing) = Bench::probing(Breaker::new());
    let other = bench.enter();
    let never = bench.enter();
    bench.now += 500;
    assert!(bench.fail(failing).is_some());
    bench.now += 1_000;
    assert_eq!(bench.rejected_for(), ms(9_000));
    // Calls that wait for the end of the break are told.
    assert_eq!(bench.succeed(other), Some(Change::SHORTENED));
    assert_eq!(bench.rejected_for(), ms(4_000));
    bench.now += 4_000;
    // A dead server: the breaks grow as after the first one.
    assert_eq!(
        bench.fail(bench.enter()),
        opened(BreakerState::HalfOpen, 10_000, CircuitCause::FailureRatio)
    );
    // Of the phase before.
    assert_eq!(bench.succeed(never), None);
    assert_eq!(bench.rejected_for(), ms(10_000));
}

#[test]
fn success_of_a_probe_in_flight_does_not_shorten_the_servers_wait() {
    let (bench, failing) = Bench::probing(Breaker::new());
    let other = bench.enter();
    let (breaker, now) = (&bench.breaker, bench.at());
    let wait = Some(ms(30_000));
    bench.circuit.failure(breaker, failing, now, QUICK, wait);
    assert_eq!(bench.succeed(other), None);
    assert_eq!(bench.rejected_for(), ms(30_000));
}

#[test]
fn half_open_circuit_tolerates_failures_after_a_success() {
    let (bench, probe) = Bench::probing(Breaker::new());
    assert_eq!(bench.succeed(probe), None);
    bench.calls(0, 3);
    let cause = CircuitCause::FailureRatio;
    let reopened = opened(BreakerState::HalfOpen, 10_000, cause);
    assert_eq!(bench.fail(bench.enter()), reopened, "four of five");
    // Even if the ratio is never reached, a dead server is not probed for ever.
    let (bench, probe) = Bench::probing(Breaker::new().failure_ratio(1.0));
    assert_eq!(bench.succeed(probe), None);
    bench.calls(0, 19);
    assert!(bench.fail(bench.enter()).is_some());
    let (bench, probe) = Bench::probing(Breaker::new().consecutive(2));
    assert_eq!(bench.succeed(probe), None);
    bench.calls(0, 1);
    let cause = CircuitCause::ConsecutiveFailures;
    let reopened = opened(BreakerState::HalfOpen, 10_000, cause);
    assert_eq!(bench.fail(bench.enter()), reopened);
}
