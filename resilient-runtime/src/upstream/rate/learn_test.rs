//! How quotas and rejections of a server change the rate.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "test code fails loudly"
)]

use crate::{
    Quota,
    clock::Moment,
    upstream::rate::{
        Rate,
        gcra::Kind,
        local::{RateState, Refused},
    },
};
use std::time::Duration;

const START: Moment = Moment(1_000_000_000);

fn tokens() -> RateState {
    RateState::new(Some(Rate::per_minute(60_000)), Kind::Tokens)
}

fn requests() -> RateState {
    RateState::new(Some(Rate::per_second(10)), Kind::Requests)
}

fn at(millis: u64) -> Moment {
    START.after(Duration::from_millis(millis))
}

fn limit(limit: u64, remaining: u64) -> Quota {
    Quota {
        limit: Some(limit),
        remaining: Some(remaining),
        reset: None,
        resource: None,
    }
}

fn remaining(remaining: u64, reset: Option<Duration>) -> Quota {
    Quota {
        limit: None,
        remaining: Some(remaining),
        reset,
        resource: None,
    }
}

fn wait(millis: u64) -> Result<(), Refused> {
    Err(Refused::Wait(Duration::from_millis(millis)))
}

#[test]
fn level_falls_to_the_servers_remaining_at_once() {
    for state in [tokens(), requests()] {
        state.learn(&remaining(4, None), 0, START);
        assert_eq!(state.level(START), 4);
        state.learn(&remaining(u64::MAX, None), 0, START);
        assert_eq!(state.level(START), 4);
    }
}

#[test]
fn request_level_is_never_raised_by_the_server() {
    let state = requests();
    assert_eq!(state.try_take(10, START), Ok(()));
    state.learn(&limit(10, 10), 0, START);
    assert_eq!(state.level(START), 0);
}

#[test]
fn token_level_rises_to_remaining_minus_in_flight() {
    let state = tokens();
    for _ in 0..3 {
        assert_eq!(state.try_take(20_000, START), Ok(()));
    }
    // One call has ended, and the server counted less for it; two are in flight.
    state.settle(20_000, 20_000, START);
    state.learn(&limit(60_000, 55_000), 0, START);
    assert_eq!(state.level(START), 15_000);
    state.give_back(20_000);
    state.settle(20_000, 20_000, START);
    state.learn(&limit(60_000, 57_000), 0, START);
    assert_eq!(state.level(START), 57_000);
}

#[test]
fn server_limit_above_the_configured_one_changes_nothing() {
    let state = tokens();
    assert_eq!(state.try_take(60_000, START), Ok(()));
    state.settle(60_000, 60_000, START);
    state.learn(&limit(1_000_000, 900_000), 0, START);
    assert_eq!(state.level(START), 0);
    assert_eq!(state.capacity(), 60_000);
    // Nor one whose limit is unknown.
    state.learn(&remaining(50_000, None), 0, START);
    assert_eq!(state.level(START), 0);
}

#[test]
fn lower_server_limit_applies_until_it_changes() {
    let state = tokens();
    state.learn(&limit(30_000, 30_000), 0, START);
    assert_eq!(state.effective(START), Some(Rate::per_minute(30_000)));
    // The limit that a call can never fit in is the configured one.
    let never = Err(Refused::Never { capacity: 60_000 });
    assert_eq!(state.try_take(60_001, START), never);
    state.learn(&limit(45_000, 45_000), 0, START);
    assert_eq!(state.capacity(), 45_000);
    state.learn(&limit(90_000, 90_000), 0, START);
    assert_eq!(state.effective(START), Some(Rate::per_minute(60_000)));
    state.learn(&limit(0, 60_000), 0, START);
    assert_eq!(state.capacity(), 60_000);
}

#[test]
fn server_limit_for_a_longer_period_is_ignored() {
    let state = tokens();
    let mut quota = limit(1_000, 900);
    quota.reset = Some(Duration::from_secs(3_000));
    state.learn(&quota, 0, START);
    assert_eq!(state.capacity(), 60_000);
    assert_eq!(state.level(START), 900);
}

#[test]
fn exhausted_quota_blocks_until_the_reset() {
    let state = requests();
    let reset = Some(Duration::from_secs(20));
    state.learn(&remaining(0, reset), 0, START);
    assert_eq!(state.try_take(1, START), wait(20_000));
    assert_eq!(state.try_take(10, at(19_999)), wait(1));
    assert_eq!(state.level(at(19_999)), 0);
    assert_eq!(state.try_take(10, at(20_000)), Ok(()));
    // While units remain, the reset blocks nothing.
    state.learn(&remaining(1, reset), 0, at(21_000));
    assert_eq!(state.try_take(1, at(21_000)), Ok(()));
    // Not for ever.
    state.learn(&remaining(0, Some(Duration::MAX)), 0, at(21_000));
    assert_eq!(state.try_take(1, at(21_000)), wait(120_000));
    assert_eq!(state.try_take(1, at(141_000)), Ok(()));
}

#[test]
fn rejections_lower_the_rate_once_a_second_to_at_least_a_sixteenth() {
    let state = requests();
    let amount = |now| state.effective(now).map(|rate| rate.amount);
    for _ in 0..100 {
        state.throttled(START);
        state.throttled(at(999));
    }
    assert_eq!(amount(START), Some(6));
    // The emission interval grows accordingly: 100 ms ÷ 0.7.
    assert_eq!(state.try_take(7, START), Ok(()));
    let Err(Refused::Wait(wait)) = state.try_take(1, START) else {
        unreachable!("more than a share of the burst");
    };
    assert!((140..145).contains(&wait.as_millis()), "{wait:?}");
    for second in 1..100 {
        state.throttled(at(second * 1_000));
    }
    assert_eq!(amount(at(99_000)), Some(1));
}

