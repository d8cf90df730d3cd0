//! The timeout of an attempt.

use super::{SECOND, fixed};
use resilient_runtime::{Class, call};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future as _, pending, poll_fn},
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f62_the_old_attempt_is_gone_before_the_next_begins() {
    struct InFlight<'a>(&'a AtomicU32);
    impl Drop for InFlight<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let (in_flight, counter) = (AtomicU32::new(0), Counter::new());
    let policy = fixed(3).timeout(SECOND / 10);
    let result: Result<(), Failure> = call!(&policy, async {
        counter.count();
        assert_eq!(in_flight.fetch_add(1, Ordering::SeqCst), 0);
        let _in_flight = InFlight(&in_flight);
        pending().await
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
    assert_eq!((counter.get(), in_flight.load(Ordering::SeqCst)), (3, 0));
}

/// The resources of an attempt (a permit, a connection) are free during the wait after it.
#[tokio::test(start_paused = true)]
async fn f44_nothing_of_an_attempt_is_held_over_the_wait() {
    let permits = tokio::sync::Semaphore::new(1);
    let mut call = pin!(call!(fixed(2), async {
        let _permit = permits.acquire().await;
        Err::<(), Failure>(Failure::status(500))
    }));
    assert!(futures::poll!(&mut call).is_pending());
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_counts_from_the_attempts_own_start() {
    let start = Instant::now();
    let policy = fixed(2).timeout(3 * SECOND);
    let counter = Counter::new();
    let result: Result<u32, Failure> = call!(&policy, async {
        let attempt = counter.count();
        sleep(if attempt == 1 { 4 * SECOND } else { 2 * SECOND }).await;
        Ok(attempt)
    })
    .await;
    assert_eq!(result.unwrap(), 2);
    assert_eq!(start.elapsed(), (3 + 1 + 2) * SECOND);
}

/// A body that is always ready, and uses up the task's budget in every poll.
#[tokio::test(start_paused = true)]
async fn a_body_that_hogs_the_task_is_cut_all_the_same() {
    let policy = fixed(1).timeout(SECOND);
    let counter = Counter::new();
    let result: Result<(), Failure> = call!(&policy, async {
        poll_fn(|cx| {
            assert!(counter.count() < 10_000, "never cut");
            let _: Poll<()> = pin!(tokio::time::advance(Duration::from_millis(1))).poll(cx);
            while tokio::task::coop::has_budget_remaining() {
                let _: Poll<()> = pin!(tokio::task::consume_budget()).poll(cx);
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
}
