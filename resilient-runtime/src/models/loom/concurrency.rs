//! Models of the concurrency limit.

use super::explore;
use crate::{
    Concurrency,
    upstream::concurrency::{ConcurrencyLimit, QueuePlace},
};
use loom::thread;
use std::{
    sync::Arc,
    task::{Context, Waker},
};

/// One slot. Made before the threads, like all that is in it: somebody has waited in line once.
fn one_slot() -> Arc<ConcurrencyLimit> {
    let slots = Arc::new(ConcurrencyLimit::new(Concurrency::new(1)));
    assert!(slots.try_acquire());
    assert!(!give_up(&slots));
    slots.release(None, true);
    slots
}

/// Joins the line, and leaves it. Whether it had a slot meanwhile, which has come back.
fn give_up(slots: &ConcurrencyLimit) -> bool {
    let mut place = QueuePlace::new(slots);
    let ready = place
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready();
    drop(place);
    if ready {
        slots.release(None, true);
    }
    ready
}

fn is_idle(slots: &ConcurrencyLimit) {
    assert_eq!((slots.in_use(), slots.waiting()), (0, 0));
    assert!(slots.try_acquire());
    assert!(!slots.try_acquire());
}

/// Of threads that want the same slot at once, each that gets it has it alone, and it comes back.
#[test]
fn a_slot_is_had_by_one_at_a_time() {
    explore(3, || {
        let slots = one_slot();
        let threads = [(); 2].map(|()| {
            let slots = Arc::clone(&slots);
            thread::spawn(move || {
                if slots.try_acquire() {
                    assert_eq!(slots.in_use(), 1);
                    slots.release(None, true);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        is_idle(&slots);
    });
}

/// A slot comes back while one joins the line for it, and leaves: it is neither lost nor there twice.
#[test]
fn a_slot_that_comes_back_to_who_leaves_is_there_for_the_next() {
    explore(3, || {
        let slots = one_slot();
        assert!(slots.try_acquire());
        let waiter = thread::spawn({
            let slots = Arc::clone(&slots);
            move || give_up(&slots)
        });
        slots.release(None, true);
        waiter.join().unwrap();
        is_idle(&slots);
    });
}

/// The limit changes while a slot comes back and another is wanted.
#[test]
fn a_limit_that_changes_loses_no_slot() {
    explore(2, || {
        let slots = one_slot();
        assert!(slots.try_acquire());
        let threads = [
            thread::spawn({
                let slots = Arc::clone(&slots);
                move || slots.release(None, true)
            }),
            thread::spawn({
                let slots = Arc::clone(&slots);
                move || {
                    give_up(&slots);
                }
            }),
        ];
        slots.set(2);
        slots.set(1);
        for thread in threads {
            thread.join().unwrap();
        }
        is_idle(&slots);
    });
}
