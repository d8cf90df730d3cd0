//! The rate state: which costs are permitted, and when.
#![allow(clippy::arithmetic_side_effects, reason = "test code fails loudly")]

use super::{RateState, Refused};
use crate::{
    Quota,
    clock::Moment,
    upstream::rate::{Rate, gcra::Kind},
};
use std::time::Duration;

const START: Moment = Moment(1_000_000_000);

fn requests(rate: Rate) -> RateState {
    RateState::new(Some(rate), Kind::Requests)
}

fn tokens(rate: Rate) -> RateState {
    RateState::new(Some(rate), Kind::Tokens)
}

fn at(millis: u64) -> Moment {
    START.after(Duration::from_millis(millis))
}

/// How many of a hundred single units are permitted at a moment.
fn passes(state: &RateState, now: Moment) -> usize {
    (0..100).filter(|_| state.try_take(1, now).is_ok()).count()
}

fn wait(millis: u64) -> Result<(), Refused> {
    Err(Refused::Wait(Duration::from_millis(millis)))
}

#[test]
fn f76_an_exhausted_burst_refills_exactly() {
    let state = requests(Rate::new(5, Duration::from_secs(2)).burst(5));
    for round in [0, 2_000, 4_000, 60_000] {
        assert_eq!(passes(&state, at(round)), 5);
    }
    assert_eq!(passes(&state, at(60_399)), 0);
    assert_eq!(passes(&state, at(60_400)), 1);
    // An emission interval that is not a whole number of nanoseconds.
    let thirds = requests(Rate::per_second(3).burst(3));
    for round in [0, 1_000, 2_000, 9_000] {
        assert_eq!(passes(&thirds, at(round)), 3);
    }
}

#[test]
fn fastest_and_slowest_rates_are_exact() {
    let fast = requests(Rate::per_second(1_000_000_000).burst(1));
    assert_eq!(fast.try_take(1, START), Ok(()));
    let nano = Err(Refused::Wait(Duration::from_nanos(1)));
    assert_eq!(fast.try_take(1, START), nano);
    assert_eq!(
        fast.try_take(1, START.after(Duration::from_nanos(1))),
        Ok(())
    );

    let slow = requests(Rate::per_day(1));
    assert_eq!(slow.try_take(1, START), Ok(()));
    assert_eq!(slow.try_take(1, START), wait(86_400_000));
    assert_eq!(slow.try_take(1, at(86_399_999)), wait(1));
    assert_eq!(slow.try_take(1, at(86_400_000)), Ok(()));
}

#[test]
fn default_burst_is_a_second_of_requests_or_all_tokens() {
    assert_eq!(requests(Rate::per_minute(60)).capacity(), 1);
    assert_eq!(requests(Rate::per_minute(500)).capacity(), 8);
    assert_eq!(requests(Rate::per_day(1)).capacity(), 1);
    assert_eq!(tokens(Rate::per_minute(200_000)).capacity(), 200_000);
    assert_eq!(tokens(Rate::per_minute(200_000).burst(7)).capacity(), 7);
}

#[test]
fn rejection_names_the_necessary_wait_or_never() {
    let state = tokens(Rate::per_minute(60_000));
    let never = Err(Refused::Never { capacity: 60_000 });
    assert_eq!(state.try_take(60_001, START), never);
    assert_eq!(state.try_take(u64::MAX, START), never);
    assert_eq!(state.try_take(50_000, START), Ok(()));
    assert_eq!(state.try_take(30_000, START), wait(20_000));
    assert_eq!(state.try_take(30_000, at(19_999)), wait(1));
    assert_eq!(state.try_take(30_000, at(20_000)), Ok(()));
    // A cost of zero is always permitted.
    assert_eq!(state.try_take(1, at(20_000)), wait(1));
    assert_eq!(state.try_take(0, at(20_000)), Ok(()));
}

#[test]
fn newcomer_is_rejected_with_the_wait_of_the_queue_added() {
    let state = tokens(Rate::per_minute(60_000));
    assert_eq!(state.try_take(60_000, START), Ok(()));
    state.enqueue(10_000);
    assert_eq!(state.try_take(1_000, START), wait(11_000));
    // Although there would be enough for it.
    let refused = state.try_take(1_000, at(5_000));
    assert_eq!(refused, wait(6_000));
    assert!(state.try_take(1_000, at(60_000)).is_err());
    state.dequeue(10_000);
    assert_eq!(state.try_take(1_000, START), wait(1_000));
}

#[test]
fn returned_units_never_exceed_the_burst() {
    let state = requests(Rate::per_second(10).burst(10));
    state.give_back(u64::MAX);
    assert_eq!(state.level(START), 10);
    assert_eq!(passes(&state, START), 10);
    state.give_back(3);
    assert_eq!(state.level(START), 3);
    state.give_back(100);
    assert_eq!(passes(&state, START), 10);
    assert_eq!(passes(&state, START), 0);
}

#[test]
fn settle_corrects_an_estimate_and_debt_delays_later_calls() {
    let state = tokens(Rate::per_minute(60_000));
    assert_eq!(state.try_take(40_000, START), Ok(()));
    state.settle(40_000, 10_000, START);
    assert_eq!(state.level(START), 50_000);
    assert_eq!(state.try_take(50_000, START), Ok(()));
    state.settle(50_000, 80_000, START);
    assert_eq!(state.level(START), -30_000);
    assert_eq!(state.try_take(1, START), wait(30_001));
    assert_eq!(state.level(at(30_000)), 0);
    // Numbers that make no sense cost an hour at most.
    state.settle(0, u64::MAX, START);
    assert_eq!(state.level(START), -3_600_000);
    assert_eq!(state.try_take(60_000, at(3_660_000)), Ok(()));
}

