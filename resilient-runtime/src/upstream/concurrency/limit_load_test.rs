//! The concurrency limit under threads, and while it changes.

use super::*;
use std::{sync::atomic::AtomicU32, thread};

#[test]
fn lowered_limit_takes_effect_as_permits_are_returned() {
    let limit = limit(8);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    limit.set(3);
    for left in (3..8).rev() {
        limit.release(None, true);
        assert_eq!(limit.in_use(), left);
        assert!(!limit.try_acquire());
        assert_eq!(limit.waiting(), 3);
    }
    for task in &mut tasks {
        limit.release(None, true);
        assert_eq!((task.poll(), limit.in_use()), (Poll::Ready(Ok(())), 3));
    }
    for _ in 0..3 {
        limit.release(None, true);
    }
    assert_eq!(available(&limit), 3);
}

#[test]
fn raised_limit_serves_waiters() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..5).map(|_| Task::waiting(&limit)).collect();
    limit.set(4);
    let woken: Vec<_> = tasks.iter().map(Task::woken).collect();
    assert_eq!(woken, [1, 1, 1, 0, 0]);
    for task in &mut tasks[..3] {
        assert_eq!(task.poll(), Poll::Ready(Ok(())));
    }
    assert_eq!((limit.in_use(), limit.waiting()), (4, 2));
    limit.set(0);
    assert_eq!(limit.limit(), 1);
}

#[test]
fn f43_threads_that_wait_and_give_up_lose_no_permit() {
    let limit = Arc::new(limit(8));
    let inside = Arc::new(AtomicU32::new(0));
    let threads: Vec<_> = (0..4_u32)
        .map(|thread| {
            let limit = Arc::clone(&limit);
            let inside = Arc::clone(&inside);
            thread::spawn(move || {
                let mut held = 0;
                for number in 0..5_000_u32 {
                    let mut task = Task::new(&limit);
                    match task.poll() {
                        Poll::Ready(Ok(())) => {
                            assert!(inside.fetch_add(1, Ordering::SeqCst) < 8);
                            held += 1;
                        }
                        Poll::Ready(Err(full)) => unreachable!("{full:?}"),
                        // Dropped in the queue, perhaps with a permit.
                        Poll::Pending => drop(task),
                    }
                    if held > (number + thread) % 4 {
                        inside.fetch_sub(1, Ordering::SeqCst);
                        limit.release(None, true);
                        held -= 1;
                    }
                }
                for _ in 0..held {
                    inside.fetch_sub(1, Ordering::SeqCst);
                    limit.release(None, true);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
    assert_eq!(available(&limit), 8);
}

#[test]
fn every_waiter_is_served_under_concurrent_threads() {
    let limit = Arc::new(limit(3));
    let inside = Arc::new(AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                runtime().block_on(async {
                    let mut tasks = JoinSet::new();
                    for _ in 0..50 {
                        tasks.spawn(come_and_go(Arc::clone(&limit), Arc::clone(&inside)));
                    }
                    while let Some(result) = tasks.join_next().await {
                        result.unwrap();
                    }
                });
            });
        }
    });
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
}

async fn come_and_go(limit: Arc<ConcurrencyLimit>, inside: Arc<AtomicU32>) {
    for _ in 0..20 {
        limit.acquire(None, false).await.unwrap();
        assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
        tokio::task::yield_now().await;
        inside.fetch_sub(1, Ordering::SeqCst);
        limit.release(None, true);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

#[test]
fn no_waiter_is_left_beside_a_free_permit_while_threads_change_the_limit() {
    let limit = Arc::new(limit(4));
    thread::scope(|scope| {
        for thread in 0..2_u32 {
            let limit = &limit;
            scope.spawn(move || {
                for number in 0..5_000 {
                    limit.set(1 + (number * (thread + 3)) % 7);
                }
            });
            scope.spawn(move || {
                let runtime = runtime();
                for _ in 0..5_000 {
                    runtime.block_on(limit.acquire(None, false)).unwrap();
                    limit.release(None, true);
                }
            });
        }
    });
    limit.set(5);
    assert_eq!(available(&limit), 5);
}
