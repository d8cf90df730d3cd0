//! Models of the wait queue for permits.

use super::{explore, join};
use crate::{
    Concurrency,
    upstream::concurrency::{ConcurrencyLimit, QueuePlace},
};
use shuttle::{future::block_on, thread};
use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Waker},
};

const ORDERS: usize = 20_000;

fn permits(limit: u32) -> Arc<ConcurrencyLimit> {
    Arc::new(ConcurrencyLimit::new(Concurrency::new(limit)))
}

/// Waits in the queue without a bound, and returns the permit.
fn take_turn(limit: &ConcurrencyLimit, most: u32) {
    let mut place = QueuePlace::new(limit, false);
    assert_eq!(block_on(poll_fn(|cx| place.poll(cx))), Ok(()));
    assert!(limit.in_use() <= most, "{} are in", limit.in_use());
    thread::yield_now();
    limit.release(None, true);
}

/// Joins the queue, and gives up.
fn give_up(limit: &ConcurrencyLimit) {
    let mut place = QueuePlace::new(limit, false);
    let polled = place.poll(&mut Context::from_waker(Waker::noop()));
    thread::yield_now();
    drop(place);
    if polled.is_ready() {
        limit.release(None, true);
    }
}

fn is_idle(limit: &ConcurrencyLimit) {
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
}

/// Some calls wait for their turn while others give up: each of the former is served, and all
/// permits are free at the end.
#[test]
fn f43_waiters_that_give_up_in_any_order_lose_no_permit() {
    for most in [1, 2] {
        explore(ORDERS, move || {
            let limit = permits(most);
            let threads = [0, 1, 2, 3].map(|number| {
                let limit = Arc::clone(&limit);
                thread::spawn(move || {
                    if number % 2 == 0 {
                        take_turn(&limit, most);
                    } else {
                        give_up(&limit);
                    }
                })
            });
            threads.into_iter().for_each(join);
            is_idle(&limit);
        });
    }
}

/// The limit rises and falls while some calls wait and others give up: none waits for ever, and the
/// permits in use never exceed the highest limit.
#[test]
fn changing_limit_leaves_no_waiter_behind() {
    explore(ORDERS, || {
        let limit = permits(1);
        let mut threads = Vec::new();
        for number in 0..3 {
            let limit = Arc::clone(&limit);
            threads.push(thread::spawn(move || match number {
                0 | 1 => take_turn(&limit, 3),
                _ => give_up(&limit),
            }));
        }
        for limits in [[3, 1], [2, 1]] {
            let limit = Arc::clone(&limit);
            threads.push(thread::spawn(move || {
                for most in limits {
                    limit.set(most);
                }
            }));
        }
        threads.into_iter().for_each(join);
        is_idle(&limit);
        assert_eq!(limit.limit(), 1);
        assert!(limit.try_acquire() && !limit.try_acquire());
    });
}

/// Some calls look for permits that are not picked up, while their holders pick them up late or
/// give up: a permit has one holder at a time, and comes back.
#[test]
fn f156_a_permit_that_is_taken_over_has_one_holder() {
    explore(ORDERS, || {
        let limit = permits(1);
        assert!(limit.try_acquire());
        let threads = [false, false, true, true].map(|takes_over| {
            let limit = Arc::clone(&limit);
            thread::spawn(move || {
                let mut place = QueuePlace::new(&limit, false);
                let cx = &mut Context::from_waker(Waker::noop());
                for _ in 0..4 {
                    if (takes_over && place.take_over()) || place.poll(cx).is_ready() {
                        assert_eq!(limit.in_use(), 1);
                        thread::yield_now();
                        limit.release(None, true);
                        return;
                    }
                    thread::yield_now();
                }
            })
        });
        limit.release(None, true);
        threads.into_iter().for_each(join);
        is_idle(&limit);
    });
}
