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

/// A limit of one permit. Created before the threads, with its contents: one caller has been queued
/// already.
fn one_permit() -> Arc<ConcurrencyLimit> {
    let limit = Arc::new(ConcurrencyLimit::new(Concurrency::new(1)));
    assert!(limit.try_acquire());
    assert!(!give_up(&limit));
    limit.release(None, true);
    limit
}

/// Joins the queue and leaves it. Returns whether it had a permit meanwhile, which has been
/// returned.
fn give_up(limit: &ConcurrencyLimit) -> bool {
    let mut place = QueuePlace::new(limit, false);
    let ready = place
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready();
    drop(place);
    if ready {
        limit.release(None, true);
    }
    ready
}

fn is_idle(limit: &ConcurrencyLimit) {
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
    assert!(limit.try_acquire());
    assert!(!limit.try_acquire());
}

/// Several threads take the same permit: each holder has it alone, and it is returned.
#[test]
fn permit_has_one_holder_at_a_time() {
    explore(3, || {
        let limit = one_permit();
        let threads = [(); 2].map(|()| {
            let limit = Arc::clone(&limit);
            thread::spawn(move || {
                if limit.try_acquire() {
                    assert_eq!(limit.in_use(), 1);
                    limit.release(None, true);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        is_idle(&limit);
    });
}

/// A permit is returned while a thread joins the queue for it and leaves: it is neither lost nor
/// duplicated.
#[test]
fn permit_granted_to_a_leaving_waiter_is_available_to_the_next() {
    explore(3, || {
        let limit = one_permit();
        assert!(limit.try_acquire());
        let waiter = thread::spawn({
            let limit = Arc::clone(&limit);
            move || give_up(&limit)
        });
        limit.release(None, true);
        waiter.join().unwrap();
        is_idle(&limit);
    });
}

/// The limit changes while a permit is returned and another is wanted.
#[test]
fn changing_limit_loses_no_permit() {
    explore(2, || {
        let limit = one_permit();
        assert!(limit.try_acquire());
        let threads = [
            thread::spawn({
                let limit = Arc::clone(&limit);
                move || limit.release(None, true)
            }),
            thread::spawn({
                let limit = Arc::clone(&limit);
                move || {
                    give_up(&limit);
                }
            }),
        ];
        limit.set(2);
        limit.set(1);
        for thread in threads {
            thread.join().unwrap();
        }
        is_idle(&limit);
    });
}
