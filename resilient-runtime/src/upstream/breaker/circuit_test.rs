//! The promises of a circuit: counting, opening, late results.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::unnecessary_wraps,
    reason = "test code fails loudly"
)]

use super::*;
use crate::{Class, upstream::breaker::SlowCalls};

#[path = "circuit_edge_test.rs"]
mod edges;
#[path = "circuit_forced_test.rs"]
mod forced;
#[path = "circuit_probe_test.rs"]
mod probes;
#[path = "circuit_recovery_test.rs"]
mod recovery;
#[path = "circuit_stream_test.rs"]
mod streams;

const QUICK: Duration = Duration::from_millis(1);
const QUOTA: CircuitCause = CircuitCause::Class(Class::QuotaExhausted);
const BREAK: u64 = 5_000;
const PROBE_TIMEOUT: u64 = 60_000;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A circuit with its settings and a clock, in milliseconds.
struct Bench {
    circuit: Circuit,
    breaker: Breaker,
    now: u64,
}

impl Bench {
    fn new(breaker: Breaker) -> Self {
        Self {
            circuit: Circuit::new(),
            breaker,
            now: 0,
        }
    }

    fn open(breaker: Breaker) -> Self {
        let bench = Self::new(breaker);
        bench.circuit.open(&bench.breaker, bench.at(), QUICK, QUOTA);
        bench
    }

    /// Half-open, with one probe in flight.
    fn probing(breaker: Breaker) -> (Self, Ticket) {
        let mut bench = Self::open(breaker);
        bench.now += BREAK;
        let probe = bench.enter();
        assert!(probe.is_probe());
        (bench, probe)
    }

    fn at(&self) -> Moment {
        Moment(1_000_000_000).after(ms(self.now))
    }

    fn enter(&self) -> Ticket {
        self.circuit.enter(&self.breaker, self.at()).unwrap().ticket
    }

    fn rejected_for(&self) -> Duration {
        let wait = self.circuit.enter(&self.breaker, self.at()).unwrap_err();
        assert_eq!(self.circuit.check(self.at()), Err(wait));
        wait
    }

    fn succeed(&self, ticket: Ticket) -> Option<Change> {
        self.circuit
            .success(&self.breaker, ticket, self.at(), QUICK)
    }

    fn fail(&self, ticket: Ticket) -> Option<Change> {
        self.circuit
            .failure(&self.breaker, ticket, self.at(), QUICK, None)
    }

    fn calls(&self, succeeding: u32, failing: u32) {
        for _ in 0..succeeding {
            assert_eq!(self.succeed(self.enter()), None);
        }
        for _ in 0..failing {
            assert_eq!(self.fail(self.enter()), None);
        }
    }

    fn state(&self) -> BreakerState {
        self.circuit.state(self.at())
    }
}

fn change(from: BreakerState, to: BreakerState) -> Option<Change> {
    Some(Change {
        from,
        to,
        break_duration: None,
        cause: None,
    })
}

fn opened(from: BreakerState, break_duration: u64, cause: CircuitCause) -> Option<Change> {
    Some(Change {
        from,
        to: BreakerState::Open,
        break_duration: Some(ms(break_duration)),
        cause: Some(cause),
    })
}

#[test]
fn circuit_is_448_bytes_and_a_ticket_8() {
    assert_eq!(size_of::<Circuit>(), 448);
    assert_eq!(size_of::<Ticket>(), 8);
}

#[test]
fn circuit_opens_exactly_at_the_failure_ratio() {
    for (ratio, succeeding, failing) in [(0.8, 4, 16), (0.07, 93, 7), (0.7, 30, 70), (1.0, 0, 20)] {
        let bench = Bench::new(Breaker::new().failure_ratio(ratio));
        bench.calls(succeeding, failing - 1);
        let failed = bench.fail(bench.enter());
        let expected = opened(BreakerState::Closed, BREAK, CircuitCause::FailureRatio);
        assert_eq!(failed, expected, "{ratio}");
        // One more success, and as many failures are too few.
        let bench = Bench::new(Breaker::new().failure_ratio(ratio));
        bench.calls(succeeding + 1, failing);
    }
}