/// A debt of many bursts is paid in full, and is not taken for the trace of a clock that went back.
#[test]
fn f115_a_debt_of_many_bursts_is_paid_in_full() {
    let state = tokens(Rate::per_minute(10));
    assert_eq!(state.try_take(1, START), Ok(()));
    state.settle(1, 100, START);
    assert_eq!(state.level(START), -90);
    assert_eq!(state.try_take(1, START), wait(91 * 6_000));
    assert_eq!(state.try_take(1, at(91 * 6_000 - 1)), wait(1));
    assert_eq!(state.try_take(1, at(91 * 6_000)), Ok(()));
}

/// The level is kept in units: a change of the limit changes what a unit costs, and not how many
/// are owed.
#[test]
fn f112_a_changed_limit_keeps_the_units_that_are_taken() {
    let state = tokens(Rate::per_minute(10));
    assert_eq!(state.try_take(5, START), Ok(()));
    state.set(Some(Rate::per_minute(60_000)), START);
    assert_eq!(state.level(START), 60_000 - 5);
    assert_eq!(state.try_take(50_000, START), Ok(()));
    state.set(Some(Rate::per_minute(120_000)), START);
    assert_eq!(state.level(START), 120_000 - 50_005);
}

/// So does a rate that is reduced after rejections and recovers.
#[test]
fn f112_a_rate_that_recovers_charges_what_was_taken_at_the_full_price() {
    let state = tokens(Rate::per_minute(60_000));
    for second in 0..20 {
        state.throttled(at(second * 1_000));
    }
    assert_eq!(state.try_take(60_000, at(20_000)), Ok(()));
    // Looked at each second, as by a queue.
    for second in 20..=79 {
        state.level(at(second * 1_000));
    }
    let level = state.level(at(80_000));
    assert!((20_000..35_000).contains(&level), "{level}");
    assert_eq!(state.level(at(120_000)), 60_000);
}

#[test]
fn changed_limit_applies_at_once() {
    let state = requests(Rate::per_day(1));
    assert_eq!(state.try_take(1, START), Ok(()));
    state.set(Some(Rate::per_second(10)), START);
    // One unit is taken, and not the rest of the day.
    assert_eq!(passes(&state, START), 9);
    assert_eq!(state.try_take(1, START), wait(100));
    state.set(None, START);
    assert_eq!(passes(&state, START), 100);
    assert_eq!(state.level(START), i64::MAX);
    assert_eq!(state.effective(START), None);
    state.set(Some(Rate::per_second(2)), START);
    assert_eq!(passes(&state, at(1_500)), 2);
    assert_eq!(state.effective(START), Some(Rate::per_second(2)));
}

#[test]
fn f59_a_clock_that_goes_back_costs_a_limiter_a_minute_at_most() {
    let state = requests(Rate::per_second(1));
    let day = at(86_400_000);
    assert_eq!(state.try_take(1, day), Ok(()));
    assert!(state.try_take(1, START).is_err());
    assert_eq!(state.try_take(1, at(2_000)), Ok(()));
    // Smaller differences are ignored.
    assert_eq!(state.try_take(1, at(1_000)), wait(2_000));
    state.throttled(day);
    let quota = quota(None, Some(0), Some(3_600));
    state.learn(&quota, 0, day);
    assert_eq!(state.try_take(1, at(3_000)), wait(2_000));
    assert_eq!(state.try_take(1, at(5_000)), Ok(()));
}

#[test]
fn f58_no_number_panics_in_a_limiter() {
    let odd = [
        0,
        1,
        7,
        u64::from(u32::MAX),
        u64::MAX / 2,
        u64::MAX - 1,
        u64::MAX,
    ];
    let periods = [Duration::ZERO, Duration::from_nanos(1), Duration::MAX];
    for (amount, period, burst) in odd.into_iter().flat_map(|amount| {
        periods
            .into_iter()
            .flat_map(move |period| odd.into_iter().map(move |burst| (amount, period, burst)))
    }) {
        for kind in [Kind::Requests, Kind::Tokens] {
            let state = RateState::new(Some(Rate::new(amount, period).burst(burst)), kind);
            for (cost, now) in odd.into_iter().flat_map(|a| odd.map(|b| (a, Moment(b)))) {
                let _ = state.try_take(cost, now);
                state.settle(amount, cost, now);
                state.give_back(cost);
                state.throttled(now);
                let _ = state.try_take(cost, now);
                let quota = quota(Some(cost), Some(now.0), Some(amount));
                state.learn(&quota, 0, now);
                assert!(state.capacity() > 0);
                let _ = (
                    state.level(now),
                    state.effective(now),
                    state.refusal(cost, now),
                );
                state.set(Some(Rate::new(amount, period)), START);
            }
        }
    }
}

fn quota(limit: Option<u64>, remaining: Option<u64>, reset: Option<u64>) -> Quota {
    Quota {
        limit,
        remaining,
        reset: reset.map(Duration::from_secs),
        resource: None,
    }
}
