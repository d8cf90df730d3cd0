//! Events of calls that wait for a limit, and of limits that change.

use super::{ONCE, Outcome, SECOND, said, taking};
use futures::future::join_all;
use resilient_runtime::{
    Classification, Concurrency, ServerLimits, Upstream, call, record_server_limits,
};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;
use tokio::time::sleep;
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_limit_is_reported_and_counted_once_a_call() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("busy")
        .concurrency(Concurrency::new(1))
        .requests_per_minute(60);
    let calls = join_all((0..3).map(|_| taking(&upstream, ONCE, SECOND / 10)));
    for outcome in calls.await {
        outcome.unwrap();
    }
    let queued = recorder.of("queued");
    let admitted = recorder.of("admitted");
    assert_eq!((queued.len(), admitted.len()), (2, 2));
    for event in queued.iter().chain(&admitted) {
        assert_eq!(event.level, Level::INFO);
        assert_eq!(event.field("upstream"), "busy");
        assert_eq!(event.field("waits_for"), "concurrency");
    }
    assert_eq!(admitted[0].field("waited"), "1s");
    assert_eq!(upstream.snapshot().counts.queued, 2);
}

#[tokio::test(start_paused = true)]
async fn queued_event_names_the_limit_that_is_waited_for() {
    let (recorder, _guard) = Recorder::start();
    let requests = Upstream::new("requests").requests_per_minute(60);
    let tokens = Upstream::new("tokens").tokens_per_minute(60);
    for _ in 0..2 {
        taking(&requests, ONCE, Duration::ZERO).await.unwrap();
        let outcome: Outcome = call!(upstream = &tokens, cost = 60, policy = ONCE, async {
            Ok(())
        })
        .await;
        outcome.unwrap();
    }
    let named: Vec<_> = recorder
        .of("queued")
        .iter()
        .map(|event| event.field("waits_for").to_owned())
        .collect();
    assert_eq!(named, ["requests", "tokens"]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_headers_lower_and_restore_is_an_event_each_time_it_changes() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    for limit in [30_000, 30_000, 90_000, 60_000] {
        let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            record_server_limits(&said(limit));
            Ok(())
        })
        .await;
        outcome.unwrap();
    }
    let [lowered] = &recorder.of("limit lowered")[..] else {
        panic!("{:?}", recorder.messages());
    };
    assert_eq!(lowered.level, Level::WARN);
    assert_eq!(lowered.field("upstream"), "api");
    assert_eq!(lowered.field("limit"), "tokens");
    assert_eq!(
        (lowered.field("from"), lowered.field("to")),
        ("60000/min", "30000/min")
    );
    let [restored] = &recorder.of("limit restored")[..] else {
        panic!("{:?}", recorder.messages());
    };
    assert_eq!(restored.level, Level::INFO);
    assert_eq!(restored.field("to"), "60000/min");
}

/// Seven tenths of the limit, rounded down.
#[tokio::test(start_paused = true)]
async fn a_refusal_without_headers_lowers_the_limit_and_says_so() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").requests_per_minute(600);
    let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        Err(Failure::from(Classification::of_status(429)))
    })
    .await;
    result.unwrap_err();
    let lowered = recorder.of("limit lowered");
    assert_eq!(lowered[0].field("from"), "600/min");
    assert_eq!(lowered[0].field("to"), "419/min");
}

async fn sends(upstream: &Upstream, said: Option<ServerLimits>) {
    let outcome: Outcome = call!(upstream = upstream, policy = ONCE, async {
        if let Some(said) = said {
            record_server_limits(&said);
        }
        Ok(())
    })
    .await;
    outcome.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_servers_limit_is_an_event_of_the_next_call_once() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    for round in 1..=2 {
        sends(&upstream, Some(said(30_000))).await;
        sends(&upstream, None).await;
        assert_eq!(recorder.of("limit lowered").len(), round);
        assert_eq!(recorder.of("limit restored").len(), round - 1);
        sleep(61 * SECOND).await;
        for _ in 0..3 {
            sends(&upstream, None).await;
        }
        let restored = recorder.of("limit restored");
        assert_eq!(restored.len(), round, "{:?}", recorder.messages());
        let restored = &restored[round - 1];
        assert_eq!(restored.level, Level::INFO);
        assert_eq!(restored.field("upstream"), "api");
        assert_eq!(restored.field("limit"), "tokens");
        assert_eq!(
            (restored.field("from"), restored.field("to")),
            ("30000/min", "60000/min")
        );
    }
    // The call that reports it does not wait.
    assert!(recorder.of("queued").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_recovery_from_refusals_without_headers_is_an_event() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").requests_per_minute(600);
    let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        Err(Failure::from(Classification::of_status(429)))
    })
    .await;
    result.unwrap_err();
    for seconds in [15, 16] {
        sleep(seconds * SECOND).await;
        sends(&upstream, None).await;
        sends(&upstream, None).await;
        let restored = recorder.of("limit restored").len();
        assert_eq!(restored, usize::from(seconds == 16));
    }
    let restored = &recorder.of("limit restored")[0];
    assert_eq!(restored.field("limit"), "requests");
    assert_eq!(
        (restored.field("from"), restored.field("to")),
        ("419/min", "600/min")
    );
}

#[tokio::test(start_paused = true)]
async fn a_servers_limit_that_goes_on_is_not_an_event_again() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let first = async {
        let policy = ONCE.no_timeout();
        let outcome: Outcome = call!(upstream = &upstream, policy = policy, async {
            sleep(61 * SECOND).await;
            record_server_limits(&said(30_000));
            Ok(())
        })
        .await;
        outcome.unwrap();
    };
    // The response confirms the limit before any call has noticed its end.
    tokio::join!(first, sends(&upstream, Some(said(30_000))));
    sends(&upstream, None).await;
    assert_eq!(recorder.of("limit lowered").len(), 1);
    assert!(recorder.of("limit restored").is_empty());
}
