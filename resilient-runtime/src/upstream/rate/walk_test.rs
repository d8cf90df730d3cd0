//! Compares the rate state with a token bucket in big integers, and tests it under many threads.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::{RateState, Refused};
use crate::{
    clock::Moment,
    random::seeded,
    upstream::rate::{Rate, gcra::Kind},
};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

/// A textbook token bucket, whose level is in units times the nanoseconds of the period.
struct Model {
    level: i128,
    capacity: i128,
    /// The largest debt.
    debt: i128,
    amount: i128,
    period: i128,
    at: Moment,
}

impl Model {
    fn new(rate: Rate, capacity: u64, at: Moment) -> Self {
        let period = i128::try_from(rate.period.as_nanos()).unwrap();
        let capacity = i128::from(capacity) * period;
        let hour = 3_600_000_000_000 * i128::from(rate.amount);
        Self {
            level: capacity,
            capacity,
            debt: hour.max(capacity),
            amount: i128::from(rate.amount),
            period,
            at,
        }
    }

    fn refill(&mut self, now: Moment) {
        let passed = i128::from(now.0 - self.at.0);
        self.at = now;
        self.add(passed * self.amount);
    }

    fn add(&mut self, level: i128) {
        self.level = (self.level + level).clamp(-self.debt, self.capacity);
    }

    /// The nanoseconds until it holds this much.
    fn wait(&self, cost: u64) -> i128 {
        let missing = i128::from(cost) * self.period - self.level;
        missing.max(0).div_euclid(self.amount)
            + i128::from(missing.max(0).rem_euclid(self.amount) > 0)
    }
}

/// Walks both, and compares their waits by `agree(state, model, units since it was full)`.
fn walk(rate: Rate, agree: impl Fn(i128, i128, i128)) {
    const STEPS: u32 = 100_000;

    let state = RateState::new(Some(rate), Kind::Tokens);
    let capacity = state.capacity();
    let mut now = Moment(1_000_000_000);
    let mut model = Model::new(rate, capacity, now);
    let mut units = 0;
    let mut taken = 0;
    let unit = u64::try_from(model.period / model.amount).unwrap() + 1;
    for step in 0..STEPS {
        let random = |what: u64, below: u64| seeded(what, step) % below.max(1);
        match random(1, 8) {
            0 => now = Moment(now.0 + random(2, unit)),
            1 => now = Moment(now.0 + random(2, unit * capacity / 4)),
            2 if random(3, 100) == 0 => now = Moment(now.0 + unit * capacity),
            _ => {}
        }
        model.refill(now);
        if state.level(now) == i64::try_from(capacity).unwrap() {
            units = 0;
        }
        let cost = 1 + random(4, capacity.div_ceil(3));
        let change = i128::from(cost) * model.period;
        match random(5, 12) {
            0 if taken > 0 => {
                state.give_back(cost);
                model.add(change);
                units += i128::from(cost);
            }
            1 => {
                state.settle(1, 1 + cost, now);
                model.add(-change);
                units += i128::from(cost);
            }
            _ => match state.try_take(cost, now) {
                Ok(()) => {
                    agree(0, model.wait(cost), units);
                    model.level -= change;
                    units += i128::from(cost);
                    taken += 1;
                }
                Err(Refused::Wait(wait)) => {
                    let wait = i128::try_from(wait.as_nanos()).unwrap();
                    agree(wait, model.wait(cost), units);
                }
                Err(never) => panic!("{never:?} of {cost}"),
            },
        }
    }
    assert!(taken > STEPS / 20, "{taken}");
}

#[test]
fn rate_state_equals_a_token_bucket_to_the_nanosecond() {
    for rate in [
        Rate::per_second(1_000_000_000).burst(1_000),
        Rate::per_minute(200_000),
        Rate::per_second(3).burst(3),
        Rate::per_minute(500).burst(8),
        Rate::per_hour(60).burst(1),
        Rate::per_day(1),
    ] {
        walk(rate, |state, model, _| assert_eq!(state, model, "{rate}"));
    }
}

#[test]
fn inexact_rates_are_late_by_less_than_a_twelfth_of_a_nanosecond_per_unit() {
    for rate in [
        Rate::per_second(7).burst(7),
        Rate::per_second(999_999_937).burst(1_000),
        Rate::per_day(1_000_003),
        Rate::new(11, Duration::from_nanos(1_234_567)),
    ] {
        walk(rate, |state, model, units| {
            assert!(state >= model, "{rate}: {state} before {model}");
            let late = units / 12 + 2;
            assert!(state <= model + late, "{rate}: {state} after {model}");
        });
    }
}

#[test]
fn f77_contending_threads_never_exceed_the_bound() {
    const THREADS: u64 = 16;
    const STEPS: u64 = 20_000;

    let rate = Rate::per_second(1_000).burst(10);
    let state = RateState::new(Some(rate), Kind::Requests);
    let clock = AtomicU64::new(1_000_000_000);
    let (taken, given_back) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (state, clock, taken, given_back) = (&state, &clock, &taken, &given_back);
            scope.spawn(move || {
                for step in 0..STEPS {
                    // Not in order: other threads read later moments before this one takes.
                    let now = Moment(clock.fetch_add(1_000, Ordering::Relaxed));
                    if state.try_take(1, now).is_err() {
                        continue;
                    }
                    if (step + thread) % 7 == 0 {
                        state.give_back(1);
                        given_back.fetch_add(1, Ordering::Relaxed);
                    } else {
                        taken.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let (taken, given_back) = (taken.into_inner(), given_back.into_inner());
    let passed = THREADS * STEPS * 1_000;
    let bound = passed / 1_000_000 + 10;
    assert!(
        taken <= bound + given_back,
        "{taken} of {bound}, {given_back} back"
    );
    assert!(taken + given_back >= bound - 11, "{taken} of {bound}");
}
