//! A shutdown at the moment at which a call begins to wait, is admitted, or is dropped.

use super::{SECOND, SLOW, is_cancelled};
use futures::FutureExt as _;
use resilient_runtime::{
    Backoff, Concurrency, GiveUp, Jitter, Policy, Upstream, call, is_shut_down, shutdown,
    testing::{Step, record, spawn},
};
use resilient_tests::{Counter, Failure, Recorder};
use std::{
    pin::{Pin, pin},
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// A retry without a wait is let go with its decision: it begins at the next poll.
#[resilient_runtime::test]
async fn f172_a_retry_without_a_wait_is_not_made_after_a_shutdown() {
    let upstream = Upstream::new("at once").concurrency(Concurrency::new(1));
    let policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));
    let counter = Counter::new();
    let body = async || {
        counter.count();
        Err::<(), Failure>(Failure::status(500))
    };
    let mut direct = pin!(policy.call("direct").run(body));
    let mut through = pin!(upstream.call("through").policy(&policy).run(body));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(direct.as_mut().poll(&mut cx).is_pending());
    assert!(through.as_mut().poll(&mut cx).is_pending());
    shutdown();
    for call in [direct as Pin<&mut dyn Future<Output = _>>, through] {
        let result: Result<(), Failure> = call.await;
        assert_eq!(
            result.unwrap_err().history().gave_up,
            Some(GiveUp::ShutDown)
        );
    }
    assert_eq!(counter.get(), 2);
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

/// The shutdown comes after the call has looked for one, and before it waits.
#[resilient_runtime::test(start_paused = true)]
async fn f168_a_shutdown_as_a_call_begins_to_wait_is_not_missed() {
    let (_, _recording) = Recorder::start_with(|heard| {
        if heard.message == "queued" {
            shutdown();
        }
    });
    let upstream = Upstream::new("begins").concurrency(Concurrency::new(1));
    let takes = call!(upstream = &upstream, async {
        sleep(50 * SECOND).await;
        Ok::<(), Failure>(())
    });
    let start = Instant::now();
    let waits = async {
        let result = call!(upstream = &upstream, async { Ok::<(), Failure>(()) }).await;
        (result, start.elapsed())
    };
    let (taken, (refused, after)) = tokio::join!(takes, waits);
    assert!(taken.is_ok());
    is_cancelled(&refused.unwrap_err());
    assert_eq!(after, Duration::ZERO);
}

/// The shutdown comes when the retry has its permit: it is in flight.
#[resilient_runtime::test(start_paused = true)]
async fn f159_a_retry_that_is_admitted_as_the_process_shuts_down_keeps_no_permit() {
    let (_, _recording) = Recorder::start_with(|heard| {
        if heard.message == "admitted" {
            shutdown();
        }
    });
    let upstream = Upstream::new("admitted").concurrency(Concurrency::new(1));
    let backoff = Backoff::fixed(SECOND).jitter(Jitter::None);
    let policy = Policy::new().backoff(backoff);
    let counter = Counter::new();
    let retries = call!(upstream = &upstream, policy = policy, async {
        match counter.count() {
            1 => Err(Failure::status(500)),
            n => Ok(n),
        }
    });
    let takes = async {
        sleep(SECOND / 2).await;
        call!(upstream = &upstream, async {
            sleep(5 * SECOND).await;
            Ok::<(), Failure>(())
        })
        .await
    };
    let (retried, taken) = tokio::join!(retries, takes);
    assert_eq!((retried.unwrap(), taken.is_ok()), (2, true));
    assert!(is_shut_down());
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

#[resilient_runtime::test(start_paused = true)]
async fn f169_a_dropped_call_is_not_counted_among_those_that_wait() {
    let fails = || call!(SLOW, async { Err::<(), Failure>(Failure::status(500)) });
    assert!(fails().now_or_never().is_none());
    let waiting = spawn(fails());
    sleep(SECOND).await;
    let ((), trace) = record(async { shutdown() }).await;
    assert_eq!(trace.steps().collect::<Vec<_>>(), [&Step::ShuttingDown(1)]);
    assert!(waiting.await.unwrap().is_err());
    // A second one changes nothing.
    let ((), trace) = record(async { shutdown() }).await;
    assert_eq!(trace.steps().count(), 0);
}
