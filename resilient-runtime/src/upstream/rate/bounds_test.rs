//! After any sequence of readings, settlements, changes of the price, and clocks: no more gets
//! through than permitted, and nobody is held up for longer than a reset.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::{RateState, Refused};
use crate::{
    Quota, Resource,
    clock::Moment,
    random::seeded,
    upstream::rate::{Rate, gcra::Kind},
};
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;
const START: Moment = Moment(100_000 * SECOND);
const SEEDS: u32 = 400;
const STEPS: u32 = 300;

/// Random numbers of one walk.
struct Random(u32, u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.1 += 1;
        seeded(self.1, self.0) % bound.max(1)
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        let place = usize::try_from(self.below(values.len() as u64)).unwrap();
        *values.get(place).unwrap()
    }
}

fn quota(random: &mut Random) -> Quota {
    let name = random.one_of(&[None, Some("core"), Some("search")]);
    let count = [None, Some(0), Some(1), Some(10), Some(500), Some(u64::MAX)];
    let reset = [None, Some(0), Some(1), Some(30), Some(60), Some(u64::MAX)];
    Quota {
        limit: random.one_of(&count),
        remaining: random.one_of(&count),
        reset: random.one_of(&reset).map(Duration::from_secs),
        resource: name.map(Resource::named),
    }
}

/// One event other than a call.
fn disturb(state: &RateState, random: &mut Random, now: Moment) {
    match random.below(4) {
        0 => drop(state.throttled(now)),
        1 => drop(state.level(now)),
        _ => drop(state.learn(&quota(random), 0, now)),
    }
}

/// The units that are used in any walk are at most `burst + rate × time`, and one call that used
/// more than its estimate.
#[test]
fn f116_no_sequence_of_readings_and_settlements_lets_more_through() {
    for seed in 0..SEEDS {
        let mut random = Random(seed, 0);
        let rate = Rate::per_minute(60 * (1 + random.below(10))).burst(20);
        let state = RateState::new(Some(rate), Kind::Requests);
        let mut now = START;
        let (mut used, mut largest) = (0, 0);
        for _ in 0..STEPS {
            now = now.after(Duration::from_millis(random.below(3_000)));
            disturb(&state, &mut random, now);
            let cost = 1 + random.below(5);
            if state.try_take(cost, now).is_ok() {
                match random.below(4) {
                    0 => state.give_back(cost),
                    1 => {
                        let actual = random.one_of(&[0, 1, 100]) * cost;
                        state.settle(cost, actual, now);
                        used += actual;
                        largest = largest.max(actual);
                    }
                    _ => used += cost,
                }
            }
            let passed = now.since(START).as_millis();
            let earned = passed * u128::from(rate.amount) / 60_000;
            let bound = u64::try_from(earned).unwrap() + 20 + 1 + largest;
            assert!(used <= bound, "{used} of {bound}, {seed}");
        }
    }
}

/// Four minutes after any walk with small debts, a whole burst is permitted, whatever was said and
/// however the clock went: two for the longest hold, one for a lowered limit, one for a debt.
#[test]
fn f117_no_sequence_of_readings_holds_calls_up_for_longer_than_a_reset() {
    for seed in 0..SEEDS {
        let mut random = Random(seed, 0);
        let kind = random.one_of(&[Kind::Requests, Kind::Tokens]);
        let rate = Rate::per_minute(60 * (1 + random.below(10)));
        let state = RateState::new(Some(rate), kind);
        let mut now = START;
        for _ in 0..STEPS {
            now = now.after(Duration::from_millis(random.below(3_000)));
            disturb(&state, &mut random, now);
            match random.below(20) {
                0 => now = Moment(now.0 - random.below(90_000) * SECOND / 10).max(START),
                1 => {
                    let rates = [rate, Rate::per_minute(1), Rate::per_second(1_000)];
                    let rates = if seed % 2 == 0 {
                        &rates[..]
                    } else {
                        &rates[..1]
                    };
                    state.set(Some(random.one_of(rates)), now);
                }
                _ => {}
            }
            let capacity = state.capacity();
            let cost = 1 + random.below(capacity.min(1_000));
            match state.try_take(cost, now) {
                Ok(()) if random.below(4) == 0 => state.give_back(cost),
                Ok(()) if random.below(4) == 0 => state.settle(cost, cost + cost / 8, now),
                Ok(()) => state.settle(cost, random.below(cost), now),
                // A lowered limit rejects calls above it until its end.
                Err(Refused::Never { .. } | Refused::Reading { .. }) => {}
                Err(Refused::Wait(wait)) => {
                    // At the lowest share of the rate, an empty bucket and a debt of a burst.
                    assert!(wait.as_secs() < 16 * 60 * 3, "{wait:?}");
                }
            }
        }
        // Half of the walks keep the readings of the server, the others forget them.
        if seed % 2 == 0 {
            state.set(Some(rate), now);
        }
        for _ in 0..5 {
            disturb(&state, &mut random, now);
        }
        // A queue looks once a second.
        for second in 0..240 {
            state.level(now.after(Duration::from_secs(second)));
        }
        let later = now.after(Duration::from_secs(240));
        for unit in 0..RateState::new(Some(rate), kind).capacity() {
            assert_eq!(state.try_take(1, later), Ok(()), "{unit}, {seed}");
        }
    }
}
