//! Models of the circuit breaker.

use super::explore;
use crate::{
    BreakerState, Class,
    clock::Moment,
    event::CircuitCause,
    upstream::{
        breaker::window::{Tally, Window},
        breaker::{Breaker, Change, Circuit, Ticket},
    },
};
use loom::thread;
use std::{sync::Arc, time::Duration};

const BREAKER: Breaker = Breaker::new().consecutive(1).half_open_probes(1);
const QUOTA: CircuitCause = CircuitCause::Class(Class::QuotaExhausted);
const QUICK: Duration = Duration::from_millis(1);
const START: Moment = Moment(1_000_000_008);

fn after(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

/// A circuit whose break is over after 5 s. Created before the threads, with its contents.
fn opened() -> Arc<Circuit> {
    let circuit = closed();
    assert!(circuit.open(&BREAKER, START, QUICK, QUOTA).is_some());
    circuit
}

fn closed() -> Arc<Circuit> {
    let circuit = Arc::new(Circuit::new());
    // Creates the primitives inside: loom requires that before threads share them.
    let ticket = enter(&circuit, START).expect_ticket();
    succeed(&circuit, ticket, START);
    circuit.isolate();
    circuit.release();
    circuit
}

fn enter(circuit: &Circuit, now: Moment) -> Option<Ticket> {
    let entry = circuit.enter(&BREAKER, now).ok();
    entry.map(|entry| entry.ticket)
}

fn succeed(circuit: &Circuit, ticket: Ticket, now: Moment) -> Option<Change> {
    circuit.success(&BREAKER, ticket, now, QUICK)
}

fn fail(circuit: &Circuit, ticket: Ticket, now: Moment) -> Option<Change> {
    circuit.failure(&BREAKER, ticket, now, QUICK, None)
}

/// Three threads enter when the break is over: as many as there are probes are admitted, and one
/// reports the change.
#[test]
fn half_open_admits_exactly_its_probes() {
    for probes in [1, 2] {
        explore(3, move || {
            let (circuit, breaker) = (opened(), BREAKER.half_open_probes(probes));
            let threads = [(); 3].map(|()| {
                let circuit = Arc::clone(&circuit);
                thread::spawn(move || circuit.enter(&breaker, after(5)))
            });
            let entries = threads.map(|thread| thread.join().ok());
            let entries: Vec<_> = entries.into_iter().flatten().flatten().collect();
            assert_eq!(entries.len(), probes as usize);
            assert!(entries.iter().all(|entry| entry.ticket.is_probe()));
            let reported = entries.iter().filter(|entry| entry.change.is_some());
            assert_eq!(reported.count(), 1);
        });
    }
}

/// Two threads fail while a third succeeds: the circuit opens once, and late results change
/// nothing.
#[test]
fn circuit_opens_once_under_racing_results() {
    explore(3, || {
        let circuit = closed();
        let [first, second, third] = [(); 3].map(|()| enter(&circuit, START).expect_ticket());
        let failing = [first, second].map(|ticket| {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || fail(&circuit, ticket, START))
        });
        assert_eq!(succeed(&circuit, third, START), None);
        let changes = failing.map(|thread| thread.join().ok().flatten());
        let reported = changes.iter().flatten().count();
        assert_eq!(reported, 1);
        assert_eq!(circuit.state(START), BreakerState::Open);
        assert!(enter(&circuit, START).is_none());
    });
}

/// A late success and a late failure from before the break race with the probe: only the probe
/// decides.
#[test]
fn late_result_does_not_override_the_probe() {
    for late_fails in [false, true] {
        explore(2, move || {
            let circuit = closed();
            let late = enter(&circuit, START).expect_ticket();
            circuit.open(&BREAKER, START, QUICK, QUOTA);
            let other = {
                let circuit = Arc::clone(&circuit);
                thread::spawn(move || {
                    if late_fails {
                        fail(&circuit, late, after(5))
                    } else {
                        succeed(&circuit, late, after(5))
                    }
                })
            };
            let probe = enter(&circuit, after(5)).expect_ticket();
            let change = succeed(&circuit, probe, after(5));
            assert_eq!(other.join().ok(), Some(None));
            assert_eq!(change.map(|change| change.to), Some(BreakerState::Closed));
            assert_eq!(circuit.state(after(5)), BreakerState::Closed);
        });
    }
}

