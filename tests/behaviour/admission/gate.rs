//! The gate (shared pause): its events, and opening it by hand.

use super::{ONCE, Outcome, SECOND, taking};
use resilient_runtime::{Classification, ServerWait, Upstream, WaitOrigin, call};
use resilient_tests::Recorder;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn a_gate_that_closes_is_an_event_and_so_is_each_call_that_it_holds_back() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").gate(true);
    let wait = ServerWait::new(10 * SECOND, WaitOrigin::RetryAfter);
    for _ in 0..2 {
        let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            Err(Classification::of_status(429).wait(wait).into())
        })
        .await;
        result.unwrap_err();
    }
    let closed = recorder.of("gate closed");
    assert_eq!(closed.len(), 2);
    assert_eq!(
        (closed[0].level, closed[0].field("pause")),
        (Level::WARN, "10s")
    );
    assert_eq!(recorder.of("queued")[0].field("waits_for"), "gate");
    assert_eq!(recorder.of("admitted").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn release_opens_the_gate_for_waiting_calls() {
    let upstream = Upstream::new("gate").gate(true);
    let wait = ServerWait::new(50 * SECOND, WaitOrigin::RetryAfter);
    let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        Err(Classification::of_status(429).wait(wait).into())
    })
    .await;
    result.unwrap_err();
    let start = Instant::now();
    let opens = async {
        sleep(SECOND).await;
        upstream.release();
    };
    let (waited, ()) = tokio::join!(taking(&upstream, ONCE, Duration::ZERO), opens);
    waited.unwrap();
    assert_eq!(start.elapsed(), SECOND);
}
