//! No state is left behind by deferred retries that panic, are dropped, or are not polled.

use super::{Outcome, SECOND, Server, beside_a_hang, calls, fails, spend, steady, succeeded};
use futures::FutureExt as _;
use resilient_runtime::{GiveUp, Policy, ReleasedBy, Upstream, call};
use resilient_tests::{Counter, Failure, in_paused_time};
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn f12_a_panic_in_a_trial_leaves_nothing() {
    let upstream = Upstream::new("panic");
    spend(&upstream).await;
    let bad = async {
        let mut tries = 0;
        // The first retry that is due when the budget is empty.
        let policy = steady(Duration::from_millis(20));
        let call = call!(upstream = &upstream, policy = policy, async {
            tries += 1;
            assert_ne!(tries, 2, "in a trial");
            Err::<(), Failure>(Failure::status(503))
        });
        assert!(AssertUnwindSafe(call).catch_unwind().await.is_err());
    };
    let server = Server::bad_for(5 * SECOND);
    // Enough attempts that, even by chance, none runs out before the server recovers.
    let policy = Policy::new().attempts(10);
    let (outcomes, ()) = tokio::join!(calls(&upstream, 20, policy, &server), bad);
    assert_eq!(succeeded(&outcomes), 20);
    healthy_again(&upstream).await;
}

/// After a period with successes no trace of a failure is left: the balance is full, and no retry
/// waits.
async fn healthy_again(upstream: &Upstream) {
    sleep(5 * SECOND).await;
    for _ in 0..40 {
        let outcome: Outcome = call!(upstream = upstream, async { Ok(()) }).await;
        outcome.unwrap();
    }
    let snapshot = upstream.snapshot();
    assert!(
        (snapshot.budget - 20.0).abs() < f64::EPSILON,
        "{}",
        snapshot.budget
    );
    assert_eq!(snapshot.waiting_retries, 0);
    // A single call counts as alone: no other is in flight or unfinished.
    let (start, counter) = (Instant::now(), Counter::new());
    fails(upstream, steady(SECOND).attempts(8), &counter).await;
    assert_eq!((counter.get(), start.elapsed().as_secs()), (8, 7));
}

#[tokio::test(start_paused = true)]
async fn f03_a_waiting_call_dropped_at_any_poll_leaves_nothing() {
    for polls in 0..25 {
        let upstream = Upstream::new("cancelled");
        spend(&upstream).await;
        let (dropped, other) = (Counter::new(), Counter::new());
        beside_a_hang(&upstream, async {
            let next = fails(&upstream, steady(2 * SECOND).attempts(2), &other);
            let cancelled = async {
                let mut call = pin!(fails(&upstream, steady(SECOND), &dropped));
                for _ in 0..polls {
                    let mut cx = Context::from_waker(Waker::noop());
                    if call.as_mut().poll(&mut cx).is_ready() {
                        break;
                    }
                    sleep(Duration::from_millis(400)).await;
                }
            };
            let (error, ()) = tokio::join!(next, cancelled);
            assert_eq!(
                error.history().gave_up,
                Some(GiveUp::AttemptsUsedUp),
                "{polls}"
            );
        })
        .await;
        healthy_again(&upstream).await;
    }
}

/// A retry without a wait is let go when its attempt fails, and sent in the next poll.
#[tokio::test(start_paused = true)]
async fn a_call_dropped_between_the_release_of_a_retry_and_its_attempt_leaves_nothing() {
    async fn failing(policy: Policy, counter: &Counter) -> Result<(), Failure> {
        call!(policy, async {
            counter.count();
            Err(Failure::status(503))
        })
        .await
    }

    let dropped = Counter::new();
    for _ in 0..3 {
        let mut call = pin!(failing(steady(Duration::ZERO), &dropped));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!(dropped.get(), 3);
    sleep(5 * SECOND).await;
    // A single call counts as alone: no other is in flight or unfinished.
    let (start, counter) = (Instant::now(), Counter::new());
    let _ = failing(steady(SECOND).attempts(8), &counter).await;
    assert_eq!((counter.get(), start.elapsed().as_secs()), (8, 7));
}

/// As in a loop of `select!` with a slow handler: the head of the queue exists and is not polled.
#[tokio::test(start_paused = true)]
async fn f15_a_waiting_call_that_is_not_polled_does_not_hold_up_the_others() {
    let upstream = Upstream::new("not polled");
    spend(&upstream).await;
    beside_a_hang(&upstream, async {
        let stuck = Counter::new();
        let mut head: Pin<Box<dyn Future<Output = Failure>>> =
            Box::pin(fails(&upstream, steady(SECOND), &stuck));
        assert!(timeout(SECOND + SECOND / 100, head.as_mut()).await.is_err());
        assert_eq!(upstream.snapshot().waiting_retries, 1);
        let (start, counter) = (Instant::now(), Counter::new());
        let error = fails(&upstream, steady(SECOND).attempts(2), &counter).await;
        assert_eq!(error.history().gave_up, Some(GiveUp::AttemptsUsedUp));
        assert_eq!(
            error.history().attempts[0].released_by,
            Some(ReleasedBy::Trial)
        );
        assert!(start.elapsed() < 20 * SECOND, "{:?}", start.elapsed());
        drop(head);
    })
    .await;
    healthy_again(&upstream).await;
}

/// A waker that looks at the upstream when it is dropped, as one may that owns a whole task.
struct Looks(&'static Upstream);

impl Wake for Looks {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Looks {
    fn drop(&mut self) {
        assert!(self.0.snapshot().budget < 20.0);
    }
}

#[tokio::test(start_paused = true)]
async fn f148_a_waker_whose_destructor_uses_the_upstream_of_a_deferred_retry_does_no_harm() {
    static UPSTREAM: Upstream = Upstream::new("wakers");
    spend(&UPSTREAM).await;
    beside_a_hang(&UPSTREAM, async {
        let counter = Counter::new();
        let mut call: Pin<Box<dyn Future<Output = Failure>>> =
            Box::pin(fails(&UPSTREAM, steady(SECOND), &counter));
        assert!(timeout(SECOND + SECOND / 100, call.as_mut()).await.is_err());
        assert_eq!(UPSTREAM.snapshot().waiting_retries, 1);
        for _ in 0..3 {
            let waker = Waker::from(Arc::new(Looks(&UPSTREAM)));
            let polled = call.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        drop(call);
        assert_eq!(UPSTREAM.snapshot().waiting_retries, 0);
    })
    .await;
    healthy_again(&UPSTREAM).await;
}

/// Each runtime with paused time has its own clock: the second one is a day behind.
#[test]
fn f09_a_clock_that_goes_back_holds_nobody_up() {
    static UPSTREAM: Upstream = Upstream::new("clocks");
    let run = |ahead: Duration| {
        in_paused_time(async {
            sleep(ahead).await;
            let start = Instant::now();
            let server = Server::bad_for(2 * SECOND);
            let outcomes = calls(&UPSTREAM, 200, Policy::new(), &server).await;
            assert_eq!(succeeded(&outcomes), 200);
            assert!(start.elapsed() < 30 * SECOND, "{:?}", start.elapsed());
        });
    };
    run(86_400 * SECOND);
    run(Duration::ZERO);
    run(3_600 * SECOND);
}
