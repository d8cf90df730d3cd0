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

/// What a server of some capacity does with more attempts than it works on at a time.
#[derive(Clone, Copy)]
enum Excess {
    /// It works on all, each the more slowly.
    UpstreamState,
    /// They wait for their turn.
    Queued,
    /// They are refused at once.
    Refused,
}

/// A server and clients that always want more, in virtual time.
struct Simulation {
    slots: ConcurrencyLimit,
    excess: Excess,
    capacity: u64,
    /// How long an attempt takes at ease, and by how much more some do.
    base: u64,
    spread: u64,
    now: u64,
    /// When the attempts in flight end, how long they will have taken, whether they succeed.
    flying: BinaryHeap<Reverse<(u64, u64, bool)>>,
    /// When each of the server's workers is free.
    workers: BinaryHeap<Reverse<u64>>,
    /// How many attempts the clients make at most.
    demand: usize,
    made: u32,
}

const MILLISECOND: u64 = 1_000_000;

impl Simulation {
    fn new(slots: ConcurrencyLimit, excess: Excess, capacity: u64) -> Self {
        Self {
            slots,
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
            Excess::UpstreamState => (work * in_flight.max(self.capacity) / self.capacity, true),
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

    /// Lets so many attempts end, and gives the least and the largest limit meanwhile.
    fn run(&mut self, attempts: u32) -> RangeInclusive<u32> {
        let (mut least, mut most) = (u32::MAX, 0);
        for _ in 0..attempts {
            while self.flying.len() < self.demand && self.slots.try_acquire() {
                self.send();
            }
            if let Some(Reverse((at, took, ok))) = self.flying.pop() {
                self.now = at;
                self.slots.release(Some(Duration::from_nanos(took)), ok);
            }
            least = least.min(self.slots.limit());
            most = most.max(self.slots.limit());
        }
        least..=most
    }
}

fn slots(min: u32, max: u32) -> ConcurrencyLimit {
    ConcurrencyLimit::new(Concurrency::adaptive(min, max))
}

/// That the limits are between two multiples of the capacity, give or take one.
#[track_caller]
fn assert_around(capacity: u64, limits: &RangeInclusive<u32>, multiples: RangeInclusive<f64>) {
    let least = multiples.start() * capacity as f64 - 1.0;
    let most = multiples.end() * capacity as f64 + 1.0;
    let inside = f64::from(*limits.start()) >= least && f64::from(*limits.end()) <= most;
    assert!(inside, "{limits:?} is not around {capacity}");
}

/// What the documentation promises.
const BAND: RangeInclusive<f64> = 0.6..=2.4;

/// How many attempts it takes until the limit is there, at most.
const LONG: u32 = 20_000;

#[test]
fn the_limit_settles_around_the_capacity_of_the_server() {
    for excess in [Excess::UpstreamState, Excess::Queued, Excess::Refused] {
        for capacity in [3, 8, 20, 100, 400] {
            for spread in [0, 100 * MILLISECOND] {
                let mut simulation = Simulation::new(slots(1, 2_000), excess, capacity);
                simulation.spread = spread;
                simulation.run(LONG);
                assert_around(capacity, &simulation.run(LONG), BAND);
            }
        }
    }
}

#[test]
fn latencies_all_over_an_order_of_magnitude_only_widen_the_band() {
    for excess in [Excess::UpstreamState, Excess::Queued, Excess::Refused] {
        for capacity in [8, 100] {
            let mut simulation = Simulation::new(slots(1, 2_000), excess, capacity);
            simulation.spread = 1_000 * MILLISECOND;
            simulation.run(LONG);
            assert_around(capacity, &simulation.run(LONG), 0.3..=3.6);
        }
    }
}

#[test]
fn a_capacity_that_changes_is_found_again() {
    for excess in [Excess::UpstreamState, Excess::Refused] {
        let mut simulation = Simulation::new(slots(1, 1_000), excess, 20);
        for capacity in [20, 150, 10, 60, 3] {
            simulation.capacity = capacity;
            simulation.run(LONG);
            assert_around(capacity, &simulation.run(LONG), BAND);
        }
    }
}

#[test]
fn a_server_that_has_become_slower_for_good_does_not_shrink_the_limit_for_ever() {
    let mut simulation = Simulation::new(slots(1, 1_000), Excess::UpstreamState, 50);
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
fn the_limit_never_leaves_its_bounds() {
    for (capacity, end) in [(1, 4), (1_000, 16)] {
        for excess in [Excess::UpstreamState, Excess::Queued, Excess::Refused] {
            let mut simulation = Simulation::new(slots(4, 16), excess, capacity);
            let limits = simulation.run(LONG);
            assert!(*limits.start() >= 4 && *limits.end() <= 16, "{limits:?}");
            assert!(limits.contains(&end), "{limits:?} did not come to {end}");
        }
    }
}

#[test]
fn a_limit_that_is_not_reached_does_not_grow() {
    let mut simulation = Simulation::new(slots(4, 100), Excess::UpstreamState, 1_000);
    simulation.demand = 10;
    assert_eq!(simulation.run(LONG), 20..=20);
    simulation.demand = 20;
    assert_eq!(*simulation.run(LONG).end(), 40);
}

#[test]
fn an_outage_shrinks_to_the_lower_bound_and_is_recovered_from() {
    let mut simulation = Simulation::new(slots(2, 100), Excess::Refused, 40);
    simulation.run(LONG);
    simulation.capacity = 0;
    simulation.run(LONG);
    assert_eq!(simulation.slots.limit(), 2);
    simulation.capacity = 40;
    simulation.run(LONG);
    assert_around(40, &simulation.run(LONG), BAND);
}

#[test]
fn one_failure_in_a_window_is_no_overload() {
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
fn the_upper_bound_can_be_set_while_running() {
    let mut simulation = Simulation::new(slots(8, 200), Excess::UpstreamState, 1_000);
    simulation.run(LONG);
    assert_eq!(simulation.slots.limit(), 200);
    for max in [50, 4, 300] {
        simulation.slots.set(max);
        assert!(simulation.slots.limit() <= max);
        simulation.run(LONG);
        assert_eq!(simulation.slots.limit(), max);
    }
}

#[test]
fn no_latency_and_no_bounds_break_it() {
    for (min, max) in [(0, 0), (1, u32::MAX), (u32::MAX, u32::MAX), (9, 3)] {
        let slots = slots(min, max);
        for number in 0..10_000_u32 {
            assert!(slots.try_acquire());
            let took = match number % 3 {
                0 => Duration::ZERO,
                1 => Duration::from_nanos(1),
                _ => Duration::MAX,
            };
            slots.release(Some(took), true);
            assert!((1..=max.max(1)).contains(&slots.limit()));
        }
    }
}

#[test]
fn threads_lose_no_slot_while_the_limit_changes() {
    let slots = slots(1, 64);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let slots = &slots;
            scope.spawn(move || {
                for number in 0..20_000 {
                    if slots.try_acquire() {
                        let nanos = seeded(thread, number) % MILLISECOND;
                        let ok = number % 1_000 > 100;
                        slots.release(Some(Duration::from_nanos(nanos)), ok);
                    }
                }
            });
        }
    });
    assert_eq!(slots.in_use(), 0);
    assert!((1..=64).contains(&slots.limit()));
}

#[test]
fn the_logarithm_is_nearly_the_true_one_and_never_falls() {
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
