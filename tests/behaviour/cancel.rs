//! Dropped calls, and panics in the body.

use futures::FutureExt as _;
use resilient_runtime::{Class, Policy, call};
use resilient_tests::{Counter, Failure, Recorder};
use std::{
    future::{Future, pending},
    panic::AssertUnwindSafe,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn f28_a_dropped_call_makes_no_further_attempt() {
    for leave_after in [Duration::from_millis(500), Duration::from_millis(1_200)] {
        let counter = Counter::new();
        // An attempt takes a second; the first wait is at most one.
        let call = call!(Policy::new(), async {
            counter.count();
            sleep(Duration::from_secs(1)).await;
            Err::<(), Failure>(Failure::status(500))
        });
        assert!(timeout(leave_after, call).await.is_err());
        let before = counter.get();
        sleep(Duration::from_secs(3_600)).await;
        assert_eq!(counter.get(), before);
    }
}

/// Polls a call with attempts, waits and an inner call `polls` times and drops it. Later calls on
/// this thread are not affected.
#[tokio::test(start_paused = true)]
async fn a_call_dropped_at_any_await_leaves_nothing_behind() {
    for polls in 0..30 {
        {
            let outer = Policy::new().attempts(3).deadline(Duration::from_secs(30));
            let mut call = pin!(call!(outer, async {
                sleep(Duration::from_millis(10)).await;
                let inner = Policy::new().attempts(2);
                let result = call!(inner, async { Err::<(), Failure>(Failure::status(500)) });
                result.await.map_err(|error| Failure {
                    history: None,
                    ..error
                })
            }));
            for _ in 0..polls {
                let mut cx = Context::from_waker(Waker::noop());
                if call.as_mut().poll(&mut cx).is_ready() {
                    break;
                }
                tokio::time::advance(Duration::from_millis(300)).await;
            }
        }
        // With the deadline of the dropped outer call, this call could not wait an hour. With its
        // note that retries are used up, it would not retry.
        let start = Instant::now();
        let counter = Counter::new();
        let result: Result<u32, Failure> = call!(Policy::new().no_timeout(), async {
            match counter.count() {
                1 => Err(Failure::status(500)),
                _ => {
                    sleep(Duration::from_secs(3_600)).await;
                    Ok(1)
                }
            }
        })
        .await;
        assert_eq!(result.unwrap(), 1, "after {polls} polls");
        assert!(start.elapsed() >= Duration::from_secs(3_600));
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_goes_through_unchanged_and_leaves_nothing_behind() {
    let counter = Counter::new();
    let call = call!(Policy::new().deadline(Duration::from_secs(1)), async {
        counter.count();
        sleep(Duration::from_millis(1)).await;
        assert!(counter.get() > 1, "from the body");
        Ok::<(), Failure>(())
    });
    let panic = AssertUnwindSafe(call).catch_unwind().await.unwrap_err();
    assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "from the body");
    assert_eq!(counter.get(), 1);
    // The deadline of the call that panicked no longer applies.
    let policy = Policy::new().no_timeout();
    let answer: Result<u32, Failure> = call!(policy, async {
        sleep(Duration::from_secs(60)).await;
        Ok(1)
    })
    .await;
    assert_eq!(answer.unwrap(), 1);
}

/// F47: polling a finished call panics with a message, as with every async block.
#[tokio::test(start_paused = true)]
async fn f47_a_finished_call_that_is_polled_again_panics_as_an_async_block_does() {
    let counter = Counter::new();
    let mut call = Box::pin(call!(Policy::new(), async {
        counter.count();
        Ok::<(), Failure>(())
    }));
    call.as_mut().await.unwrap();
    let again = AssertUnwindSafe(call.as_mut())
        .catch_unwind()
        .await
        .unwrap_err();
    assert!(
        again
            .downcast_ref::<&str>()
            .unwrap()
            .contains("resumed after completion")
    );
    assert_eq!(counter.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_an_event_and_a_finished_one_is_not() {
    let (recorder, _guard) = Recorder::start();
    let call = call!(Policy::new(), async {
        pending::<Result<(), Failure>>().await
    });
    assert!(timeout(Duration::from_secs(1), call).await.is_err());
    let [cancelled] = &recorder.of("cancelled")[..] else {
        panic!("{:?}", recorder.messages())
    };
    assert_eq!(
        (cancelled.field("attempt"), cancelled.field("elapsed")),
        ("1", "1s")
    );

    let result: Result<(), Failure> =
        call!(Policy::new(), async { Err(Failure::of(Class::Decode)) }).await;
    result.unwrap_err();
    assert_eq!(recorder.of("cancelled").len(), 1);
}
