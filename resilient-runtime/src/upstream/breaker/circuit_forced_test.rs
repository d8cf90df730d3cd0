//! A circuit that is opened at once, isolated or released.

use super::*;

#[test]
fn open_opens_at_once_and_never_shortens_a_break() {
    let bench = Bench::new(Breaker::new());
    let open = |millis| {
        bench
            .circuit
            .open(&bench.breaker, bench.at(), ms(millis), QUOTA)
    };
    let expected = opened(BreakerState::Closed, 90_000, QUOTA);
    assert_eq!(open(90_000), expected);
    assert_eq!(open(8_000), None);
    assert_eq!(bench.rejected_for(), ms(90_000));
    assert_eq!(open(100_000), None);
    assert_eq!(bench.rejected_for(), ms(100_000));
}

#[test]
fn isolated_circuit_rejects_until_released() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    let late = bench.enter();
    let expected = Some(Change {
        from: BreakerState::Closed,
        to: BreakerState::Isolated,
        break_duration: None,
        cause: Some(CircuitCause::Isolated),
    });
    assert_eq!(bench.circuit.isolate(), expected);
    assert_eq!(bench.circuit.isolate(), None);
    assert_eq!(
        bench.circuit.open(&bench.breaker, bench.at(), QUICK, QUOTA),
        None
    );
    assert_eq!(bench.fail(late), None);
    for _ in 0..3 {
        bench.now += 1_000_000;
        assert_eq!(bench.rejected_for(), Duration::MAX);
        assert_eq!(bench.state(), BreakerState::Isolated);
    }
    bench.now = 1;
    let expected = change(BreakerState::Isolated, BreakerState::Closed);
    assert_eq!(bench.circuit.release(), expected);
    assert_eq!(bench.circuit.release(), None);
    bench.calls(0, 19);
}
