//! What goes through a meter, and when.
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

/// How many ones go at a moment, of a hundred.
fn passes(meter: &RateState, now: Moment) -> usize {
    (0..100).filter(|_| meter.try_take(1, now).is_ok()).count()
}

fn wait(millis: u64) -> Result<(), Refused> {
    Err(Refused::Wait(Duration::from_millis(millis)))
}

#[test]
fn f76_a_drained_burst_comes_back_whole_and_without_one_more() {
    let meter = requests(Rate::new(5, Duration::from_secs(2)).burst(5));
    for round in [0, 2_000, 4_000, 60_000] {
        assert_eq!(passes(&meter, at(round)), 5);
    }
    assert_eq!(passes(&meter, at(60_399)), 0);
    assert_eq!(passes(&meter, at(60_400)), 1);
    // A period in which a unit takes no whole number of nanoseconds.
    let thirds = requests(Rate::per_second(3).burst(3));
    for round in [0, 1_000, 2_000, 9_000] {
        assert_eq!(passes(&thirds, at(round)), 3);
    }
}

#[test]
fn the_fastest_and_the_slowest_rate_come_out_exactly() {
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
fn requests_are_spread_and_tokens_may_come_at_once() {
    assert_eq!(requests(Rate::per_minute(60)).capacity(), 1);
    assert_eq!(requests(Rate::per_minute(500)).capacity(), 8);
    assert_eq!(requests(Rate::per_day(1)).capacity(), 1);
    assert_eq!(tokens(Rate::per_minute(200_000)).capacity(), 200_000);
    assert_eq!(tokens(Rate::per_minute(200_000).burst(7)).capacity(), 7);
}

#[test]
fn a_refusal_says_the_wait_that_helps_or_that_none_does() {
    let meter = tokens(Rate::per_minute(60_000));
    let never = Err(Refused::Never { capacity: 60_000 });
    assert_eq!(meter.try_take(60_001, START), never);
    assert_eq!(meter.try_take(u64::MAX, START), never);
    assert_eq!(meter.try_take(50_000, START), Ok(()));
    assert_eq!(meter.try_take(30_000, START), wait(20_000));
    assert_eq!(meter.try_take(30_000, at(19_999)), wait(1));
    assert_eq!(meter.try_take(30_000, at(20_000)), Ok(()));
    // What costs nothing always goes.
    assert_eq!(meter.try_take(1, at(20_000)), wait(1));
    assert_eq!(meter.try_take(0, at(20_000)), Ok(()));
}

#[test]
fn who_comes_while_others_wait_is_refused_with_their_wait_on_top() {
    let meter = tokens(Rate::per_minute(60_000));
    assert_eq!(meter.try_take(60_000, START), Ok(()));
    meter.join_line(10_000);
    assert_eq!(meter.try_take(1_000, START), wait(11_000));
    // Though there would be enough for it.
    let refused = meter.try_take(1_000, at(5_000));
    assert_eq!(refused, wait(6_000));
    assert!(meter.try_take(1_000, at(60_000)).is_err());
    meter.leave_line(10_000);
    assert_eq!(meter.try_take(1_000, START), wait(1_000));
}

#[test]
fn what_comes_back_never_exceeds_the_burst() {
    let meter = requests(Rate::per_second(10).burst(10));
    meter.give_back(u64::MAX);
    assert_eq!(meter.level(START), 10);
    assert_eq!(passes(&meter, START), 10);
    meter.give_back(3);
    assert_eq!(meter.level(START), 3);
    meter.give_back(100);
    assert_eq!(passes(&meter, START), 10);
    assert_eq!(passes(&meter, START), 0);
}

#[test]
fn an_estimate_is_corrected_and_a_debt_is_waited_for() {
    let meter = tokens(Rate::per_minute(60_000));
    assert_eq!(meter.try_take(40_000, START), Ok(()));
    meter.settle(40_000, 10_000, START);
    assert_eq!(meter.level(START), 50_000);
    assert_eq!(meter.try_take(50_000, START), Ok(()));
    meter.settle(50_000, 80_000, START);
    assert_eq!(meter.level(START), -30_000);
    assert_eq!(meter.try_take(1, START), wait(30_001));
    assert_eq!(meter.level(at(30_000)), 0);
    // At most a whole burst is owed.
    meter.settle(0, u64::MAX, START);
    assert_eq!(meter.level(START), -60_000);
    assert_eq!(meter.try_take(60_000, at(120_000)), Ok(()));
}

#[test]
fn a_limit_that_is_changed_applies_at_once() {
    let meter = requests(Rate::per_day(1));
    assert_eq!(meter.try_take(1, START), Ok(()));
    meter.set(Some(Rate::per_second(10)));
    // At most a burst is owed, and not the rest of the day.
    assert_eq!(meter.try_take(1, START), wait(1_100));
    meter.set(None);
    assert_eq!(passes(&meter, START), 100);
    assert_eq!(meter.level(START), i64::MAX);
    assert_eq!(meter.effective(START), None);
    meter.set(Some(Rate::per_second(2)));
    assert_eq!(passes(&meter, at(1_500)), 2);
    assert_eq!(meter.effective(START), Some(Rate::per_second(2)));
}

#[test]
fn f59_a_clock_that_goes_back_costs_a_limiter_a_minute_at_most() {
    let meter = requests(Rate::per_second(1));
    let day = at(86_400_000);
    assert_eq!(meter.try_take(1, day), Ok(()));
    assert!(meter.try_take(1, START).is_err());
    assert_eq!(meter.try_take(1, at(2_000)), Ok(()));
    // By less than that it is no time at all.
    assert_eq!(meter.try_take(1, at(1_000)), wait(2_000));
    meter.throttled(day);
    let quota = quota(None, Some(0), Some(3_600));
    meter.learn(&quota, day);
    assert_eq!(meter.try_take(1, at(3_000)), wait(2_000));
    assert_eq!(meter.try_take(1, at(5_000)), Ok(()));
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
            let meter = RateState::new(Some(Rate::new(amount, period).burst(burst)), kind);
            for (cost, now) in odd.into_iter().flat_map(|a| odd.map(|b| (a, Moment(b)))) {
                let _ = meter.try_take(cost, now);
                meter.settle(amount, cost, now);
                meter.give_back(cost);
                meter.throttled(now);
                let _ = meter.try_take(cost, now);
                let quota = quota(Some(cost), Some(now.0), Some(amount));
                meter.learn(&quota, now);
                assert!(meter.capacity() > 0);
                let _ = (
                    meter.level(now),
                    meter.effective(now),
                    meter.refusal(cost, now),
                );
                meter.set(Some(Rate::new(amount, period)));
            }
        }
    }
}

fn quota(limit: Option<u64>, remaining: Option<u64>, reset: Option<u64>) -> Quota {
    Quota {
        limit,
        remaining,
        reset: reset.map(Duration::from_secs),
    }
}
