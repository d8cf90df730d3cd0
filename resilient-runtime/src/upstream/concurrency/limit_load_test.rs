//! Threads, and limits that change.

use super::*;
use std::{sync::atomic::AtomicU32, thread};

#[test]
fn a_lower_limit_takes_effect_as_slots_come_back() {
    let slots = slots(8);
    fill(&slots);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&slots)).collect();
    slots.set(3);
    for left in (3..8).rev() {
        slots.release(None, true);
        assert_eq!(slots.in_use(), left);
        assert!(!slots.try_acquire());
        assert_eq!(slots.waiting(), 3);
    }
    for task in &mut tasks {
        slots.release(None, true);
        assert_eq!((task.poll(), slots.in_use()), (Poll::Ready(Ok(())), 3));
    }
    for _ in 0..3 {
        slots.release(None, true);
    }
    assert_eq!(available(&slots), 3);
}

#[test]
fn a_higher_limit_serves_who_waits() {
    let slots = slots(1);
    fill(&slots);
    let mut tasks: Vec<_> = (0..5).map(|_| Task::waiting(&slots)).collect();
    slots.set(4);
    let woken: Vec<_> = tasks.iter().map(Task::woken).collect();
    assert_eq!(woken, [1, 1, 1, 0, 0]);
    for task in &mut tasks[..3] {
        assert_eq!(task.poll(), Poll::Ready(Ok(())));
    }
    assert_eq!((slots.in_use(), slots.waiting()), (4, 2));
    slots.set(0);
    assert_eq!(slots.limit(), 1);
}

#[test]
fn f43_threads_that_come_wait_and_give_up_lose_no_slot() {
    let slots = Arc::new(slots(8));
    let inside = Arc::new(AtomicU32::new(0));
    let threads: Vec<_> = (0..4_u32)
        .map(|thread| {
            let slots = Arc::clone(&slots);
            let inside = Arc::clone(&inside);
            thread::spawn(move || {
                let mut held = 0;
                for number in 0..5_000_u32 {
                    let mut task = Task::new(&slots);
                    match task.poll() {
                        Poll::Ready(Ok(())) => {
                            assert!(inside.fetch_add(1, Ordering::SeqCst) < 8);
                            held += 1;
                        }
                        Poll::Ready(Err(full)) => unreachable!("{full:?}"),
                        // Dropped in line, perhaps with a slot.
                        Poll::Pending => drop(task),
                    }
                    if held > (number + thread) % 4 {
                        inside.fetch_sub(1, Ordering::SeqCst);
                        slots.release(None, true);
                        held -= 1;
                    }
                }
                for _ in 0..held {
                    inside.fetch_sub(1, Ordering::SeqCst);
                    slots.release(None, true);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!((slots.in_use(), slots.waiting()), (0, 0));
    assert_eq!(available(&slots), 8);
}

#[test]
fn every_waiter_is_served_by_threads_that_come_and_go() {
    let slots = Arc::new(slots(3));
    let inside = Arc::new(AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                runtime().block_on(async {
                    let mut tasks = JoinSet::new();
                    for _ in 0..50 {
                        tasks.spawn(come_and_go(Arc::clone(&slots), Arc::clone(&inside)));
                    }
                    while let Some(result) = tasks.join_next().await {
                        result.unwrap();
                    }
                });
            });
        }
    });
    assert_eq!((slots.in_use(), slots.waiting()), (0, 0));
}

async fn come_and_go(slots: Arc<ConcurrencyLimit>, inside: Arc<AtomicU32>) {
    for _ in 0..20 {
        slots.acquire(None).await.unwrap();
        assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
        tokio::task::yield_now().await;
        inside.fetch_sub(1, Ordering::SeqCst);
        slots.release(None, true);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

#[test]
fn threads_that_change_the_limit_leave_nobody_waiting_beside_a_free_slot() {
    let slots = Arc::new(slots(4));
    thread::scope(|scope| {
        for thread in 0..2_u32 {
            let slots = &slots;
            scope.spawn(move || {
                for number in 0..5_000 {
                    slots.set(1 + (number * (thread + 3)) % 7);
                }
            });
            scope.spawn(move || {
                let runtime = runtime();
                for _ in 0..5_000 {
                    runtime.block_on(slots.acquire(None)).unwrap();
                    slots.release(None, true);
                }
            });
        }
    });
    slots.set(5);
    assert_eq!(available(&slots), 5);
}
