//! Resource, period and end of a server's limit.

use crate::{
    Quota, Resource,
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

fn after(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

fn limit(limit: u64, remaining: u64) -> Quota {
    Quota {
        limit: Some(limit),
        remaining: Some(remaining),
        ..Quota::default()
    }
}

fn remaining(remaining: u64) -> Quota {
    Quota {
        remaining: Some(remaining),
        ..Quota::default()
    }
}

#[test]
fn f110_a_servers_limit_ends_unless_it_is_confirmed() {
    let state = tokens();
    state.learn(&limit(10, 10), 0, START);
    assert_eq!(state.effective(after(59)), Some(Rate::per_minute(10)));
    // A call that reads it again and is never heard of.
    assert_eq!(state.try_take(8_000, START), Ok(()));
    assert_eq!(
        state.try_take(8_000, after(59)),
        Err(Refused::Reading { next: None })
    );
    assert_eq!(state.effective(after(60)), Some(Rate::per_minute(60_000)));
    for _ in 0..6 {
        assert_eq!(state.try_take(8_000, after(60)), Ok(()));
    }
    // Until its reset, if that is later.
    let state = RateState::new(Some(Rate::per_hour(5_000)), Kind::Requests);
    let mut quota = limit(60, 59);
    quota.reset = Some(Duration::from_secs(3_000));
    state.learn(&quota, 0, START);
    assert_eq!(state.effective(after(2_999)), Some(Rate::per_hour(60)));
    assert_eq!(state.effective(after(3_000)), Some(Rate::per_hour(5_000)));
}

fn of(resource: &str, quota: Quota) -> Quota {
    Quota {
        resource: Some(Resource::named(resource)),
        reset: Some(Duration::from_secs(50)),
        ..quota
    }
}

#[test]
fn f111_a_quota_of_another_resource_changes_nothing() {
    let hourly = Rate::per_hour(5_000);
    let state = RateState::new(Some(hourly), Kind::Requests);
    state.learn(&of("core", limit(5_000, 4_999)), 0, START);
    for search in [
        of("search", limit(30, 0)),
        of("search", remaining(0)),
        // Without a name, its limit is another one.
        limit(30, 0),
    ] {
        state.learn(&search, 0, START);
        assert_eq!(state.effective(START), Some(hourly));
        assert_eq!(state.refusal(1, START), None);
    }
    // In the other order, the first reading of the larger limit ends the smaller one.
    let state = RateState::new(Some(hourly), Kind::Requests);
    state.learn(&of("search", limit(30, 29)), 0, START);
    // For a minute, as its reset shows.
    assert_eq!(state.effective(START), Some(Rate::per_minute(30)));
    let lifted = state.learn(&of("core", limit(5_000, 4_900)), 0, START);
    assert_eq!(lifted.map(|change| change.to), Some(hourly));
    // The same resource may get another limit at any time.
    state.learn(&of("core", limit(60, 50)), 0, START);
    assert_eq!(state.effective(START).map(|rate| rate.amount), Some(60));
}

#[test]
fn f112_a_limit_that_is_learned_and_lifted_neither_forgets_units_nor_multiplies_them() {
    let state = tokens();
    assert_eq!(state.try_take(59_000, START), Ok(()));
    for _ in 0..100 {
        state.learn(&remaining_of(10), 0, START);
        assert_eq!(state.level(START), 0);
        state.learn(&remaining_of(60_000), 0, START);
        assert_eq!(state.level(START), 1_000);
    }
    // Five units of a limit of ten are five of sixty thousand.
    let state = tokens();
    state.learn(&remaining_of(10), 0, START);
    assert_eq!(state.try_take(5, START), Ok(()));
    assert_eq!(state.level(START), 5);
    state.learn(&remaining_of(60_000), 0, START);
    assert_eq!(state.level(START), 59_995);
}

/// A limit whose amount left is unknown, of one and the same resource.
fn remaining_of(limit: u64) -> Quota {
    Quota {
        limit: Some(limit),
        resource: Some(Resource::named("model")),
        ..Quota::default()
    }
}