#[test]
fn lowered_rate_recovers_with_time() {
    let state = RateState::new(Some(Rate::per_second(16_000)), Kind::Requests);
    let amount = |now| state.effective(now).map_or(0, |rate| rate.amount);
    for second in 0..100 {
        state.throttled(at(second * 1_000));
    }
    let last = 99_000;
    let lowest = amount(at(last));
    assert!((1_000..1_200).contains(&lowest), "{lowest}");
    assert!((8_500..9_000).contains(&amount(at(last + 30_000))));
    assert_eq!(amount(at(last + 60_000)), 16_000);
    assert_eq!(state.try_take(16_000, at(last + 60_000)), Ok(()));
}

#[test]
fn cost_of_the_whole_burst_is_permitted_at_a_lowered_rate() {
    let state = tokens();
    for second in 0..20 {
        state.throttled(at(second * 1_000));
    }
    assert_eq!(state.try_take(60_000, at(20_000)), Ok(()));
    let Err(Refused::Wait(_)) = state.try_take(60_000, at(20_000)) else {
        unreachable!("the bucket is empty");
    };
}

fn after(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

#[test]
fn one_call_reads_again_a_learned_limit_below_its_cost() {
    let state = tokens();
    let server_limit = state.learn(&limit(10, 10), 0, START).unwrap();
    assert_eq!(server_limit.to, Rate::per_minute(10));
    assert_eq!(state.try_take(8_000, START), Ok(()));
    // The others wait for its result.
    assert_eq!(
        state.try_take(8_000, after(1)),
        Err(Refused::Reading { next: None })
    );
    // If it is not sent, there is nothing to wait for.
    state.give_back(8_000);
    assert_eq!(state.try_take(8_000, after(1)), Ok(()));
    // The lowered limit was a mistake, or is over.
    state.learn(&limit(60_000, 52_000), 0, after(2));
    assert_eq!(state.refusal(8_000, after(2)), None);
    // A call above the configured limit is never sent.
    let never = Err(Refused::Never { capacity: 60_000 });
    assert_eq!(state.try_take(60_001, after(2)), never);
}

/// The next call of 8,000 tokens may read the limit after this time.
const fn reading_in(seconds: u64) -> Result<(), Refused> {
    Err(Refused::Reading {
        next: Some(Duration::from_secs(seconds)),
    })
}

#[test]
fn f110_a_limit_that_a_large_call_confirms_is_read_again_after_its_reset() {
    let state = tokens();
    let quota = Quota {
        reset: Some(Duration::from_secs(30)),
        ..limit(10, 10)
    };
    state.learn(&quota, 5, START);
    assert_eq!(state.try_take(8_000, START), Ok(()));
    // The reading of a cheap call may be that of another limit.
    assert_eq!(state.learn(&quota, 5, after(1)), None);
    let being_read = Err(Refused::Reading { next: None });
    assert_eq!(state.try_take(8_000, after(1)), being_read);
    state.settle(8_000, 0, after(2));
    state.read_ended(8_000);
    assert_eq!(state.learn(&quota, 8_000, after(2)), None);
    assert_eq!(state.try_take(8_000, after(2)), reading_in(30));
    for second in 3..32 {
        state.learn(&quota, 5, after(second));
    }
    assert_eq!(state.try_take(8_000, after(31)), reading_in(1));
    assert_eq!(state.try_take(8_000, after(32)), Ok(()));
}

#[test]
fn f196_a_reading_that_fails_or_is_cancelled_delays_nobody() {
    let state = tokens();
    state.learn(&limit(10, 10), 5, START);
    for second in 0..50 {
        assert_eq!(state.try_take(8_000, after(second)), Ok(()), "{second}");
        // Cheap calls confirm the limit, so that it does not end meanwhile.
        state.learn(&limit(10, 10), 5, after(second));
        state.settle(8_000, 0, after(second));
        state.read_ended(8_000);
    }
    // One that is never heard of does so until the limit may be read again.
    assert_eq!(state.try_take(8_000, after(50)), Ok(()));
    state.learn(&limit(10, 10), 5, after(100));
    let being_read = Err(Refused::Reading { next: None });
    assert_eq!(state.try_take(8_000, after(109)), being_read);
    assert_eq!(state.try_take(8_000, after(110)), Ok(()));
}

#[test]
fn f110_a_429_without_quotas_confirms_a_lowered_limit() {
    let state = tokens();
    state.learn(&limit(10, 10), 5, START);
    assert_eq!(state.try_take(8_000, START), Ok(()));
    state.settle(8_000, 0, after(1));
    state.read_ended(8_000);
    state.confirmed(8_000, after(1));
    assert_eq!(state.try_take(8_000, after(2)), reading_in(59));
}

#[test]
fn f201_a_limit_that_another_call_lifts_leaves_no_reading_behind() {
    let state = tokens();
    state.learn(&limit(10, 10), 5, START);
    assert_eq!(state.try_take(8_000, START), Ok(()));
    assert!(state.is_being_read());
    state.learn(&limit(60_000, 50_000), 5, after(1));
    assert!(!state.is_being_read());
    state.settle(8_000, 8_000, after(2));
    state.read_ended(8_000);
    assert_eq!(state.learn(&limit(60_000, 40_000), 8_000, after(2)), None);
    assert!(!state.is_being_read());
}
