//! What a circuit promises, one by one.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::unnecessary_wraps,
    reason = "test code fails loudly"
)]

use super::*;
use crate::upstream::breaker::SlowCalls;
use std::{
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    thread,
};

const QUICK: Duration = Duration::from_millis(1);
const PAUSE: u64 = 5_000;
const LEASE: u64 = 60_000;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A circuit with a breaker and a clock, in milliseconds.
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
        bench.circuit.open(&bench.breaker, bench.at(), QUICK);
        bench
    }

    /// Half-open, with one probe out.
    fn probing(breaker: Breaker) -> (Self, Ticket) {
        let mut bench = Self::open(breaker);
        bench.now += PAUSE;
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

    fn refused(&self) -> Duration {
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

fn change(from: BreakerState, to: BreakerState, pause: Option<u64>) -> Option<Change> {
    Some(Change {
        from,
        to,
        pause: pause.map(ms),
    })
}

#[test]
fn a_circuit_is_small_and_a_ticket_is_a_word() {
    assert_eq!(size_of::<Circuit>(), 448);
    assert_eq!(size_of::<Ticket>(), 8);
}

#[test]
fn the_ratio_opens_exactly_where_it_is_reached() {
    for (ratio, succeeding, failing) in [(0.8, 4, 16), (0.07, 93, 7), (0.7, 30, 70), (1.0, 0, 20)] {
        let bench = Bench::new(Breaker::new().failure_ratio(ratio));
        bench.calls(succeeding, failing - 1);
        let opened = bench.fail(bench.enter());
        let expected = change(BreakerState::Closed, BreakerState::Open, Some(PAUSE));
        assert_eq!(opened, expected, "{ratio}");
        // One more success, and the same failures are too few.
        let bench = Bench::new(Breaker::new().failure_ratio(ratio));
        bench.calls(succeeding + 1, failing);
    }
}

#[test]
fn below_the_least_number_of_calls_no_ratio_opens() {
    let bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    assert_eq!(bench.state(), BreakerState::Closed);
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn random_faults_do_not_open_the_default() {
    let bench = Bench::new(Breaker::new());
    for _ in 0..1_000 {
        bench.calls(2, 3);
    }
}

#[test]
fn failures_that_slid_out_of_the_window_do_not_count() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    bench.now += 10_000;
    bench.calls(0, 19);
    bench.now += 8_000;
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn failures_one_after_another_open_without_a_ratio() {
    let bench = Bench::new(Breaker::new().consecutive(3));
    for _ in 0..100 {
        bench.calls(1, 2);
    }
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn slow_calls_open_whether_they_succeed_or_fail() {
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
fn a_slow_probe_counts_as_a_failed_one() {
    let breaker = Breaker::new().slow(SlowCalls::new(ms(100), 1.0));
    let (bench, probe) = Bench::probing(breaker);
    let slow = bench.circuit.success(&breaker, probe, bench.at(), ms(101));
    let expected = change(BreakerState::HalfOpen, BreakerState::Open, Some(10_000));
    assert_eq!(slow, expected);
}

#[test]
fn as_many_successes_as_probes_close_and_clear() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    assert!(bench.fail(bench.enter()).is_some());
    bench.now += PAUSE;
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    let first = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    let expected = change(BreakerState::Open, BreakerState::HalfOpen, None);
    assert_eq!(first.change, expected);
    let second = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    assert_eq!(second.change, None);
    let third = bench.enter();
    for probe in [first.ticket, second.ticket] {
        assert_eq!(bench.succeed(probe), None);
        // Success or not: no more than three probes are sent for one decision.
        assert_eq!(bench.refused(), PROBE_WAIT);
    }
    let expected = change(BreakerState::HalfOpen, BreakerState::Closed, None);
    assert_eq!(bench.succeed(third), expected);
    // The nineteen failures from before are still within ten seconds, but forgotten.
    bench.calls(0, 19);
}

#[test]
fn f38_a_probe_that_is_dropped_gives_its_place_back() {
    let (bench, mut probe) = Bench::probing(Breaker::new().probes(1));
    for _ in 0..1_000 {
        assert_eq!(bench.refused(), PROBE_WAIT);
        bench.circuit.ignore(probe);
        probe = bench.enter();
    }
    assert!(bench.succeed(probe).is_some());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn f40_a_probe_that_never_ends_holds_its_place_for_its_lease_only() {
    let (mut bench, hung) = Bench::probing(Breaker::new().probes(1));
    bench.now += LEASE - 100;
    assert_eq!(bench.refused(), ms(100));
    bench.now += 100;
    assert_eq!(bench.fail(hung), None, "its lease is over");
    let entry = bench.circuit.enter(&bench.breaker, bench.at()).unwrap();
    assert_eq!(entry.change, None);
    // Late results of the old round: no success, no failure, no place given back.
    assert_eq!(bench.succeed(hung), None);
    assert_eq!(bench.fail(hung), None);
    bench.circuit.ignore(hung);
    assert_eq!(bench.refused(), PROBE_WAIT);
    assert!(bench.succeed(entry.ticket).is_some());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn probes_that_succeeded_count_on_when_another_never_ends() {
    let (mut bench, hung) = Bench::probing(Breaker::new().probes(2));
    assert_eq!(bench.succeed(bench.enter()), None);
    bench.now += LEASE;
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
        bench.refused();
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
    let expected = change(BreakerState::HalfOpen, BreakerState::Open, Some(10_000));
    assert_eq!(bench.fail(failing), expected);
    assert_eq!(bench.refused(), ms(10_000));
    // What succeeds now was asked before the break.
    for probe in others {
        assert_eq!(bench.succeed(probe), None);
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
        assert_eq!(bench.refused(), QUICK);
        bench.now += 1;
        probe = bench.enter();
        bench.enter();
        bench.enter();
        bench.refused();
    }
}

#[test]
fn breaks_start_short_again_after_a_close() {
    let (mut bench, probe) = Bench::probing(Breaker::new().probes(1));
    bench.fail(probe);
    bench.now += 10_000;
    bench.succeed(bench.enter());
    bench.calls(0, 19);
    let opened = bench.fail(bench.enter()).unwrap();
    assert_eq!(opened.pause, Some(ms(PAUSE)));
}

#[test]
fn f52_a_flood_on_a_half_open_circuit_lets_in_the_probes_only() {
    let bench = Bench::open(Breaker::new());
    let (inside, most, entered) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let start = Barrier::new(8);
    let now = bench.at().after(ms(PAUSE));
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
fn f53_failures_of_the_callers_own_do_not_open() {
    let bench = Bench::new(Breaker::new().consecutive(3));
    for _ in 0..100 {
        bench.circuit.ignore(bench.enter());
    }
    assert_eq!(bench.state(), BreakerState::Closed);
    // Nor do they count for the upstream: the ratio is of the rest.
    bench.calls(0, 2);
    bench.circuit.ignore(bench.enter());
    assert!(bench.fail(bench.enter()).is_some());
}

#[test]
fn f55_an_open_circuit_refuses_and_says_for_how_long() {
    let mut bench = Bench::open(Breaker::new());
    for left in (1..=PAUSE).rev() {
        assert_eq!(bench.refused(), ms(left));
        bench.now += 1;
    }
    assert_eq!(bench.circuit.check(bench.at()), Ok(()));
    assert_eq!(bench.state(), BreakerState::HalfOpen);
}

#[test]
fn a_servers_wait_is_how_long_the_break_takes() {
    for (wait, pause) in [(1, PAUSE), (7_000, 7_000), (300_000, 300_000)] {
        let (bench, probe) = Bench::probing(Breaker::new());
        let wait = Some(ms(wait));
        let (breaker, now) = (&bench.breaker, bench.at());
        let opened = bench.circuit.failure(breaker, probe, now, QUICK, wait);
        let expected = change(BreakerState::HalfOpen, BreakerState::Open, Some(pause));
        assert_eq!(opened, expected);
        assert_eq!(bench.refused(), ms(pause));
    }
}

#[test]
fn opening_by_hand_opens_at_once_and_never_shortens_a_break() {
    let bench = Bench::new(Breaker::new());
    let open = |millis| bench.circuit.open(&bench.breaker, bench.at(), ms(millis));
    let expected = change(BreakerState::Closed, BreakerState::Open, Some(90_000));
    assert_eq!(open(90_000), expected);
    assert_eq!(open(8_000), None);
    assert_eq!(bench.refused(), ms(90_000));
    assert_eq!(open(100_000), None);
    assert_eq!(bench.refused(), ms(100_000));
}

#[test]
fn a_late_result_changes_nothing() {
    let mut bench = Bench::new(Breaker::new().consecutive(1).probes(1));
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
    bench.now += PAUSE;
    let probe = bench.enter();
    settle_late(&bench);
    bench.refused();
    assert!(bench.succeed(probe).is_some());
    settle_late(&bench);
    assert_eq!(bench.succeed(probe), None, "of a round that is over");
    assert_eq!(bench.fail(probe), None);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn an_isolated_circuit_refuses_until_it_is_released() {
    let mut bench = Bench::new(Breaker::new());
    bench.calls(0, 19);
    let late = bench.enter();
    let expected = change(BreakerState::Closed, BreakerState::Isolated, None);
    assert_eq!(bench.circuit.isolate(), expected);
    assert_eq!(bench.circuit.isolate(), None);
    assert_eq!(bench.circuit.open(&bench.breaker, bench.at(), QUICK), None);
    assert_eq!(bench.fail(late), None);
    for _ in 0..3 {
        bench.now += 1_000_000;
        assert_eq!(bench.refused(), Duration::MAX);
        assert_eq!(bench.state(), BreakerState::Isolated);
    }
    bench.now = 1;
    let expected = change(BreakerState::Isolated, BreakerState::Closed, None);
    assert_eq!(bench.circuit.release(), expected);
    assert_eq!(bench.circuit.release(), None);
    bench.calls(0, 19);
}

#[test]
fn fewer_probes_than_have_succeeded_do_not_wedge() {
    let (mut bench, probe) = Bench::probing(Breaker::new());
    bench.succeed(probe);
    bench.succeed(bench.enter());
    bench.breaker = bench.breaker.probes(1);
    assert!(bench.succeed(bench.enter()).is_some());
}

#[test]
fn times_without_sense_do_no_harm() {
    let forever = Breaker::new()
        .consecutive(1)
        .window(Duration::MAX)
        .pause(Duration::MAX)
        .lease(Duration::MAX);
    let bench = Bench::new(forever);
    assert!(bench.fail(bench.enter()).is_some());
    assert!(bench.refused() > Duration::from_secs(1 << 33));
    let nothing = Breaker::new()
        .failure_ratio(f64::NAN)
        .min_calls(0)
        .window(Duration::ZERO)
        .pause(Duration::ZERO)
        .probes(0)
        .lease(Duration::ZERO);
    let bench = Bench::new(nothing);
    bench.calls(3, 100);
    assert!(
        bench
            .circuit
            .open(&nothing, bench.at(), Duration::ZERO)
            .is_some()
    );
    let mut bench = bench;
    bench.now = 1;
    let probe = bench.enter();
    assert_eq!(bench.succeed(probe), None, "a lease of nothing");
    assert!(bench.enter().is_probe());
    // Back to before it opened.
    let bench = Bench { now: 0, ..bench };
    assert_eq!(bench.refused(), QUICK);
}