#[test]
fn circuit_stays_closed_below_min_calls() {
    let bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    assert_eq!(bench.state(), BreakerState::Closed);
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn circuit_with_defaults_stays_closed_under_transient_failures() {
    let bench = Bench::new(Breaker::new());
    for _ in 0..1_000 {
        bench.calls(2, 3);
    }
}

#[test]
fn circuit_ignores_failures_older_than_the_window() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    bench.now += 10_000;
    bench.calls(0, 19);
    bench.now += 8_000;
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn circuit_opens_after_consecutive_failures() {
    let bench = Bench::new(Breaker::new().consecutive(3));
    for _ in 0..100 {
        bench.calls(1, 2);
    }
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn circuit_opens_on_slow_calls_that_succeed_or_fail() {
    let breaker = Breaker::new().slow(SlowCalls::new(ms(100), 0.5));
    let bench = Bench::new(breaker);
    let take = |millis, fails| {
        let ticket = bench.enter();
        if fails {
            let took = ms(millis);
            bench
                .circuit
                .failure(&breaker, ticket, bench.at(), took, None)
        } else {
            bench
                .circuit
                .success(&breaker, ticket, bench.at(), ms(millis))
        }
    };
    for n in 0..9 {
        assert_eq!(take(101, n % 3 == 0), None);
        assert_eq!(take(100, false), None);
    }
    assert_eq!(take(100, false), None);
    assert!(take(101, false).is_some(), "half of twenty");
}

#[test]
fn f53_failures_of_the_callers_own_do_not_open() {
    let bench = Bench::new(Breaker::new().consecutive(3));
    for _ in 0..100 {
        bench.circuit.ignore(bench.enter());
    }
    assert_eq!(bench.state(), BreakerState::Closed);
    // Nor do they count as successes: the ratio is of the rest.
    bench.calls(0, 2);
    bench.circuit.ignore(bench.enter());
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn f55_an_open_circuit_rejects_with_the_remaining_wait() {
    let mut bench = Bench::open(Breaker::new());
    for left in (1..=BREAK).rev() {
        assert_eq!(bench.rejected_for(), ms(left));
        bench.now += 1;
    }
    assert_eq!(bench.circuit.check(bench.at()), Ok(()));
    assert_eq!(bench.state(), BreakerState::HalfOpen);
}

#[test]
fn circuit_uses_the_servers_wait_as_break_duration() {
    for (wait, break_duration) in [(1, BREAK), (7_000, 7_000), (300_000, 300_000)] {
        let (bench, probe) = Bench::probing(Breaker::new());
        let wait = Some(ms(wait));
        let (breaker, now) = (&bench.breaker, bench.at());
        let failed = bench.circuit.failure(breaker, probe, now, QUICK, wait);
        let cause = CircuitCause::FailureRatio;
        let expected = opened(BreakerState::HalfOpen, break_duration, cause);
        assert_eq!(failed, expected);
        assert_eq!(bench.rejected_for(), ms(break_duration));
    }
}

#[test]
fn late_results_change_nothing() {
    let mut bench = Bench::new(Breaker::new().consecutive(1).half_open_probes(1));
    let late: Vec<Ticket> = (0..100).map(|_| bench.enter()).collect();
    assert!(bench.fail(bench.enter()).is_some());
    let settle_late = |bench: &Bench| {
        let state = bench.state();
        for ticket in &late {
            assert_eq!(bench.succeed(*ticket), None);
            assert_eq!(bench.fail(*ticket), None);
            bench.circuit.ignore(*ticket);
        }
        assert_eq!(bench.state(), state);
    };
    settle_late(&bench);
    bench.now += BREAK;
    let probe = bench.enter();
    settle_late(&bench);
    bench.rejected_for();
    assert!(bench.succeed(probe).is_some());
    settle_late(&bench);
    assert_eq!(bench.succeed(probe), None, "of a round that is over");
    assert_eq!(bench.fail(probe), None);
    assert_eq!(bench.state(), BreakerState::Closed);
}
