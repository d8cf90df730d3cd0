//! Models of the limiter.

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

/// A limit of ten a second, of which so many are left. Made before the threads, like all that is in it.
fn meter(kind: Kind, left: u64) -> Arc<RateState> {
    let meter = Arc::new(RateState::new(Some(Rate::per_second(10).burst(4)), kind));
    meter.throttled(START);
    meter.set(None);
    meter.set(Some(Rate::per_second(10).burst(4)));
    // Looked at once by the long way.
    meter.settle(0, 8, START);
    assert!(meter.try_take(1, START).is_err());
    meter.give_back(8);
    if left < 4 {
        assert_eq!(meter.try_take(4 - left, START), Ok(()));
    }
    meter
}

fn spawn(
    meter: &Arc<RateState>,
    run: impl FnOnce(&RateState) -> bool + Send + 'static,
) -> thread::JoinHandle<bool> {
    let meter = Arc::clone(meter);
    thread::spawn(move || run(&meter))
}

fn is_true(thread: thread::JoinHandle<bool>) -> u64 {
    u64::from(thread.join().is_ok_and(|result| result))
}

/// Three threads want the last two; one has read the clock earlier.
#[test]
fn threads_that_take_get_what_is_there_and_no_more() {
    explore(3, || {
        let meter = meter(Kind::Requests, 2);
        let threads = [0, 10, 20].map(|millis| {
            spawn(&meter, move |meter| {
                meter.try_take(1, after(millis)).is_ok()
            })
        });
        let taken: u64 = threads.into_iter().map(is_true).sum();
        assert_eq!(taken, 2);
        assert_eq!(meter.level(START), 0);
    });
}

/// One gives back while two take: the level is what it would be in some order.
#[test]
fn what_is_given_back_is_there_once() {
    explore(3, || {
        let meter = meter(Kind::Tokens, 1);
        let threads = [(); 2].map(|()| spawn(&meter, |meter| meter.try_take(1, START).is_ok()));
        meter.give_back(1);
        let taken: u64 = threads.into_iter().map(is_true).sum();
        assert!((1..=2).contains(&taken), "{taken}");
        assert_eq!(meter.level(START), 2 - i64::try_from(taken).unwrap_or(0));
    });
}

/// A debt is added while others take.
#[test]
fn a_debt_is_owed_once() {
    explore(3, || {
        let meter = meter(Kind::Tokens, 2);
        let thread = spawn(&meter, |meter| meter.try_take(1, START).is_ok());
        meter.settle(1, 3, START);
        let taken = is_true(thread);
        assert_eq!(meter.level(START), -i64::try_from(taken).unwrap_or(0));
    });
}

/// The limit is lowered, raised or taken away while others take: nobody hears that it can never go, and what goes is
/// within the looser of both.
#[test]
fn a_limit_that_changes_refuses_nobody_for_good() {
    for rate in [Some(Rate::per_hour(1)), Some(Rate::per_second(1_000)), None] {
        explore(2, move || {
            let meter = meter(Kind::Requests, 2);
            let threads = [(); 2].map(|()| {
                spawn(&meter, |meter| {
                    let result = meter.try_take(1, START);
                    assert!(!matches!(result, Err(Refused::Never { .. })), "{result:?}");
                    result.is_ok()
                })
            });
            meter.set(rate);
            for thread in threads {
                assert!(thread.join().is_ok());
            }
            let expected = rate.map_or(Ok(()), |_| {
                Err(Refused::Never {
                    capacity: meter.capacity(),
                })
            });
            assert_eq!(meter.try_take(u64::MAX, START), expected);
        });
    }
}

/// Two answers with readings and one thread: the level is not above what the lower one left.
#[test]
fn the_lower_of_two_readings_wins() {
    explore(3, || {
        let meter = meter(Kind::Requests, 4);
        let remaining = |remaining| Quota {
            remaining: Some(remaining),
            ..Quota::default()
        };
        let other = spawn(&meter, move |meter| {
            meter.learn(&remaining(3), START);
            true
        });
        let thread = spawn(&meter, |meter| meter.try_take(1, START).is_ok());
        meter.learn(&remaining(1), START);
        assert_eq!(is_true(other), 1);
        let taken = is_true(thread);
        let level = meter.level(START);
        assert!((0..=1).contains(&level), "{level} after {taken}");
    });
}

/// Two refusals at once are one.
#[test]
fn refusals_at_once_count_once() {
    explore(3, || {
        let meter = meter(Kind::Requests, 4);
        let other = spawn(&meter, |meter| {
            meter.throttled(START);
            true
        });
        meter.throttled(START);
        assert_eq!(is_true(other), 1);
        let amount = meter.effective(START).map(|rate| rate.amount);
        // Seven tenths of ten, rounded down twice.
        assert_eq!(amount, Some(6));
    });
}
