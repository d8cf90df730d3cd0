//! A circuit does what a slow and simple model of it does, over a long random walk.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::unnecessary_wraps,
    reason = "test code fails loudly"
)]

use super::*;
use crate::{clock::nanos, random::seeded, upstream::breaker::SlowCalls};
use BreakerState::{Closed, HalfOpen, Isolated, Open};
use std::collections::HashMap;

const STEPS: u32 = 100_000;
const MS: u64 = 1_000_000;
/// An eighth of the window: no whole number of milliseconds, so that no step ends with a bucket.
const WIDTH: u64 = 1_250 * MS + 504;

const BREAKER: Breaker = Breaker::new()
    .failure_ratio(0.6)
    .window(Duration::from_nanos(WIDTH * 8))
    .min_calls(12)
    .consecutive(9)
    .slow(SlowCalls::new(Duration::from_millis(50), 0.5))
    .probe_timeout(Duration::from_secs(20));

/// One attempt, as the model knows it.
#[derive(Clone, Copy)]
struct Attempt {
    generation: u32,
    probe: bool,
}

#[derive(Clone, Copy)]
struct Counted {
    bucket: u64,
    failed: bool,
    slow: bool,
}

struct Model {
    state: BreakerState,
    generation: u32,
    until: u64,
    breaks: u32,
    out: u32,
    succeeded: u32,
    in_a_row: u32,
    calls: Vec<Counted>,
    bucket: u64,
    bucket_ends: u64,
}

impl Model {
    fn new() -> Self {
        Self {
            state: Closed,
            generation: 0,
            until: 0,
            breaks: 0,
            out: 0,
            succeeded: 0,
            in_a_row: 0,
            calls: Vec::new(),
            bucket: 0,
            bucket_ends: 0,
        }
    }

    /// Where the circuit is, and whether it would let an attempt in.
    fn at(&self, now: u64) -> (BreakerState, bool) {
        let lease_over = self.out == 0 || now >= self.until;
        match self.state {
            Open if now >= self.until => (HalfOpen, true),
            HalfOpen => {
                let free = self.out + self.succeeded < BREAKER.half_open_probes;
                (HalfOpen, lease_over || free)
            }
            state => (state, state == Closed),
        }
    }

    fn turn(&mut self, to: BreakerState, break_duration: Option<u64>) -> Option<Change> {
        let from = self.state;
        self.state = to;
        self.generation += 1;
        self.out = 0;
        if to == Closed {
            self.calls.clear();
            (self.breaks, self.in_a_row) = (0, 0);
        }
        let break_duration = break_duration.map(Duration::from_nanos);
        Some(Change {
            from,
            to,
            break_duration,
        })
    }

    fn enter(&mut self, now: u64) -> Result<(Attempt, Option<Change>), u64> {
        let mut change = None;
        match self.state {
            Isolated => return Err(u64::MAX),
            Open if now < self.until => return Err(self.until - now),
            Open => {
                change = self.turn(HalfOpen, None);
                self.succeeded = 0;
            }
            HalfOpen if self.out > 0 && now >= self.until => drop(self.turn(HalfOpen, None)),
            HalfOpen if self.out + self.succeeded >= BREAKER.half_open_probes => {
                return Err((self.until - now).min(1_000 * MS));
            }
            _ => {}
        }
        let probe = self.state == HalfOpen;
        if probe {
            self.out += 1;
            self.until = now + nanos(BREAKER.probe_timeout);
        }
        let generation = self.generation;
        Ok((Attempt { generation, probe }, change))
    }

    fn open(&mut self, now: u64, wait: Option<u64>) -> Option<Change> {
        let grown = (5_000 * MS * 2_u64.pow(self.breaks.min(10))).min(60_000 * MS);
        let break_duration = wait.map_or(grown, |wait| wait.max(5_000 * MS));
        self.until = now + break_duration;
        self.breaks += 1;
        self.turn(Open, Some(break_duration))
    }

    fn settle(
        &mut self,
        attempt: Attempt,
        now: u64,
        failed: bool,
        slow: bool,
        wait: Option<u64>,
    ) -> Option<Change> {
        if attempt.generation != self.generation {
            return None;
        }
        if !failed {
            self.in_a_row = 0;
        }
        if attempt.probe {
            if now >= self.until {
                return None;
            }
            if failed || slow {
                return self.open(now, wait);
            }
            self.out -= 1;
            self.succeeded += 1;
            return (self.succeeded >= BREAKER.half_open_probes)
                .then(|| self.turn(Closed, None))
                .flatten();
        }
        if now >= self.bucket_ends + 7 * WIDTH {
            self.calls.clear();
            self.bucket_ends = (now + WIDTH) & !7;
        }
        while now >= self.bucket_ends {
            self.bucket += 1;
            self.bucket_ends += WIDTH;
        }
        let bucket = self.bucket;
        self.calls.retain(|call| call.bucket + 8 > bucket);
        self.calls.push(Counted {
            bucket,
            failed,
            slow,
        });
        self.in_a_row += u32::from(failed);
        let part = |which: fn(&Counted) -> bool| {
            let count = self.calls.iter().filter(|call| which(call)).count();
            count as f64 / self.calls.len() as f64
        };
        let enough = self.calls.len() >= 12;
        let trips = (failed || slow)
            && (failed && self.in_a_row >= 9
                || enough && (part(|call| call.failed) >= 0.6 || part(|call| call.slow) >= 0.5));
        trips.then(|| self.open(now, wait)).flatten()
    }
}

struct Walk {
    circuit: Circuit,
    model: Model,
    now: u64,
    rolls: u32,
    /// How many in a hundred fail. Changed from time to time, or everything would always be about as broken.
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

    /// One thing that happens: what the circuit tells, and what the model does.
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
        let change = self
            .circuit
            .open(&BREAKER, self.at(), Duration::from_nanos(break_duration));
        let model = &mut self.model;
        let expected = match model.state {
            Isolated => None,
            Open if self.now < model.until => {
                model.until = model.until.max(self.now + break_duration.max(5_000 * MS));
                None
            }
            _ => model.open(self.now, Some(break_duration)),
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
            self.model.out -= u32::from(counts);
            (None, None)
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
fn a_random_walk_agrees_with_the_model() {
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
    // The walk was no stroll: every kind of change came often.
    for change in [
        (Closed, Open),
        (Open, HalfOpen),
        (HalfOpen, Open),
        (HalfOpen, Closed),
        (Isolated, Closed),
    ] {
        assert!(seen.get(&change) >= Some(&20), "{seen:?}");
    }
}
