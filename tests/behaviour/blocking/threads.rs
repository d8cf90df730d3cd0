//! Calls of several threads, and in runtimes.

use resilient_runtime::{
    Class, Concurrency, Upstream, resilient, shutdown,
    testing::{block_on, carried, isolated},
};
use resilient_tests::{Counter, Failure};
use std::{
    sync::{Barrier, mpsc},
    thread,
    time::Duration,
};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[resilient(backoff(kind = "fixed", initial = "1ms", jitter = "none"))]
fn retried(attempts: &Counter) -> Result<u32, Failure> {
    match attempts.count() {
        1 => Err(Failure::of(Class::Connect)),
        attempt => Ok(attempt),
    }
}

#[test]
fn works_in_a_thread_for_blocking_code_and_in_a_task_of_every_runtime() {
    let multi = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    // Neither has a time driver.
    let current = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for runtime in [multi, current] {
        let blocking = runtime.block_on(async {
            let task = tokio::spawn(async { retried(&Counter::new()) });
            assert_eq!(task.await.unwrap().unwrap(), 2);
            assert_eq!(retried(&Counter::new()).unwrap(), 2);
            tokio::task::spawn_blocking(|| retried(&Counter::new())).await
        });
        assert_eq!(blocking.unwrap().unwrap(), 2);
    }
}

static ONE: Upstream = Upstream::new("blocking.one").concurrency(Concurrency::new(1));

#[resilient(upstream = ONE)]
fn held(begun: &mpsc::Sender<()>, go_on: &Barrier) -> Result<(), Failure> {
    let _ = begun.send(());
    go_on.wait();
    Ok(())
}

#[resilient(upstream = ONE)]
fn next() -> Result<(), Failure> {
    Ok(())
}

#[resilient_runtime::test]
fn permit_is_waited_for_until_another_thread_returns_it() {
    let (begun, has_begun) = mpsc::channel();
    let go_on = Barrier::new(2);
    thread::scope(|scope| {
        let holder = scope.spawn(carried(|| held(&begun, &go_on)));
        has_begun.recv().unwrap();
        let waiter = scope.spawn(carried(next));
        while ONE.snapshot().waiting != Some(1) {
            thread::yield_now();
        }
        assert!(!waiter.is_finished());
        go_on.wait();
        holder.join().unwrap().unwrap();
        waiter.join().unwrap().unwrap();
    });
    assert_eq!(ONE.snapshot().counts.queued, 1);
}

#[resilient_runtime::test]
fn shutdown_wakes_a_thread_that_waits_for_its_retry() {
    #[resilient(backoff(kind = "fixed", initial = "1h", jitter = "none"))]
    fn waits(failed: &mpsc::Sender<()>) -> Result<(), Failure> {
        let _ = failed.send(());
        Err(Failure::of(Class::ServerError))
    }
    let (failed, has_failed) = mpsc::channel();
    let waiter = thread::spawn(carried(move || waits(&failed)));
    has_failed.recv().unwrap();
    shutdown();
    let failure = waiter.join().unwrap().unwrap_err();
    assert_eq!(failure.class(), Class::ServerError);
}

#[resilient(backoff(kind = "fixed", initial = "10s", jitter = "none"))]
async fn inside(attempts: &Counter) -> Result<u32, Failure> {
    match attempts.count() {
        1 => Err(Failure::of(Class::Connect)),
        attempt => Ok(attempt),
    }
}

#[test]
fn f382_runtime_that_a_blocking_body_drives_has_its_own_timers() {
    #[resilient]
    fn drives(attempts: &Counter) -> Result<(u32, Duration), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(isolated(async {
            let start = Instant::now();
            Ok((inside(attempts).await?, start.elapsed()))
        }))
    }
    assert_eq!(drives(&Counter::new()).unwrap(), (2, 10 * SECOND));
}

#[resilient_runtime::test]
fn f383_wake_up_of_an_outer_call_is_not_taken_by_the_call_inside_it() {
    // The body wakes its own task, as a release that comes while it runs would.
    let (send, receive) = mpsc::channel();
    let outer = block_on(async {
        let mut is_first = true;
        std::future::poll_fn(|cx| {
            if !std::mem::take(&mut is_first) {
                return std::task::Poll::Ready(7);
            }
            cx.waker().wake_by_ref();
            retried(&Counter::new()).unwrap();
            send.send(()).unwrap();
            std::task::Poll::Pending
        })
        .await
    });
    receive.recv().unwrap();
    assert_eq!(outer, 7);
}

#[test]
fn f384_call_in_a_task_whose_budget_is_used_up_does_not_spin() {
    static PACED: Upstream = Upstream::new("blocking.paced").requests_per_minute(60_000);
    #[resilient(upstream = PACED)]
    fn paced() -> Result<(), Failure> {
        Ok(())
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(async {
            // Uses up the cooperative budget of the task.
            let semaphore = tokio::sync::Semaphore::new(1);
            std::future::poll_fn(|cx| {
                for _ in 0..1_000 {
                    let mut permit = std::pin::pin!(semaphore.acquire());
                    if permit.as_mut().poll(cx).is_pending() {
                        return std::task::Poll::Ready(());
                    }
                }
                panic!("the budget has no end");
            })
            .await;
            for _ in 0..1_100 {
                paced().unwrap();
            }
        });
        task.await.unwrap();
    });
}
