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
    task::{Context, Wake},
};
use tokio::task::JoinSet;

fn limit(limit: u32) -> ConcurrencyLimit {
    ConcurrencyLimit::new(Concurrency::new(limit))
}

/// The number of free permits: as many as can be taken.
fn available(limit: &ConcurrencyLimit) -> u32 {
    let mut taken = 0;
    while limit.try_acquire() {
        taken += 1;
    }
    for _ in 0..taken {
        limit.release(None, true);
    }
    taken
}

fn fill(limit: &ConcurrencyLimit) {
    while limit.try_acquire() {}
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A place in the queue, with a counting waker.
struct Task<'a> {
    place: QueuePlace<'a>,
    woken: Arc<Woken>,
}

impl<'a> Task<'a> {
    fn new(limit: &'a ConcurrencyLimit) -> Self {
        Self {
            place: QueuePlace::new(limit, false),
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

    fn waiting(limit: &'a ConcurrencyLimit) -> Self {
        let mut task = Self::new(limit);
        assert!(task.poll().is_pending());
        task
    }
}

#[test]
fn limit_admits_exactly_its_number() {
    let limit = limit(3);
    fill(&limit);
    assert_eq!((limit.in_use(), limit.limit(), limit.waiting()), (3, 3, 0));
    limit.release(None, true);
    assert!(limit.try_acquire() && !limit.try_acquire());
}

#[test]
fn unlimited_admits_all_and_counts_nothing() {
    static UNLIMITED: ConcurrencyLimit = ConcurrencyLimit::off();
    let limit = &UNLIMITED;
    for _ in 0..10_000 {
        assert!(limit.try_acquire());
    }
    limit.set(1);
    assert!(limit.try_acquire());
    limit.release(None, true);
    assert_eq!(limit.in_use(), 0);
}

#[test]
fn permit_goes_to_the_longest_waiter_and_newcomers_do_not_overtake() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..5).map(|_| Task::waiting(&limit)).collect();
    for first in 0..5 {
        limit.release(None, true);
        // The permit is granted before the waiting task runs.
        assert_eq!(limit.in_use(), 1);
        assert!(!limit.try_acquire());
        for (number, task) in tasks.iter_mut().enumerate().rev() {
            assert_eq!(task.woken(), usize::from(number <= first));
            if number > first {
                assert!(task.poll().is_pending());
            }
        }
        assert_eq!(tasks[first].poll(), Poll::Ready(Ok(())));
    }
    limit.release(None, true);
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn f43_permits_of_waiters_that_time_out_or_are_dropped_are_returned() {
    let limit = Arc::new(limit(8));
    fill(&limit);
    let mut waiters = JoinSet::new();
    let mut dropped = JoinSet::new();
    for number in 0..1_000_u32 {
        let limit = Arc::clone(&limit);
        let wait = Duration::from_millis(1 + u64::from(number));
        if number % 2 == 0 {
            waiters.spawn(async move { limit.acquire(Some(Instant::now() + wait), false).await });
        } else {
            dropped.spawn(async move { limit.acquire(None, false).await });
        }
    }
    tokio::time::sleep(Duration::from_micros(100)).await;
    assert_eq!(limit.waiting(), 1_000);
    // Some get a permit at the very moment of their drop.
    for _ in 0..4 {
        limit.release(None, true);
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
    assert_eq!((limit.in_use(), limit.waiting()), (8, 0));
    for _ in 0..8 {
        limit.release(None, true);
    }
    assert_eq!(available(&limit), 8);
    assert_eq!(lock(&limit.queue).len(), 0);
}

#[test]
fn f43_waiters_behind_dropped_ones_are_served_in_order() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..100).map(|_| Some(Task::waiting(&limit))).collect();
    for number in (0..100).filter(|number| number % 10 != 7) {
        tasks[number] = None;
    }
    assert_eq!(limit.waiting(), 10);
    for task in tasks.iter_mut().flatten() {
        limit.release(None, true);
        assert_eq!(task.poll(), Poll::Ready(Ok(())));
    }
    limit.release(None, true);
    assert_eq!(available(&limit), 1);
}