/// One of two probes fails and one succeeds: the circuit is open, and at most one thread reports
/// it.
#[test]
fn failed_probe_overrides_a_successful_one() {
    explore(3, || {
        let breaker = BREAKER.half_open_probes(2);
        let circuit = opened();
        let probe = || {
            let entry = circuit.enter(&breaker, after(5)).ok();
            entry.map(|entry| entry.ticket).expect_ticket()
        };
        let (good, bad) = (probe(), probe());
        let other = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || circuit.success(&breaker, good, after(5), QUICK))
        };
        let change = circuit.failure(&breaker, bad, after(5), QUICK, None);
        assert_eq!(change.map(|change| change.to), Some(BreakerState::Open));
        let other = other.join().unwrap();
        // A success after the failure only shortens the break.
        assert!(matches!(other, None | Some(Change::SHORTENED)), "{other:?}");
        assert_eq!(circuit.state(after(5)), BreakerState::Open);
    });
}

/// A probe is dropped as its timeout expires and others enter: never two of them in one round.
#[test]
fn probe_dropped_at_its_timeout_frees_one_place() {
    explore(3, || {
        let circuit = opened();
        let hung = enter(&circuit, after(5)).expect_ticket();
        let dropping = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || circuit.ignore(hung))
        };
        let other = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || enter(&circuit, after(65)))
        };
        let entered = enter(&circuit, after(65));
        assert!(dropping.join().is_ok());
        let both = [entered, other.join().ok().flatten()];
        let mut in_round = both.iter().flatten();
        let (Some(probe), None) = (in_round.next(), in_round.next()) else {
            unreachable!("{both:?}");
        };
        assert!(enter(&circuit, after(65)).is_none());
        assert!(succeed(&circuit, *probe, after(65)).is_some());
    });
}

/// A probe succeeds after its timeout while the next one succeeds too: the circuit closes, and one
/// of them reports it.
#[test]
fn late_success_and_the_next_probe_close_the_circuit_once() {
    explore(3, || {
        let circuit = opened();
        let late = enter(&circuit, after(5)).expect_ticket();
        let other = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || succeed(&circuit, late, after(65)))
        };
        let next = enter(&circuit, after(65)).expect_ticket();
        let changes = [
            succeed(&circuit, next, after(65)),
            other.join().ok().flatten(),
        ];
        assert_eq!(changes.iter().flatten().count(), 1);
        assert_eq!(circuit.state(after(65)), BreakerState::Closed);
    });
}

/// A circuit is isolated while a probe succeeds: it stays isolated.
#[test]
fn isolated_circuit_stays_isolated() {
    explore(3, || {
        let circuit = opened();
        let probe = enter(&circuit, after(5)).expect_ticket();
        let other = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || succeed(&circuit, probe, after(5)))
        };
        assert!(circuit.isolate().is_some());
        assert!(other.join().is_ok());
        assert_eq!(circuit.state(after(5)), BreakerState::Isolated);
    });
}

/// Two threads count while a third moves the window by a bucket: nothing is lost.
#[test]
fn window_loses_nothing_when_it_moves() {
    window(Duration::from_secs(2), |calls| calls == 4);
}

/// Two threads count while a third moves the window by all its buckets: earlier counts are gone,
/// and of each thread at most one success remains.
#[test]
fn restarted_window_keeps_at_most_one_success_per_thread() {
    window(Duration::from_secs(100), |calls| (1..=3).contains(&calls));
}

/// One success before; two threads with one each; one failure `later`.
fn window(later: Duration, holds: fn(u64) -> bool) {
    const LENGTH: Duration = Duration::from_secs(10);
    explore(2, move || {
        let window = Arc::new(Window::new());
        let mut tally = Tally::EMPTY;
        window.late_success(&mut tally, START, LENGTH, false);
        let threads = [(); 2].map(|()| {
            let window = Arc::clone(&window);
            thread::spawn(move || window.success(START))
        });
        window.failure(&mut tally, START.after(later), LENGTH, false);
        let counted = threads.map(|thread| thread.join().is_ok_and(|counted| counted));
        assert_eq!(counted, [true; 2]);
        let calls = window.counts(&tally).calls;
        assert!(holds(calls), "{calls}");
    });
}

trait Expect {
    fn expect_ticket(self) -> Ticket;
}

impl Expect for Option<Ticket> {
    fn expect_ticket(self) -> Ticket {
        assert!(self.is_some(), "not let in");
        self.unwrap_or_else(|| unreachable!())
    }
}
