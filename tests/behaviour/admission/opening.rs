//! The circuit opens, closes or is isolated by hand while calls wait for something else.

use super::{BREAKER, ONCE, Outcome, PATIENT, SECOND, failing, taking};
use futures::future::join_all;
use resilient_runtime::{
    Breaker, BreakerState, Class, Concurrency, GiveUp, Policy, Rate, Upstream, call,
};
use resilient_tests::Failure;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_secs(60 * 60);

const SLOW: Policy = ONCE.timeout(HOUR);

/// Each upstream admits one call at once, and the others have to wait for long.
fn narrow() -> [Upstream; 3] {
    let hourly = Rate::new(1, HOUR);
    [
        Upstream::new("permits").concurrency(Concurrency::new(1)),
        Upstream::new("requests").requests(hourly),
        Upstream::new("tokens").tokens(hourly),
    ]
}

/// Calls that wait behind one that takes ten minutes.
async fn queued(upstream: &Upstream) -> Vec<Failure> {
    let calls = (0..50).map(|_| async {
        let outcome: Outcome = call!(upstream = upstream, cost = 1, policy = SLOW, async {
            sleep(600 * SECOND).await;
            Ok(())
        })
        .await;
        outcome.err()
    });
    join_all(calls).await.into_iter().flatten().collect()
}

/// All calls but the one in flight are refused, when the circuit opens after a second.
async fn are_refused_at_once(upstream: &Upstream, opens: impl Future) {
    let start = Instant::now();
    let opened = async {
        sleep(SECOND).await;
        opens.await;
    };
    let (failures, ()) = tokio::join!(queued(upstream), opened);
    assert_eq!(failures.len(), 49);
    for failure in failures {
        assert_eq!(failure.class(), Class::CircuitOpen);
        assert_eq!(failure.history().elapsed, SECOND, "{}", upstream.name());
    }
    assert_eq!(start.elapsed(), 600 * SECOND);
    assert_eq!(upstream.snapshot().waiting.unwrap_or(0), 0);
}

#[tokio::test(start_paused = true)]
async fn f186_calls_that_wait_for_a_limit_are_refused_as_soon_as_the_breaker_is_isolated() {
    for upstream in narrow() {
        let upstream = upstream.breaker(BREAKER);
        are_refused_at_once(&upstream, async { upstream.isolate() }).await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_a_limit_are_refused_as_soon_as_the_breaker_opens() {
    // A call that does not wait for a permit fails: another server of the same upstream.
    let upstream = Upstream::new("opens")
        .breaker(BREAKER)
        .concurrency(Concurrency::new(2));
    let start = Instant::now();
    let fails = async {
        let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            Err(Failure::status(500))
        })
        .await;
        assert_eq!(outcome.unwrap_err().class(), Class::ServerError);
    };
    let ((), failures) = tokio::join!(fails, queued(&upstream));
    assert_eq!(failures.len(), 49);
    for failure in failures {
        assert_eq!(failure.class(), Class::CircuitOpen);
        assert_eq!(failure.history().elapsed, SECOND);
    }
    assert_eq!(start.elapsed(), 600 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_limit_and_for_the_breaker_is_sent_when_both_let_it_through() {
    let upstream = Upstream::new("both")
        .breaker(BREAKER)
        .concurrency(Concurrency::new(1));
    let start = Instant::now();
    let fails = async {
        let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            Err(Failure::status(500))
        })
        .await;
        assert!(outcome.is_err());
    };
    let ((), waited) = tokio::join!(fails, taking(&upstream, PATIENT, SECOND));
    waited.unwrap();
    assert!(start.elapsed() >= 12 * SECOND, "{:?}", start.elapsed());
    assert!(start.elapsed() <= 14 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn f187_calls_that_wait_for_the_breaker_are_sent_at_the_end_of_a_shortened_break() {
    let grows = Breaker::new()
        .consecutive(1)
        .break_duration(10 * SECOND)
        .max_break_duration(1_000 * SECOND)
        .factor(100.0)
        .half_open_probes(2);
    let upstream = Upstream::new("shortened").breaker(grows);
    failing(&upstream).await;
    sleep(10 * SECOND).await;
    let start = Instant::now();
    let opens = async {
        sleep(SECOND).await;
        failing(&upstream).await;
        taking(&upstream, PATIENT, Duration::ZERO).await.unwrap();
        // Ten seconds of break, and up to one that spreads the calls.
        assert!(start.elapsed() >= 11 * SECOND, "{:?}", start.elapsed());
        assert!(start.elapsed() <= 12 * SECOND, "{:?}", start.elapsed());
    };
    let (slow, ()) = tokio::join!(taking(&upstream, ONCE, 2 * SECOND), opens);
    slow.unwrap();
}

#[tokio::test(start_paused = true)]
async fn f188_an_upstream_without_a_breaker_is_isolated_and_released() {
    for upstream in narrow() {
        are_refused_at_once(&upstream, async {
            upstream.isolate();
            assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Isolated));
            let new = taking(&upstream, PATIENT, SECOND).await;
            assert_eq!(new.unwrap_err().class(), Class::CircuitOpen);
        })
        .await;
        upstream.release();
        assert_eq!(upstream.snapshot().breaker, None);
        sleep(2 * HOUR).await;
        taking(&upstream, ONCE, SECOND).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn f188_a_retry_through_an_isolated_upstream_without_a_breaker_is_refused_at_once() {
    let upstream = Upstream::new("retry");
    let start = Instant::now();
    let outcome: Outcome = call!(upstream = &upstream, async {
        upstream.isolate();
        Err(Failure::status(503))
    })
    .await;
    let failure = outcome.unwrap_err();
    assert_eq!(failure.class(), Class::Overloaded);
    let gave_up = failure.history().gave_up;
    assert!(
        matches!(gave_up, Some(GiveUp::Refused { .. })),
        "{gave_up:?}"
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn f193_a_key_that_is_new_while_the_upstream_is_isolated_is_isolated_too() {
    let upstream = Upstream::new("tenants").breaker(BREAKER);
    let call = async |key: &str| -> Outcome {
        call!(upstream = &upstream, key = key, policy = ONCE, async {
            Ok(())
        })
        .await
    };
    call("old").await.unwrap();
    upstream.isolate();
    for key in ["old", "new"] {
        assert_eq!(call(key).await.unwrap_err().class(), Class::CircuitOpen);
    }
    upstream.release();
    for key in ["old", "new", "later"] {
        call(key).await.unwrap();
    }
}
