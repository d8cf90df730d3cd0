#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::panic,
    reason = "test code fails loudly"
)]

use super::{
    super::{Concurrency, ConcurrencyLimit},
    *,
};
use crate::random::seeded;
use std::{cmp::Reverse, collections::BinaryHeap, ops::RangeInclusive};

/// How a simulated server treats attempts beyond its capacity.
#[derive(Clone, Copy)]
enum Excess {
    /// It processes all of them, each more slowly.
    Shared,
    /// They wait for their turn.
    Queued,
    /// They are rejected at once.
    Refused,
}

/// A server and clients with unlimited demand, in virtual time.
struct Simulation {
    limit: ConcurrencyLimit,
    excess: Excess,
    capacity: u64,
    /// The unloaded latency, and its random excess.
    base: u64,
    spread: u64,
    now: u64,
    /// The end of each attempt in flight, its latency, and whether it succeeds.
    flying: BinaryHeap<Reverse<(u64, u64, bool)>>,
    /// When each of the server's workers becomes free.
    workers: BinaryHeap<Reverse<u64>>,
    /// The maximum of concurrent attempts of the clients.
    demand: usize,
    made: u32,
}

const MILLISECOND: u64 = 1_000_000;

impl Simulation {
    fn new(limit: ConcurrencyLimit, excess: Excess, capacity: u64) -> Self {
        Self {
            limit,
            excess,
            capacity,
            base: 100 * MILLISECOND,
            spread: 0,
            now: 0,
            flying: BinaryHeap::new(),
            workers: BinaryHeap::new(),
            demand: usize::MAX,
            made: 0,
        }
    }

    fn send(&mut self) {
        self.made += 1;
        let spread = match self.spread {
            0 => 0,
            spread => seeded(1, self.made) % spread,
        };
        let work = self.base + spread;
        let in_flight = self.flying.len() as u64 + 1;
        let (took, ok) = match self.excess {
            Excess::Shared => (work * in_flight.max(self.capacity) / self.capacity, true),
            Excess::Refused if in_flight > self.capacity => (MILLISECOND, false),
            Excess::Refused => (work, true),
            Excess::Queued => {
                while self.workers.len() < self.capacity as usize {
                    self.workers.push(Reverse(0));
                }
                let free = self.workers.pop().map_or(0, |Reverse(free)| free);
                let end = self.now.max(free) + work;
                if self.workers.len() < self.capacity as usize {
                    self.workers.push(Reverse(end));
                }
                (end - self.now, true)
            }
        };
        self.flying.push(Reverse((self.now + took, took, ok)));
    }

    /// Lets this many attempts end and returns the range of the limit meanwhile.
    fn run(&mut self, attempts: u32) -> RangeInclusive<u32> {
        let (mut least, mut most) = (u32::MAX, 0);
        for _ in 0..attempts {
            while self.flying.len() < self.demand && self.limit.try_acquire() {
                self.send();
            }
            if let Some(Reverse((at, took, ok))) = self.flying.pop() {
                self.now = at;
                self.limit.release(Some(Duration::from_nanos(took)), ok);
            }
            least = least.min(self.limit.limit());
            most = most.max(self.limit.limit());
        }
        least..=most
    }
}

fn limit_between(min: u32, max: u32) -> ConcurrencyLimit {
    ConcurrencyLimit::new(Concurrency::adaptive(min, max))
}

/// Asserts that the limits are between two multiples of the capacity, plus or minus one.
#[track_caller]
fn assert_around(capacity: u64, limits: &RangeInclusive<u32>, multiples: RangeInclusive<f64>) {
    let least = multiples.start() * capacity as f64 - 1.0;
    let most = multiples.end() * capacity as f64 + 1.0;
    let inside = f64::from(*limits.start()) >= least && f64::from(*limits.end()) <= most;
    assert!(inside, "{limits:?} is not around {capacity}");
}

/// The band that the documentation promises.
const BAND: RangeInclusive<f64> = 0.6..=2.4;

/// The attempts until the limit settles, at most.
const LONG: u32 = 20_000;

#[test]
fn adaptive_limit_settles_around_the_capacity_of_the_server() {
    for excess in [Excess::Shared, Excess::Queued, Excess::Refused] {
        for capacity in [3, 8, 20, 100, 400] {
            for spread in [0, 100 * MILLISECOND] {
                let mut simulation = Simulation::new(limit_between(1, 2_000), excess, capacity);
                simulation.spread = spread;
                simulation.run(LONG);
                assert_around(capacity, &simulation.run(LONG), BAND);
            }
        }
    }
}

#[test]
fn adaptive_limit_band_only_widens_with_widely_spread_latencies() {
    for excess in [Excess::Shared, Excess::Queued, Excess::Refused] {
        for capacity in [8, 100] {
            let mut simulation = Simulation::new(limit_between(1, 2_000), excess, capacity);
            simulation.spread = 1_000 * MILLISECOND;
            simulation.run(LONG);
            assert_around(capacity, &simulation.run(LONG), 0.3..=3.6);
        }
    }
}

#[test]
fn adaptive_limit_follows_a_changed_capacity() {
    for excess in [Excess::Shared, Excess::Refused] {
        let mut simulation = Simulation::new(limit_between(1, 1_000), excess, 20);
        for capacity in [20, 150, 10, 60, 3] {
            simulation.capacity = capacity;
            simulation.run(LONG);
            assert_around(capacity, &simulation.run(LONG), BAND);
        }
    }
}