#[test]
fn f46_an_unbounded_queue_is_harmless_and_a_full_one_rejects_at_once() {
    let endless = ConcurrencyLimit::new(Concurrency::new(1).queue(u32::MAX));
    fill(&endless);
    let mut task = Task::waiting(&endless);
    endless.release(None, true);
    assert_eq!(task.poll(), Poll::Ready(Ok(())));

    let widest = ConcurrencyLimit::new(Concurrency::new(u32::MAX).queue(u32::MAX));
    assert!(widest.try_acquire());
    assert_eq!((widest.in_use(), widest.limit()), (1, u32::MAX));

    for queue in [0, 1, 5] {
        let limit = ConcurrencyLimit::new(Concurrency::new(1).queue(queue));
        fill(&limit);
        let mut tasks: Vec<_> = (0..queue).map(|_| Task::waiting(&limit)).collect();
        assert_eq!(Task::new(&limit).poll(), Poll::Ready(Err(Full::Queue)));
        // A cancelled waiter makes room for another.
        if tasks.pop().is_some() {
            tasks.push(Task::waiting(&limit));
        }
        assert_eq!(limit.waiting(), queue);
        assert_eq!(Task::new(&limit).poll(), Poll::Ready(Err(Full::Queue)));
    }
}

#[test]
fn queue_stays_short_while_its_head_waits_and_others_are_cancelled() {
    let limit = limit(1);
    fill(&limit);
    let _head = Task::waiting(&limit);
    for _ in 0..10_000 {
        drop(Task::waiting(&limit));
        assert!(lock(&limit.queue).len() <= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn waiter_is_rejected_at_its_deadline() {
    let limit = limit(1);
    fill(&limit);
    let start = Instant::now();
    for seconds in [0, 1, 3] {
        let latest = start + Duration::from_secs(seconds);
        assert_eq!(limit.acquire(Some(latest), false).await, Err(Full::Time));
        assert_eq!(start.elapsed().as_secs(), seconds);
        assert_eq!(limit.waiting(), 0);
    }
    // A free permit is taken even at the last moment.
    limit.release(None, true);
    assert_eq!(limit.acquire(Some(start), false).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn acquire_dropped_after_any_poll_leaves_no_trace() {
    for served in [false, true] {
        for polls in 0..4 {
            let limit = limit(1);
            fill(&limit);
            let mut call = Box::pin(limit.acquire(None, false));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                assert!(Pin::as_mut(&mut call).poll(&mut cx).is_pending());
            }
            assert_eq!(limit.waiting(), u32::from(polls > 0));
            if served {
                limit.release(None, true);
            }
            drop(call);
            assert_eq!(limit.waiting(), 0);
            assert_eq!(limit.in_use(), u32::from(!served));
            assert_eq!(available(&limit), u32::from(served));
        }
    }
}

#[test]
fn permit_granted_to_a_dropped_call_goes_to_the_next() {
    let limit = limit(1);
    fill(&limit);
    let first = Task::waiting(&limit);
    let mut second = Task::waiting(&limit);
    limit.release(None, true);
    assert_eq!((first.woken(), second.woken()), (1, 0));
    drop(first);
    assert_eq!(second.woken(), 1);
    assert_eq!(second.poll(), Poll::Ready(Ok(())));
}

#[test]
fn grant_wakes_the_waker_of_the_last_poll() {
    let limit = limit(1);
    fill(&limit);
    let mut task = Task::waiting(&limit);
    let before = std::mem::take(&mut task.woken);
    assert!(task.poll().is_pending());
    limit.release(None, true);
    assert_eq!((before.0.load(Ordering::Relaxed), task.woken()), (0, 1));
}

#[test]
fn surplus_releases_change_nothing() {
    let limit = limit(2);
    limit.release(None, true);
    assert_eq!((limit.in_use(), available(&limit)), (0, 2));
}

#[path = "limit_load_test.rs"]
mod load;

#[path = "passed_over_test.rs"]
mod passed_over;
