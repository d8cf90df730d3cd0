//! What the server's word changes.
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
    }
}

fn remaining(remaining: u64, reset: Option<Duration>) -> Quota {
    Quota {
        limit: None,
        remaining: Some(remaining),
        reset,
    }
}

fn wait(millis: u64) -> Result<(), Refused> {
    Err(Refused::Wait(Duration::from_millis(millis)))
}

#[test]
fn the_level_goes_down_to_what_the_server_says_at_once() {
    for meter in [tokens(), requests()] {
        meter.learn(&remaining(4, None), START);
        assert_eq!(meter.level(START), 4);
        meter.learn(&remaining(u64::MAX, None), START);
        assert_eq!(meter.level(START), 4);
    }
}

#[test]
fn requests_never_go_up_by_a_reading() {
    let meter = requests();
    assert_eq!(meter.try_take(10, START), Ok(()));
    meter.learn(&limit(10, 10), START);
    assert_eq!(meter.level(START), 0);
}

#[test]
fn tokens_go_up_to_what_is_left_after_all_that_is_in_flight() {
    let meter = tokens();
    for _ in 0..3 {
        assert_eq!(meter.try_take(20_000, START), Ok(()));
    }
    // One call is over, and the server counted less for it; two are in flight.
    meter.settle(20_000, 20_000, START);
    meter.learn(&limit(60_000, 55_000), START);
    assert_eq!(meter.level(START), 15_000);
    meter.give_back(20_000);
    meter.settle(20_000, 20_000, START);
    meter.learn(&limit(60_000, 57_000), START);
    assert_eq!(meter.level(START), 57_000);
}

#[test]
fn a_server_that_permits_more_than_is_configured_gives_nothing_more() {
    let meter = tokens();
    assert_eq!(meter.try_take(60_000, START), Ok(()));
    meter.settle(60_000, 60_000, START);
    meter.learn(&limit(1_000_000, 900_000), START);
    assert_eq!(meter.level(START), 0);
    assert_eq!(meter.capacity(), 60_000);
    // Nor one whose limit is unknown.
    meter.learn(&remaining(50_000, None), START);
    assert_eq!(meter.level(START), 0);
}

#[test]
fn a_lower_limit_of_the_server_applies_until_it_says_another() {
    let meter = tokens();
    meter.learn(&limit(30_000, 30_000), START);
    assert_eq!(meter.effective(START), Some(Rate::per_minute(30_000)));
    let never = Err(Refused::Never { capacity: 30_000 });
    assert_eq!(meter.try_take(60_001, START), never);
    meter.learn(&limit(45_000, 45_000), START);
    assert_eq!(meter.capacity(), 45_000);
    meter.learn(&limit(90_000, 90_000), START);
    assert_eq!(meter.effective(START), Some(Rate::per_minute(60_000)));
    meter.learn(&limit(0, 60_000), START);
    assert_eq!(meter.capacity(), 60_000);
}

#[test]
fn a_limit_for_a_longer_period_is_not_one_for_ours() {
    let meter = tokens();
    let mut quota = limit(1_000, 900);
    quota.reset = Some(Duration::from_secs(3_000));
    meter.learn(&quota, START);
    assert_eq!(meter.capacity(), 60_000);
    assert_eq!(meter.level(START), 900);
}

#[test]
fn nothing_goes_until_the_reset_and_then_what_came_back_meanwhile() {
    let meter = requests();
    let reset = Some(Duration::from_secs(20));
    meter.learn(&remaining(0, reset), START);
    assert_eq!(meter.try_take(1, START), wait(20_000));
    assert_eq!(meter.try_take(10, at(19_999)), wait(1));
    assert_eq!(meter.level(at(19_999)), 0);
    assert_eq!(meter.try_take(10, at(20_000)), Ok(()));
    // While something is left, the reset is nothing to wait for.
    meter.learn(&remaining(1, reset), at(21_000));
    assert_eq!(meter.try_take(1, at(21_000)), Ok(()));
    // Not for ever.
    meter.learn(&remaining(0, Some(Duration::MAX)), at(21_000));
    assert_eq!(meter.try_take(1, at(21_000)), wait(120_000));
    assert_eq!(meter.try_take(1, at(141_000)), Ok(()));
}