#[test]
fn adaptive_limit_recovers_with_a_permanently_slower_server() {
    let mut simulation = Simulation::new(limit_between(1, 1_000), Excess::Shared, 50);
    simulation.run(LONG);
    for _ in 0..3 {
        simulation.base *= 5;
        let mut limits = simulation.run(LONG);
        // It was lowered, at most to three tenths.
        assert!(*limits.start() >= 12, "{limits:?}");
        limits = simulation.run(LONG);
        assert_around(50, &limits, BAND);
    }
}

#[test]
fn adaptive_limit_stays_within_its_bounds() {
    for (capacity, end) in [(1, 4), (1_000, 16)] {
        for excess in [Excess::Shared, Excess::Queued, Excess::Refused] {
            let mut simulation = Simulation::new(limit_between(4, 16), excess, capacity);
            let limits = simulation.run(LONG);
            assert!(*limits.start() >= 4 && *limits.end() <= 16, "{limits:?}");
            assert!(limits.contains(&end), "{limits:?} did not come to {end}");
        }
    }
}

#[test]
fn adaptive_limit_does_not_grow_unless_reached() {
    let mut simulation = Simulation::new(limit_between(4, 100), Excess::Shared, 1_000);
    simulation.demand = 10;
    assert_eq!(simulation.run(LONG), 20..=20);
    simulation.demand = 20;
    assert_eq!(*simulation.run(LONG).end(), 40);
}

#[test]
fn adaptive_limit_falls_to_the_lower_bound_in_an_outage_and_recovers() {
    let mut simulation = Simulation::new(limit_between(2, 100), Excess::Refused, 40);
    simulation.run(LONG);
    simulation.capacity = 0;
    simulation.run(LONG);
    assert_eq!(simulation.limit.limit(), 2);
    simulation.capacity = 40;
    simulation.run(LONG);
    assert_around(40, &simulation.run(LONG), BAND);
}

#[test]
fn adaptive_limit_ignores_a_single_failure_in_a_window() {
    let adaptive = Adaptive::new(1, 100);
    for number in 1..=2_000 {
        let took = Some(Duration::from_millis(100));
        adaptive.sample(took, number % 20 != 0, false, 5, |limit| {
            panic!("changed to {limit}")
        });
    }
}

#[test]
fn attempts_without_a_latency_count_only_if_they_failed() {
    let adaptive = Adaptive::new(1, 100);
    for _ in 0..1_000 {
        adaptive.sample(None, true, true, 10, |limit| panic!("changed to {limit}"));
    }
    let mut limit = adaptive.start();
    for _ in 0..20 {
        adaptive.sample(None, false, true, 10, |new| limit = new);
    }
    assert_eq!((adaptive.start(), limit), (10, 8));
}

#[test]
fn adaptive_upper_bound_can_be_changed_at_run_time() {
    let mut simulation = Simulation::new(limit_between(8, 200), Excess::Shared, 1_000);
    simulation.run(LONG);
    assert_eq!(simulation.limit.limit(), 200);
    for max in [50, 4, 300] {
        simulation.limit.set(max);
        assert!(simulation.limit.limit() <= max);
        simulation.run(LONG);
        assert_eq!(simulation.limit.limit(), max);
    }
}

#[test]
fn adaptive_limit_survives_extreme_latencies_and_bounds() {
    for (min, max) in [(0, 0), (1, u32::MAX), (u32::MAX, u32::MAX), (9, 3)] {
        let limit_between = limit_between(min, max);
        for number in 0..10_000_u32 {
            assert!(limit_between.try_acquire());
            let took = match number % 3 {
                0 => Duration::ZERO,
                1 => Duration::from_nanos(1),
                _ => Duration::MAX,
            };
            limit_between.release(Some(took), true);
            assert!((1..=max.max(1)).contains(&limit_between.limit()));
        }
    }
}

#[test]
fn threads_lose_no_permit_while_the_limit_adapts() {
    let limit_between = limit_between(1, 64);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let limit_between = &limit_between;
            scope.spawn(move || {
                for number in 0..20_000 {
                    if limit_between.try_acquire() {
                        let nanos = seeded(thread, number) % MILLISECOND;
                        let ok = number % 1_000 > 100;
                        limit_between.release(Some(Duration::from_nanos(nanos)), ok);
                    }
                }
            });
        }
    });
    assert_eq!(limit_between.in_use(), 0);
    assert!((1..=64).contains(&limit_between.limit()));
}

#[test]
fn log_is_accurate_to_a_hundredth_and_monotonic() {
    let mut last = 0;
    for number in (0..64).flat_map(|bit| (0..16).map(move |part| (16_u64 + part) << bit >> 4)) {
        let log = log(number);
        let exact = (number.max(1) as f64).log2();
        assert!((log as f64 / OCTAVE_F64 - exact).abs() < 0.01, "{number}");
        assert!(log >= last || number == 0, "{number}");
        last = log;
    }
    assert!((TOLERANCE as f64 / OCTAVE_F64 - 1.5_f64.log2()).abs() < 1e-4);
}
