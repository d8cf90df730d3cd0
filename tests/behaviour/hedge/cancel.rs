//! Cancellation, timeouts and panics at the moment a hedge is due.

use super::{ONCE, SECOND, after, hedged, through};
use futures::FutureExt as _;
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Class, Concurrency, Upstream,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future, pending},
    ops::ControlFlow,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use tokio::time::{advance, sleep};

fn poll_once(future: Pin<&mut impl Future<Output = Result<u32, Failure>>>) -> Option<u32> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result.unwrap()),
        Poll::Pending => None,
    }
}

/// The hedge is due at the moment the first run ends: there is one result, and no second run whose
/// result would be discarded.
#[tokio::test(start_paused = true)]
async fn f73_a_run_that_ends_as_the_hedge_is_due_is_the_only_one() {
    let hedge = Hedge::after(SECOND, 1);
    let counter = Counter::new();
    let mut call = pin!(hedged(&hedge, ONCE, async |run| {
        counter.count();
        after(SECOND, Ok(run)).await
    }));
    assert_eq!(poll_once(call.as_mut()), None);
    advance(SECOND).await;
    assert_eq!(poll_once(call.as_mut()), Some(1));
    assert_eq!(counter.get(), 1);
}

/// Cancelled at the moment at which the hedge is due, before or after the poll that starts it: no
/// run continues.
#[tokio::test(start_paused = true)]
async fn f73_a_call_cancelled_as_the_hedge_is_due_starts_none_and_leaves_none_behind() {
    struct Running<'a>(&'a Counter);
    impl Drop for Running<'_> {
        fn drop(&mut self) {
            self.0.count();
        }
    }
    for polled in [false, true] {
        let upstream = Upstream::new("f73")
            .policy(ONCE)
            .concurrency(Concurrency::new(4));
        let hedge = Hedge::after(SECOND, 1);
        let (started, dropped) = (Counter::new(), Counter::new());
        {
            let mut call = pin!(through(&upstream, &hedge, async |_| {
                started.count();
                let _running = Running(&dropped);
                pending().await
            }));
            assert_eq!(poll_once(call.as_mut()), None);
            advance(SECOND).await;
            if polled {
                assert_eq!(poll_once(call.as_mut()), None);
                assert_eq!(upstream.snapshot().in_use, Some(2));
            }
        }
        let runs = if polled { 2 } else { 1 };
        sleep(60 * SECOND).await;
        assert_eq!((started.get(), dropped.get()), (runs, runs));
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

/// The attempt's timeout expires at the moment at which the hedge is due.
#[tokio::test(start_paused = true)]
async fn f73_an_attempt_cut_as_the_hedge_is_due_keeps_no_run() {
    static SITE: CallSite = CallSite::new("cut");
    let upstream = Upstream::new("f73 cut").concurrency(Concurrency::new(4));
    let hedge = Hedge::after(SECOND, 1);
    let policy = ONCE.timeout(SECOND);
    let mut call = Plan::<Result<u32, Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let attempt = call.attempt_runs(hedge.race(extra, pending));
    let ControlFlow::Break(Err(error)) = attempt.await else {
        panic!("there is one attempt");
    };
    assert_eq!(error.class(), Class::Timeout);
    drop(call);
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

/// A task that is busy for longer than the attempt may take polls it when both its hedge and its
/// end are due: nothing more is sent.
#[tokio::test(start_paused = true)]
async fn f146_no_hedge_begins_after_the_end_of_its_attempt() {
    for (policy, class) in [
        (ONCE.timeout(5 * SECOND), Class::Timeout),
        (ONCE.no_timeout().deadline(5 * SECOND), Class::Deadline),
    ] {
        let hedge = Hedge::after(2 * SECOND, 1);
        let runs = Counter::new();
        let mut call = pin!(hedged(&hedge, policy, async |_| {
            runs.count();
            pending().await
        }));
        assert_eq!(poll_once(call.as_mut()), None);
        advance(10 * SECOND).await;
        assert_eq!(call.await.unwrap_err().class(), class);
        assert_eq!(runs.get(), 1, "{class}");
    }
}

/// A panic in a hedge leaves as little behind as one in the first run.
#[tokio::test(start_paused = true)]
async fn a_hedge_that_panics_takes_the_call_with_it_and_holds_nothing() {
    let upstream = Upstream::new("panics").concurrency(Concurrency::new(2));
    let hedge = Hedge::after(SECOND, 1);
    let call = through(&upstream, &hedge, async |run| {
        assert_eq!(run, 1, "from the body");
        pending().await
    });
    let call = std::panic::AssertUnwindSafe(call);
    assert!(call.catch_unwind().await.is_err());
    assert_eq!(upstream.snapshot().in_use, Some(0));
}
