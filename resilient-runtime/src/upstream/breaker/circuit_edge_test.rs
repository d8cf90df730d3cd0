//! A circuit with extreme durations, and with a clock that goes back.

use super::*;

#[test]
fn circuit_survives_extreme_durations() {
    let forever = Breaker::new()
        .consecutive(1)
        .window(Duration::MAX)
        .break_duration(Duration::MAX)
        .probe_timeout(Duration::MAX);
    let bench = Bench::new(forever);
    assert!(bench.fail(bench.enter()).is_some());
    assert!(bench.rejected_for() > Duration::from_secs(1 << 33));
    let nothing = Breaker::new()
        .failure_ratio(f64::NAN)
        .min_calls(0)
        .window(Duration::ZERO)
        .break_duration(Duration::ZERO)
        .half_open_probes(0)
        .probe_timeout(Duration::ZERO);
    let bench = Bench::new(nothing);
    bench.calls(3, 100);
    assert!(
        bench
            .circuit
            .open(&nothing, bench.at(), Duration::ZERO, QUOTA)
            .is_some()
    );
    let mut bench = bench;
    bench.now = 1;
    let probe = bench.enter();
    assert_eq!(bench.fail(probe), None, "a probe timeout of zero");
    assert!(bench.enter().is_probe());
    assert!(bench.succeed(probe).is_some(), "a late success");
    bench
        .circuit
        .open(&nothing, bench.at(), Duration::ZERO, QUOTA);
    // Back to before it opened.
    let bench = Bench { now: 0, ..bench };
    assert_eq!(bench.rejected_for(), QUICK);
}

#[test]
fn f09_a_clock_that_goes_back_ends_a_break_and_a_probe_timeout() {
    const DAY: u64 = 86_400_000;
    let breaker = Breaker::new().consecutive(1).half_open_probes(1);
    let circuit = Circuit::new();
    let at = |millis: u64| Moment(millis * 1_000_000);
    let enter = |now| circuit.enter(&breaker, at(now)).map(|entry| entry.ticket);
    let ticket = enter(DAY).unwrap();
    assert!(
        circuit
            .failure(&breaker, ticket, at(DAY), QUICK, None)
            .is_some()
    );
    assert!(circuit.check(at(DAY)).is_err());
    // Another thread's reading is a little older.
    assert!(circuit.check(at(DAY - 1)).is_err());
    assert_eq!(circuit.state(at(10_000)), BreakerState::HalfOpen);
    let probe = enter(10_000).unwrap();
    assert!(probe.is_probe());
    // A day later its timeout is over, and going back from there ends the next one.
    assert!(enter(10_001).is_err());
    let next = enter(DAY).unwrap();
    assert!(next.is_probe() && next != probe);
    let third = enter(20_000).unwrap();
    assert!(
        circuit
            .success(&breaker, third, at(20_001), QUICK)
            .is_some()
    );
    assert_eq!(circuit.state(at(20_001)), BreakerState::Closed);
}
