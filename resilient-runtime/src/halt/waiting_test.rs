//! The places of calls that wait.

use super::*;
use std::{
    sync::{Arc, atomic::AtomicBool},
    task::Wake,
    thread,
};

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn flag() -> (Arc<Flag>, Waker) {
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    (Arc::clone(&flag), Waker::from(flag))
}

#[test]
fn all_calls_that_wait_are_woken_once() {
    let waiters = Waiters::new();
    let mut places = Vec::new();
    let flags: Vec<_> = (0..100)
        .map(|_| {
            let (flag, waker) = flag();
            let mut place = None;
            waiters.register(&mut place, &waker);
            places.push(place);
            flag
        })
        .collect();
    assert_eq!(waiters.wake_all(), 100);
    assert!(flags.iter().all(|flag| flag.0.load(Ordering::Relaxed)));
    // They have a place until they have been polled.
    assert_eq!((waiters.wake_all(), waiters.len()), (0, 100));
    places
        .into_iter()
        .flatten()
        .for_each(|place| waiters.leave(place));
    assert_eq!(waiters.len(), 0);
}

#[test]
fn f170_a_call_that_is_polled_by_another_task_is_woken_there() {
    let waiters = Waiters::new();
    let ((first, old), (second, new)) = (flag(), flag());
    let mut place = None;
    waiters.register(&mut place, &old);
    waiters.register(&mut place, &new);
    waiters.register(&mut place, &new);
    assert_eq!((waiters.len(), waiters.wake_all()), (1, 1));
    let woken = [first, second].map(|flag| flag.0.load(Ordering::Relaxed));
    assert_eq!(woken, [false, true]);
}

/// A place is left in another thread, and taken again: its waker is another one's then.
#[test]
fn f169_a_call_that_waits_no_longer_leaves_no_waker() {
    let waiters = Waiters::new();
    let (flag, waker) = flag();
    let mut place = None;
    waiters.register(&mut place, &waker);
    thread::scope(|scope| {
        scope.spawn(|| _ = place.map(|place| waiters.leave(place)));
    });
    drop(waker);
    assert_eq!((waiters.len(), Arc::strong_count(&flag)), (0, 1));
    assert_eq!(waiters.wake_all(), 0);
    let mut next = None;
    waiters.register(&mut next, Waker::noop());
    assert_eq!(next, place);
}

/// Memory does not grow with the number of waits, only with those at one time.
#[test]
fn places_are_used_again_and_given_back() {
    let waiters = Waiters::new();
    for _ in 0..1_000 {
        let mut places = [None; 10];
        for place in &mut places {
            waiters.register(place, Waker::noop());
        }
        places
            .into_iter()
            .flatten()
            .for_each(|place| waiters.leave(place));
    }
    let places: usize = waiters
        .shards
        .iter()
        .map(|shard| lock(&shard.0).wakers.capacity())
        .sum();
    assert!(places <= KEPT, "{places}");
}

/// A waker that drops a call, whose place is in the shard that is being woken.
#[test]
fn f171_a_waker_may_drop_a_call_that_waits() {
    struct Leaves(Arc<Waiters>, Option<Place>);
    impl Wake for Leaves {
        fn wake(self: Arc<Self>) {
            self.1.into_iter().for_each(|place| self.0.leave(place));
        }
    }
    let waiters = Arc::new(Waiters::new());
    let (mut other, mut own) = (None, None);
    waiters.register(&mut other, Waker::noop());
    let leaves = Arc::new(Leaves(Arc::clone(&waiters), other));
    waiters.register(&mut own, &Waker::from(leaves));
    assert_eq!(waiters.wake_all(), 2);
    assert_eq!(waiters.len(), 1);
}
