#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code fails loudly"
)]

use super::*;
use std::{
    pin::Pin,
    sync::{Arc, atomic::AtomicUsize},
    task::Wake,
};
use tokio::task::JoinSet;

fn slots(limit: u32) -> ConcurrencyLimit {
    ConcurrencyLimit::new(Concurrency::new(limit))
}

/// How many slots are free: as many as can be taken.
fn available(slots: &ConcurrencyLimit) -> u32 {
    let mut taken = 0;
    while slots.try_acquire() {
        taken += 1;
    }
    for _ in 0..taken {
        slots.release(None, true);
    }
    taken
}

fn fill(slots: &ConcurrencyLimit) {
    while slots.try_acquire() {}
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A place in the line with what it is woken by.
struct Task<'a> {
    place: QueuePlace<'a>,
    woken: Arc<Woken>,
}

impl<'a> Task<'a> {
    fn new(slots: &'a ConcurrencyLimit) -> Self {
        Self {
            place: QueuePlace::new(slots),
            woken: Arc::default(),
        }
    }

    fn poll(&mut self) -> Poll<Result<(), Full>> {
        let waker = Waker::from(Arc::clone(&self.woken));
        self.place.poll(&mut Context::from_waker(&waker))
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }

    fn waiting(slots: &'a ConcurrencyLimit) -> Self {
        let mut task = Self::new(slots);
        assert!(task.poll().is_pending());
        task
    }
}

#[test]
fn as_many_enter_as_the_limit_says() {
    let slots = slots(3);
    fill(&slots);
    assert_eq!((slots.in_use(), slots.limit(), slots.waiting()), (3, 3, 0));
    slots.release(None, true);
    assert!(slots.try_acquire() && !slots.try_acquire());
}

#[test]
fn without_a_limit_everybody_enters_and_nothing_is_counted() {
    static SLOTS: ConcurrencyLimit = ConcurrencyLimit::off();
    let slots = &SLOTS;
    for _ in 0..10_000 {
        assert!(slots.try_acquire());
    }
    slots.set(1);
    assert!(slots.try_acquire());
    slots.release(None, true);
    assert_eq!(slots.in_use(), 0);
}

