//! How a circuit recovers, in simulations.

use super::*;
use crate::random::seeded;

/// Milliseconds between two calls.
const PACE: u64 = 50;
const MINUTE: u64 = 60_000;
const LONGEST: u64 = 20 * MINUTE;

/// A circuit under load, with the attempts in flight and their ends.
struct World {
    bench: Bench,
    attempts: Vec<(u64, Ticket)>,
    /// Attempts take a third to four thirds of this.
    latency: u64,
    seed: u64,
    rolls: u32,
    sent: u64,
    refused: u64,
}

impl World {
    fn new(breaker: Breaker, latency: u64, seed: u64) -> Self {
        Self {
            bench: Bench::new(breaker),
            attempts: Vec::new(),
            latency,
            seed,
            rolls: 0,
            sent: 0,
            refused: 0,
        }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.rolls += 1;
        seeded(self.seed, self.rolls) % sides
    }

    /// The attempts that have ended.
    fn ended(&mut self) -> Vec<Ticket> {
        let now = self.bench.now;
        let ended = self.attempts.iter().filter(|(end, _)| *end <= now);
        let ended = ended.map(|(_, ticket)| *ticket).collect();
        self.attempts.retain(|(end, _)| *end > now);
        ended
    }

    fn call(&mut self) {
        let took = self.latency / 3 + self.roll(self.latency + 1);
        let (bench, end) = (&self.bench, self.bench.now + took);
        if let Ok(entry) = bench.circuit.enter(&bench.breaker, bench.at()) {
            self.sent += 1;
            self.attempts.push((end, entry.ticket));
        } else {
            self.refused += 1;
        }
    }

    /// Sends calls for a time; a percentage of the attempts fails.
    fn run(&mut self, time: u64, failing: u64) {
        (self.sent, self.refused) = (0, 0);
        let end = self.bench.now + time;
        while self.bench.now < end {
            for ticket in self.ended() {
                if self.roll(100) < failing {
                    self.bench.fail(ticket);
                } else {
                    self.bench.succeed(ticket);
                }
            }
            self.call();
            self.bench.now += PACE;
        }
    }

    /// One random event of any kind.
    fn disturb(&mut self) {
        let at = self.bench.at();
        let breaker = self.bench.breaker;
        let some_wait = ms(self.roll(600_000));
        let circuit = &self.bench.circuit;
        match seeded(self.seed, self.rolls) % 40 {
            0 => drop(circuit.isolate()),
            1 => drop(circuit.release()),
            2 => drop(circuit.open(&breaker, at, some_wait, QUOTA)),
            // The clock of another runtime.
            3 => self.bench.now = self.roll(LONGEST),
            4..25 => self.call(),
            kind => {
                if self.attempts.is_empty() {
                    return;
                }
                let which = self.roll(self.attempts.len() as u64);
                let (_, ticket) = self.attempts.swap_remove(usize::try_from(which).unwrap());
                let took = ms(self.roll(LONGEST));
                let circuit = &self.bench.circuit;
                match kind {
                    25 => drop(circuit.answered(&breaker, ticket)),
                    26..29 => circuit.ignore(ticket),
                    29 => drop(circuit.failure(&breaker, ticket, at, took, Some(some_wait))),
                    30..36 => drop(circuit.failure(&breaker, ticket, at, took, None)),
                    _ => drop(circuit.success(&breaker, ticket, at, took)),
                }
            }
        }
        self.rolls += 1;
        if self.roll(3) == 0 {
            self.bench.now += self.roll(70_000);
        }
    }
}

fn breakers() -> [Breaker; 5] {
    let breaker = Breaker::new();
    [
        breaker,
        breaker.failure_ratio(1.0).consecutive(5),
        breaker.min_calls(2).failure_ratio(0.5).half_open_probes(1),
        breaker
            .half_open_probes(64)
            .probe_timeout(Duration::from_secs(1)),
        breaker.consecutive(1).half_open_probes(10).factor(1.0),
    ]
}

/// After a long outage, at the end of its last break.
fn after_outage(latency: u64, seed: u64) -> World {
    let mut world = World::new(Breaker::new(), latency, seed);
    world.run(MINUTE, 0);
    world.run(5 * MINUTE, 100);
    world.attempts.clear();
    let Err(wait) = world.bench.circuit.check(world.bench.at()) else {
        return world;
    };
    world.bench.now += u64::try_from(wait.as_millis()).unwrap();
    world
}

#[test]
fn f100_after_an_outage_at_most_12_percent_are_refused_while_30_percent_fail() {
    // With a latency of zero a probe has ended before the next is sent.
    for latency in [0, 300, 2_000] {
        let mut refused = 0;
        let mut sent = 0;
        for seed in 0..100 {
            let mut world = after_outage(latency, seed);
            world.run(5 * MINUTE, 30);
            (refused, sent) = (refused + world.refused, sent + world.sent);
        }
        let percent = refused * 100 / (refused + sent);
        // Of several probes in flight, most succeed.
        let most = if latency == 0 { 12 } else { 5 };
        assert!(percent <= most, "{percent} % at a latency of {latency} ms");
    }
}

/// One after each break if a probe ends before the next call, three if it takes longer.
#[test]
fn a_dead_server_gets_no_more_probes_than_one_round_for_each_break() {
    for (latency, probes) in [(0, 1), (2_000, 3)] {
        for seed in 0..10 {
            let mut world = World::new(Breaker::new(), latency, seed);
            world.run(MINUTE, 0);
            world.run(2 * MINUTE, 100);
            // From here on each break lasts a minute.
            world.run(60 * MINUTE, 100);
            assert!(world.sent <= 60 * probes, "{} at {latency} ms", world.sent);
            assert!(world.sent >= 50, "{} at {latency} ms", world.sent);
        }
    }
}

/// After any history, a circuit closes if all attempts succeed from now on, however long they
/// take, and callers keep coming.
#[test]
fn f101_any_circuit_closes_when_all_attempts_succeed() {
    const SECOND: u64 = 1_000;
    for (kind, breaker) in breakers().into_iter().enumerate() {
        for seed in 0..90 {
            let latencies = [0, 500, 45_000, 61_000, 600_000, 900_000];
            let mut latencies = latencies.into_iter().cycle().skip(seed);
            let latency = latencies.next().unwrap();
            let seed = seed as u64;
            let mut world = World::new(breaker, LONGEST, 1_000 * kind as u64 + seed);
            for _ in 0..world.roll(400) {
                world.disturb();
            }
            if world.bench.state() == BreakerState::Isolated {
                world.bench.circuit.release();
            }
            // Attempts of the history end neither well nor badly.
            world.attempts.clear();
            world.latency = latency;
            let slowest = latency / 3 + latency;
            let left = world.bench.circuit.check(world.bench.at()).err();
            let left = u64::try_from(left.unwrap_or_default().as_millis()).unwrap();
            let end = world.bench.now + left + 2 * slowest + 70 * SECOND;
            while world.bench.now < end {
                for ticket in world.ended() {
                    world.bench.succeed(ticket);
                }
                world.call();
                world.bench.now += SECOND;
            }
            let state = world.bench.state();
            let case = format!("{breaker:?}, seed {seed}, latency {latency}");
            assert_eq!(state, BreakerState::Closed, "{case}");
        }
    }
}
