//! Compares a circuit with a simple model of it over a long random walk.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::unnecessary_wraps,
    reason = "test code fails loudly"
)]

use super::*;
use crate::{Class, clock::nanos, random::seeded, upstream::breaker::SlowCalls};
use BreakerState::{Closed, HalfOpen, Isolated, Open};
use std::collections::HashMap;

#[path = "circuit_model_test.rs"]
mod model;

use model::{Attempt, Model};

const QUOTA: CircuitCause = CircuitCause::Class(Class::QuotaExhausted);
const STEPS: u32 = 100_000;
const MS: u64 = 1_000_000;
/// An eighth of the window, not a whole number of milliseconds, so that no step ends with a bucket.
const WIDTH: u64 = 1_250 * MS + 504;

const BREAKER: Breaker = Breaker::new()
    .failure_ratio(0.6)
    .window(Duration::from_nanos(WIDTH * 8))
    .min_calls(12)
    .consecutive(9)
    .slow(SlowCalls::new(Duration::from_millis(50), 0.5))
    .probe_timeout(Duration::from_secs(20));

struct Walk {
    circuit: Circuit,
    model: Model,
    now: u64,
    rolls: u32,
    /// The percentage of failures. It changes from time to time, or the walk would always be about
    /// as degraded.
    failing: u64,
    attempts: Vec<(Ticket, Attempt)>,
}

impl Walk {
    /// A random number, the same in each run.
    fn roll(&mut self, sides: u64) -> u64 {
        self.rolls += 1;
        seeded(0x5eed, self.rolls) % sides
    }

    fn at(&self) -> Moment {
        Moment(self.now)
    }

    fn pass_time(&mut self) {
        let millis = match self.roll(200) {
            0 => self.roll(30_000),
            1..20 => self.roll(2_000),
            _ => self.roll(60),
        };
        self.now += millis * MS;
        if self.roll(300) == 0 {
            self.failing = self.roll(101);
        }
    }

    /// One step: the changes that the circuit and the model report.
    fn step(&mut self) -> (Option<Change>, Option<Change>) {
        match self.roll(2_000) {
            0 => {
                let expected = self.model.state != Isolated;
                let expected = expected.then(|| self.model.turn(Isolated, None)).flatten();
                (self.circuit.isolate(), expected)
            }
            1..10 => {
                let expected = self.model.state != Closed;
                let expected = expected.then(|| self.model.turn(Closed, None)).flatten();
                (self.circuit.release(), expected)
            }
            10 => self.open(),
            11..1_000 => self.enter(),
            _ if self.attempts.is_empty() => (None, None),
            _ => self.settle(),
        }
    }

    fn open(&mut self) -> (Option<Change>, Option<Change>) {
        let break_duration = self.roll(20_000) * MS;
        let change = self.circuit.open(
            &BREAKER,
            self.at(),
            Duration::from_nanos(break_duration),
            QUOTA,
        );
        let model = &mut self.model;
        let expected = match model.state {
            Isolated => None,
            Open if self.now < model.until => {
                let until = self.now + break_duration.max(5_000 * MS);
                model.grown &= until <= model.until;
                (model.set, model.until) = (self.now, model.until.max(until));
                None
            }
            _ => model.open(self.now, Some(break_duration), QUOTA),
        };
        (change, expected)
    }

    fn enter(&mut self) -> (Option<Change>, Option<Change>) {
        let entered = self.circuit.enter(&BREAKER, self.at());
        let expected = self.model.enter(self.now);
        assert_eq!(entered.map_err(nanos).err(), expected.err());
        let (Ok(entry), Ok((attempt, change))) = (entered, expected) else {
            return (None, None);
        };
        assert_eq!(entry.ticket.is_probe(), attempt.probe);
        self.attempts.push((entry.ticket, attempt));
        (entry.change, change)
    }

    fn settle(&mut self) -> (Option<Change>, Option<Change>) {
        let which = self.roll(self.attempts.len() as u64);
        let (ticket, attempt) = self.attempts.swap_remove(usize::try_from(which).unwrap());
        let slow = self.roll(100) < 10 + self.failing / 3;
        let took = Duration::from_millis(if slow { 51 } else { 50 });
        let wait = self.roll(10_000) * MS;
        let wait = (self.roll(5) == 0).then_some(wait);
        let (circuit, at) = (&self.circuit, self.at());
        if self.rolls % 10 == 0 {
            circuit.ignore(ticket);
            let counts = attempt.probe && attempt.generation == self.model.generation;
            self.model.in_flight -= u32::from(counts);
            (None, None)
        } else if self.rolls % 10 == 1 {
            (
                circuit.answered(&BREAKER, ticket),
                self.model.succeed_probe(attempt),
            )
        } else if seeded(1, self.rolls) % 100 < self.failing {
            let server_wait = wait.map(Duration::from_nanos);
            let change = circuit.failure(&BREAKER, ticket, at, took, server_wait);
            let expected = self.model.settle(attempt, self.now, true, slow, wait);
            (change, expected)
        } else {
            let change = circuit.success(&BREAKER, ticket, at, took);
            let expected = self.model.settle(attempt, self.now, false, slow, None);
            (change, expected)
        }
    }
}

#[test]
fn circuit_agrees_with_the_model_over_a_random_walk() {
    let mut walk = Walk {
        circuit: Circuit::new(),
        model: Model::new(),
        now: 1_000 * MS,
        rolls: 0,
        failing: 20,
        attempts: Vec::new(),
    };
    let mut seen = HashMap::new();
    for step in 0..STEPS {
        walk.pass_time();
        let (change, expected) = walk.step();
        assert_eq!(change, expected, "step {step}");
        if let Some(change) = change {
            *seen.entry((change.from, change.to)).or_insert(0) += 1;
        }
        let (state, lets_in) = walk.model.at(walk.now);
        assert_eq!(walk.circuit.state(walk.at()), state, "step {step}");
        let check = walk.circuit.check(walk.at());
        assert_eq!(check.is_ok(), lets_in, "step {step}");
    }
    // The walk covered every kind of change, often.
    for change in [
        (Closed, Open),
        (Open, HalfOpen),
        (HalfOpen, Open),
        (HalfOpen, Closed),
        (Isolated, Closed),
        (Open, Open),
    ] {
        assert!(seen.get(&change) >= Some(&20), "{seen:?}");
    }
}
