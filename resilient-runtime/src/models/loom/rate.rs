//! Models of the rate limit.

use super::explore;
use crate::{
    Quota, Rate,
    clock::Moment,
    upstream::rate::{Kind, Refused, local::RateState},
};
use loom::thread;
use std::{sync::Arc, time::Duration};

const START: Moment = Moment(1_000_000_000);

fn after(millis: u64) -> Moment {
    START.after(Duration::from_millis(millis))
}

/// A limit of ten per second with this many left. Created before the threads, with its contents.
fn state(kind: Kind, left: u64) -> Arc<RateState> {
    let state = Arc::new(RateState::new(Some(Rate::per_second(10).burst(4)), kind));
    state.throttled(START);
    state.set(None, START);
    state.set(Some(Rate::per_second(10).burst(4)), START);
    // Takes the slow path once.
    state.settle(0, 8, START);
    assert!(state.try_take(1, START).is_err());
    state.give_back(8);
    if left < 4 {
        assert_eq!(state.try_take(4 - left, START), Ok(()));
    }
    state
}

fn spawn(
    state: &Arc<RateState>,
    run: impl FnOnce(&RateState) -> bool + Send + 'static,
) -> thread::JoinHandle<bool> {
    let state = Arc::clone(state);
    thread::spawn(move || run(&state))
}

fn is_true(thread: thread::JoinHandle<bool>) -> u64 {
    u64::from(thread.join().is_ok_and(|result| result))
}

/// Three threads take the last two units; one has read the clock earlier.
#[test]
fn threads_take_exactly_the_available_units() {
    explore(3, || {
        let state = state(Kind::Requests, 2);
        let threads = [0, 10, 20].map(|millis| {
            spawn(&state, move |state| {
                state.try_take(1, after(millis)).is_ok()
            })
        });
        let taken: u64 = threads.into_iter().map(is_true).sum();
        assert_eq!(taken, 2);
        assert_eq!(state.level(START), 0);
    });
}

/// One thread returns units while two take: the level matches some order of them.
#[test]
fn returned_units_are_available_once() {
    explore(3, || {
        let state = state(Kind::Tokens, 1);
        let threads = [(); 2].map(|()| spawn(&state, |state| state.try_take(1, START).is_ok()));
        state.give_back(1);
        let taken: u64 = threads.into_iter().map(is_true).sum();
        assert!((1..=2).contains(&taken), "{taken}");
        assert_eq!(state.level(START), 2 - i64::try_from(taken).unwrap_or(0));
    });
}

/// A debt is added while others take.
#[test]
fn debt_is_counted_once() {
    explore(3, || {
        let state = state(Kind::Tokens, 2);
        let thread = spawn(&state, |state| state.try_take(1, START).is_ok());
        state.settle(1, 3, START);
        let taken = is_true(thread);
        assert_eq!(state.level(START), -i64::try_from(taken).unwrap_or(0));
    });
}

/// The limit is lowered, raised or removed while others take: no call is rejected for good, and the
/// units taken are within the looser limit.
#[test]
fn changing_limit_rejects_no_call_for_good() {
    for rate in [Some(Rate::per_hour(1)), Some(Rate::per_second(1_000)), None] {
        explore(2, move || {
            let state = state(Kind::Requests, 2);
            let threads = [(); 2].map(|()| {
                spawn(&state, |state| {
                    let result = state.try_take(1, START);
                    assert!(!matches!(result, Err(Refused::Never { .. })), "{result:?}");
                    result.is_ok()
                })
            });
            state.set(rate, START);
            for thread in threads {
                assert!(thread.join().is_ok());
            }
            let expected = rate.map_or(Ok(()), |_| {
                Err(Refused::Never {
                    capacity: state.capacity(),
                })
            });
            assert_eq!(state.try_take(u64::MAX, START), expected);
        });
    }
}

/// Two responses with quotas and one thread: the level is at most that of the lower quota.
#[test]
fn lower_of_two_quotas_wins() {
    explore(3, || {
        let state = state(Kind::Requests, 4);
        let remaining = |remaining| Quota {
            remaining: Some(remaining),
            ..Quota::default()
        };
        let other = spawn(&state, move |state| {
            state.learn(&remaining(3), 0, START);
            true
        });
        let thread = spawn(&state, |state| state.try_take(1, START).is_ok());
        state.learn(&remaining(1), 0, START);
        assert_eq!(is_true(other), 1);
        let taken = is_true(thread);
        let level = state.level(START);
        assert!((0..=1).contains(&level), "{level} after {taken}");
    });
}

/// Two concurrent rejections count once.
#[test]
fn concurrent_rejections_count_once() {
    explore(3, || {
        let state = state(Kind::Requests, 4);
        let other = spawn(&state, |state| {
            state.throttled(START);
            true
        });
        state.throttled(START);
        assert_eq!(is_true(other), 1);
        let amount = state.effective(START).map(|rate| rate.amount);
        // Seven tenths of ten, rounded down twice.
        assert_eq!(amount, Some(6));
    });
}
