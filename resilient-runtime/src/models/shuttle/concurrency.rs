//! Models of the line for a slot.

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

fn slots(limit: u32) -> Arc<ConcurrencyLimit> {
    Arc::new(ConcurrencyLimit::new(Concurrency::new(limit)))
}

/// Waits in line for as long as it takes, and gives the slot back.
fn take_turn(slots: &ConcurrencyLimit, most: u32) {
    let mut place = QueuePlace::new(slots);
    assert_eq!(block_on(poll_fn(|cx| place.poll(cx))), Ok(()));
    assert!(slots.in_use() <= most, "{} are in", slots.in_use());
    thread::yield_now();
    slots.release(None, true);
}

/// Joins the line, and gives up.
fn give_up(slots: &ConcurrencyLimit) {
    let mut place = QueuePlace::new(slots);
    let polled = place.poll(&mut Context::from_waker(Waker::noop()));
    thread::yield_now();
    drop(place);
    if polled.is_ready() {
        slots.release(None, true);
    }
}

fn is_idle(slots: &ConcurrencyLimit) {
    assert_eq!((slots.in_use(), slots.waiting()), (0, 0));
}

/// Some wait for their turn while others give up: each of the former gets it, and all slots are there at the end.
#[test]
fn f43_who_gives_up_in_any_order_takes_no_slot_with_it() {
    for limit in [1, 2] {
        explore(ORDERS, move || {
            let slots = slots(limit);
            let threads = [0, 1, 2, 3].map(|number| {
                let slots = Arc::clone(&slots);
                thread::spawn(move || {
                    if number % 2 == 0 {
                        take_turn(&slots, limit);
                    } else {
                        give_up(&slots);
                    }
                })
            });
            threads.into_iter().for_each(join);
            is_idle(&slots);
        });
    }
}

/// The limit rises and falls while some wait and others give up: nobody waits for ever, and never are more in than the
/// highest limit lets.
#[test]
fn a_limit_that_changes_leaves_nobody_behind() {
    explore(ORDERS, || {
        let slots = slots(1);
        let mut threads = Vec::new();
        for number in 0..3 {
            let slots = Arc::clone(&slots);
            threads.push(thread::spawn(move || match number {
                0 | 1 => take_turn(&slots, 3),
                _ => give_up(&slots),
            }));
        }
        for limits in [[3, 1], [2, 1]] {
            let slots = Arc::clone(&slots);
            threads.push(thread::spawn(move || {
                for limit in limits {
                    slots.set(limit);
                }
            }));
        }
        threads.into_iter().for_each(join);
        is_idle(&slots);
        assert_eq!(slots.limit(), 1);
        assert!(slots.try_acquire() && !slots.try_acquire());
    });
}