#[test]
fn a_slot_goes_to_who_has_waited_longest_and_no_newcomer_gets_past() {
    let slots = slots(1);
    fill(&slots);
    let mut tasks: Vec<_> = (0..5).map(|_| Task::waiting(&slots)).collect();
    for first in 0..5 {
        slots.release(None, true);
        // It is handed over before the task that gets it runs.
        assert_eq!(slots.in_use(), 1);
        assert!(!slots.try_acquire());
        for (number, task) in tasks.iter_mut().enumerate().rev() {
            assert_eq!(task.woken(), usize::from(number <= first));
            if number > first {
                assert!(task.poll().is_pending());
            }
        }
        assert_eq!(tasks[first].poll(), Poll::Ready(Ok(())));
    }
    slots.release(None, true);
    assert_eq!((slots.in_use(), slots.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn f43_slots_of_waiters_that_time_out_or_are_dropped_come_back() {
    let slots = Arc::new(slots(8));
    fill(&slots);
    let mut waiters = JoinSet::new();
    let mut dropped = JoinSet::new();
    for number in 0..1_000_u32 {
        let slots = Arc::clone(&slots);
        let wait = Duration::from_millis(1 + u64::from(number));
        if number % 2 == 0 {
            waiters.spawn(async move { slots.acquire(Some(Instant::now() + wait)).await });
        } else {
            dropped.spawn(async move { slots.acquire(None).await });
        }
    }
    tokio::time::sleep(Duration::from_micros(100)).await;
    assert_eq!(slots.waiting(), 1_000);
    // Some get a slot in the very moment in which they are dropped.
    for _ in 0..4 {
        slots.release(None, true);
    }
    dropped.shutdown().await;
    let mut entered = 0;
    while let Some(result) = waiters.join_next().await {
        match result.unwrap() {
            Ok(()) => entered += 1,
            Err(full) => assert_eq!(full, Full::Time),
        }
    }
    assert_eq!(entered, 4);
    assert_eq!((slots.in_use(), slots.waiting()), (8, 0));
    for _ in 0..8 {
        slots.release(None, true);
    }
    assert_eq!(available(&slots), 8);
    assert_eq!(lock(&slots.queue).len(), 0);
}

#[test]
fn f43_who_waits_behind_the_dropped_is_served_in_order() {
    let slots = slots(1);
    fill(&slots);
    let mut tasks: Vec<_> = (0..100).map(|_| Some(Task::waiting(&slots))).collect();
    for number in (0..100).filter(|number| number % 10 != 7) {
        tasks[number] = None;
    }
    assert_eq!(slots.waiting(), 10);
    for task in tasks.iter_mut().flatten() {
        slots.release(None, true);
        assert_eq!(task.poll(), Poll::Ready(Ok(())));
    }
    slots.release(None, true);
    assert_eq!(available(&slots), 1);
}

#[test]
fn f46_the_longest_queue_is_harmless_and_a_full_one_refuses_at_once() {
    let endless = ConcurrencyLimit::new(Concurrency::new(1).queue(u32::MAX));
    fill(&endless);
    let mut task = Task::waiting(&endless);
    endless.release(None, true);
    assert_eq!(task.poll(), Poll::Ready(Ok(())));

    let widest = ConcurrencyLimit::new(Concurrency::new(u32::MAX).queue(u32::MAX));
    assert!(widest.try_acquire());
    assert_eq!((widest.in_use(), widest.limit()), (1, u32::MAX));

    for queue in [0, 1, 5] {
        let slots = ConcurrencyLimit::new(Concurrency::new(1).queue(queue));
        fill(&slots);
        let mut tasks: Vec<_> = (0..queue).map(|_| Task::waiting(&slots)).collect();
        assert_eq!(Task::new(&slots).poll(), Poll::Ready(Err(Full::QueueTerms)));
        // One who leaves makes room for another.
        if tasks.pop().is_some() {
            tasks.push(Task::waiting(&slots));
        }
        assert_eq!(slots.waiting(), queue);
        assert_eq!(Task::new(&slots).poll(), Poll::Ready(Err(Full::QueueTerms)));
    }
}

#[test]
fn the_line_stays_short_while_its_head_waits_and_others_come_and_go() {
    let slots = slots(1);
    fill(&slots);
    let _head = Task::waiting(&slots);
    for _ in 0..10_000 {
        drop(Task::waiting(&slots));
        assert!(lock(&slots.queue).len() <= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_refused_when_its_time_is_over() {
    let slots = slots(1);
    fill(&slots);
    let start = Instant::now();
    for seconds in [0, 1, 3] {
        let latest = start + Duration::from_secs(seconds);
        assert_eq!(slots.acquire(Some(latest)).await, Err(Full::Time));
        assert_eq!(start.elapsed().as_secs(), seconds);
        assert_eq!(slots.waiting(), 0);
    }
    // A free slot is taken even in the last moment.
    slots.release(None, true);
    assert_eq!(slots.acquire(Some(start)).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_after_any_poll_of_its_wait_leaves_no_trace() {
    for served in [false, true] {
        for polls in 0..4 {
            let slots = slots(1);
            fill(&slots);
            let mut call = Box::pin(slots.acquire(None));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                assert!(Pin::as_mut(&mut call).poll(&mut cx).is_pending());
            }
            assert_eq!(slots.waiting(), u32::from(polls > 0));
            if served {
                slots.release(None, true);
            }
            drop(call);
            assert_eq!(slots.waiting(), 0);
            assert_eq!(slots.in_use(), u32::from(!served));
            assert_eq!(available(&slots), u32::from(served));
        }
    }
}

#[test]
fn a_slot_that_comes_to_a_dropped_call_goes_on_to_the_next() {
    let slots = slots(1);
    fill(&slots);
    let first = Task::waiting(&slots);
    let mut second = Task::waiting(&slots);
    slots.release(None, true);
    assert_eq!((first.woken(), second.woken()), (1, 0));
    drop(first);
    assert_eq!(second.woken(), 1);
    assert_eq!(second.poll(), Poll::Ready(Ok(())));
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let slots = slots(1);
    fill(&slots);
    let mut task = Task::waiting(&slots);
    let before = std::mem::take(&mut task.woken);
    assert!(task.poll().is_pending());
    slots.release(None, true);
    assert_eq!((before.0.load(Ordering::Relaxed), task.woken()), (0, 1));
}

#[test]
fn more_releases_than_slots_taken_change_nothing() {
    let slots = slots(2);
    slots.release(None, true);
    assert_eq!((slots.in_use(), available(&slots)), (0, 2));
}

#[path = "limit_load_test.rs"]
mod load;