#[test]
fn refusals_lower_the_rate_once_a_second_to_a_sixteenth_at_least() {
    let meter = requests();
    let amount = |now| meter.effective(now).map(|rate| rate.amount);
    for _ in 0..100 {
        meter.throttled(START);
        meter.throttled(at(999));
    }
    assert_eq!(amount(START), Some(6));
    // A unit takes longer by as much: 100 ms ÷ 0.7.
    assert_eq!(meter.try_take(7, START), Ok(()));
    let Err(Refused::Wait(wait)) = meter.try_take(1, START) else {
        unreachable!("more than a share of the burst");
    };
    assert!((140..145).contains(&wait.as_millis()), "{wait:?}");
    for second in 1..100 {
        meter.throttled(at(second * 1_000));
    }
    assert_eq!(amount(at(99_000)), Some(1));
}

#[test]
fn a_lowered_rate_comes_back_with_time() {
    let meter = RateState::new(Some(Rate::per_second(16_000)), Kind::Requests);
    let amount = |now| meter.effective(now).map_or(0, |rate| rate.amount);
    for second in 0..100 {
        meter.throttled(at(second * 1_000));
    }
    let last = 99_000;
    let lowest = amount(at(last));
    assert!((1_000..1_200).contains(&lowest), "{lowest}");
    assert!((8_500..9_000).contains(&amount(at(last + 30_000))));
    assert_eq!(amount(at(last + 60_000)), 16_000);
    assert_eq!(meter.try_take(16_000, at(last + 60_000)), Ok(()));
}

#[test]
fn a_cost_of_the_whole_burst_still_goes_at_a_share_of_the_rate() {
    let meter = tokens();
    for second in 0..20 {
        meter.throttled(at(second * 1_000));
    }
    assert_eq!(meter.try_take(60_000, at(20_000)), Ok(()));
    let Err(Refused::Wait(_)) = meter.try_take(60_000, at(20_000)) else {
        unreachable!("the bucket is empty");
    };
}

fn after(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

#[test]
fn one_call_reads_a_learned_limit_again_that_is_too_low_for_it() {
    let meter = tokens();
    let server_limit = meter.learn(&limit(10, 10), START).unwrap();
    assert_eq!(server_limit.to, Rate::per_minute(10));
    assert_eq!(meter.try_take(8_000, START), Ok(()));
    // The others wait for what it finds out.
    assert_eq!(meter.try_take(8_000, after(1)), Err(Refused::Reading));
    // Without one that is sent there is nothing to wait for.
    meter.give_back(8_000);
    assert_eq!(meter.try_take(8_000, after(1)), Ok(()));
    // It was a mistake, or is over.
    meter.learn(&limit(60_000, 52_000), after(2));
    assert_eq!(meter.refusal(8_000, after(2)), None);
    // A call above the configured limit is never sent.
    let never = Err(Refused::Never { capacity: 60_000 });
    assert_eq!(meter.try_take(60_001, after(2)), never);
}

#[test]
fn a_learned_limit_that_is_confirmed_is_not_read_again_for_a_period() {
    let meter = tokens();
    meter.learn(&limit(10, 10), START);
    assert_eq!(meter.try_take(8_000, START), Ok(()));
    assert_eq!(meter.learn(&limit(10, 10), after(1)), None);
    meter.settle(8_000, 0, after(1));
    meter.read_again(after(1));
    let never = Err(Refused::Never { capacity: 10 });
    assert_eq!(meter.try_take(8_000, after(1)), never);
    assert_eq!(meter.try_take(8_000, after(60)), never);
    assert_eq!(meter.try_take(8_000, after(61)), Ok(()));
    // It ends without a word, and frees the others to be told so.
    meter.settle(8_000, 0, after(62));
    meter.read_again(after(62));
    assert_eq!(meter.try_take(8_000, after(62)), never);
}
