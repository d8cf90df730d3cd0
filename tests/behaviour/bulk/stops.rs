//! The rules by which a run stops.

use super::Failure;
use resilient_runtime::{
    Breaker, Class, Tokens, Upstream,
    bulk::{Bulk, Stop},
    record_tokens, resilient, shutdown,
    testing::{Step, record},
};
use resilient_tests::Recorder;
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep};
use tracing::Level;

#[resilient]
async fn fail(class: Class) -> Result<(), Failure> {
    sleep(Duration::from_millis(100)).await;
    Err(Failure(class))
}

#[resilient_runtime::test(start_paused = true)]
async fn f278_a_revoked_key_does_not_fail_ten_thousand_times() {
    let done = Bulk::new(0..10_000)
        .concurrency(8)
        .run(async |_| fail(Class::Authentication).await)
        .collect()
        .await;
    assert!(done.results.len() < 20, "{}", done.results.len());
    assert_eq!(done.results.len() + done.rest.count(), 10_000);
    let stop = done.stopped.unwrap();
    assert!(matches!(
        stop,
        Stop::Refused {
            class: Class::Authentication,
            in_a_row: 5,
            ..
        }
    ));
    assert_eq!(
        stop.to_string(),
        "stopped: 5 items in a row failed, the last one with authentication; check the key and how \
         it is passed; rotate it if it was exposed"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn only_failures_that_concern_all_items_stop_a_run() {
    #[resilient(attempts = 1)]
    async fn fail(class: Class) -> Result<(), Failure> {
        Err(Failure(class))
    }
    for class in Class::ALL {
        let stops = matches!(
            class,
            Class::Authentication
                | Class::Permission
                | Class::QuotaExhausted
                | Class::CircuitOpen
                | Class::Throttled
                | Class::AtCapacity
                | Class::CapReached
                | Class::Cancelled
        );
        let done = Bulk::new(0..50)
            .run(async |_| fail(*class).await)
            .collect()
            .await;
        assert_eq!(done.stopped.is_some(), stops, "{class:?}");
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn a_success_between_refusals_lets_a_run_go_on() {
    let begin = async |number: u32| {
        if number % 4 == 0 {
            Ok(())
        } else {
            fail(Class::Permission).await
        }
    };
    let done = Bulk::new(0..400).concurrency(1).run(begin).collect().await;
    assert_eq!((done.results.len(), done.stopped), (400, None));
    let never = Bulk::new(0..400)
        .max_refusals(usize::MAX)
        .run(async |_| fail(Class::Permission).await);
    assert_eq!(never.collect().await.stopped, None);
}

#[resilient_runtime::test(start_paused = true)]
async fn f282_a_run_that_stops_finishes_what_is_in_flight_and_gives_back_the_rest() {
    let begin = async |number: u32| {
        sleep(Duration::from_secs(u64::from(number % 7))).await;
        if number % 10 == 9 {
            Err(number)
        } else {
            Ok(number)
        }
    };
    let done = Bulk::new(0..1_000)
        .concurrency(20)
        .max_failures(3)
        .run(begin)
        .collect()
        .await;
    assert!(matches!(
        done.stopped,
        Some(Stop::Failures { failed: 3, .. })
    ));
    let begun = done.results.len();
    let indices: Vec<_> = done.results.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, (0..begun).collect::<Vec<_>>());
    let rest: Vec<_> = done.rest.collect();
    assert_eq!(rest.first().map(|(index, _)| *index), Some(begun));
    assert_eq!(begun + rest.len(), 1_000);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_budget_of_tokens_stops_a_run() {
    static API: Upstream = Upstream::new("budget of a run");
    #[resilient(upstream = API)]
    async fn ask() -> Result<(), Failure> {
        sleep(Duration::from_millis(10)).await;
        record_tokens(Tokens {
            input: 90,
            output: 10,
        });
        Ok(())
    }
    let done = Bulk::new(0..1_000)
        .concurrency(5)
        .max_tokens(5_000)
        .run(async |_| ask().await)
        .collect()
        .await;
    let begun = done.results.len();
    assert!((50..=55).contains(&begun), "{begun}");
    let stop = done.stopped.unwrap();
    assert!(matches!(stop, Stop::Tokens { .. }));
    assert!(
        stop.to_string().ends_with("or raise `max_tokens`"),
        "{stop}"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_future_stops_a_run_at_its_time_and_every_result_is_handed_on() {
    let start = Instant::now();
    let mut reports = Vec::new();
    let done = Bulk::new(0..)
        .concurrency(10)
        .stop_when(sleep(Duration::from_millis(10_500)))
        .progress(|progress| reports.push(progress.clone()))
        .run(async |number: u32| {
            sleep(Duration::from_secs(1)).await;
            Ok::<_, Infallible>(number)
        })
        .collect()
        .await;
    assert_eq!(start.elapsed(), Duration::from_secs(11));
    assert_eq!(done.stopped, Some(Stop::Requested));
    assert_eq!(done.results.len(), 110);
    let mut rest = done.rest;
    assert_eq!(rest.next(), Some((110, 110)));
    let stopped = reports.iter().find(|it| it.stopped.is_some()).unwrap();
    assert!(stopped.time_left.unwrap() <= Duration::from_secs(2));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_run_that_is_stopped_by_hand_ends_with_what_is_in_flight() {
    let mut run = Bulk::new(0..100).concurrency(10).run(async |number: u64| {
        sleep(Duration::from_millis(number)).await;
        Ok::<_, Infallible>(number)
    });
    assert!(run.next().await.is_some());
    run.stop();
    let mut ended = 1;
    while run.next().await.is_some() {
        ended += 1;
    }
    assert_eq!(run.stopped(), Some(&Stop::Requested));
    assert_eq!(ended + run.into_rest().count(), 100);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_stop_after_the_last_item_was_begun_is_none() {
    let mut run = Bulk::new(0..3).run(async |number: u64| {
        sleep(Duration::from_millis(number + 1)).await;
        Ok::<_, Infallible>(number)
    });
    assert!(run.next().await.is_some());
    run.stop();
    let stops = Bulk::new(0..3).stop_when(sleep(Duration::from_millis(1)));
    let done = stops
        .run(async |_| fail(Class::Authentication).await)
        .collect()
        .await;
    assert_eq!((run.stopped(), done.stopped), (None, None));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_shutdown_stops_a_run_and_ends_its_waits() {
    #[resilient(attempts = 9, backoff(kind = "fixed", initial = "1h", jitter = "none"))]
    async fn ask(number: u32) -> Result<(), Failure> {
        sleep(Duration::from_secs(1)).await;
        if number == 0 {
            Err(Failure(Class::Network))
        } else {
            Ok(())
        }
    }
    let start = Instant::now();
    let run = Bulk::new(0..1_000).concurrency(10).run(ask).collect();
    let stop = async {
        sleep(Duration::from_millis(4_500)).await;
        shutdown();
    };
    let (done, ()) = tokio::join!(run, stop);
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    assert_eq!(done.stopped, Some(Stop::ShutDown));
    assert_eq!(
        done.results
            .iter()
            .filter(|(_, result)| result.is_err())
            .count(),
        1
    );
    assert_eq!(done.results.len() + done.rest.count(), 1_000);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_exhausted_quota_stops_a_run_whose_breaker_it_opens() {
    static API: Upstream = Upstream::new("quota of a run").breaker(Breaker::new());
    #[resilient(upstream = API)]
    async fn ask() -> Result<(), Failure> {
        sleep(Duration::from_millis(100)).await;
        Err(Failure(Class::QuotaExhausted))
    }
    let start = Instant::now();
    let done = Bulk::new(0..10_000)
        .run(async |_| ask().await)
        .collect()
        .await;
    assert!(matches!(done.stopped, Some(Stop::Refused { .. })));
    assert!(done.results.len() < 600, "{}", done.results.len());
    // The second one begins while the circuit is open.
    let second = Bulk::new(done.rest)
        .run(async |_| ask().await)
        .collect()
        .await;
    let stop = second.stopped.unwrap();
    assert!(matches!(
        stop,
        Stop::Refused {
            class: Class::CircuitOpen,
            in_a_row: 5,
            ..
        }
    ));
    assert_eq!(start.elapsed(), Duration::from_millis(100));
}

#[resilient_runtime::test]
async fn a_stop_is_told_by_one_event_with_its_reason_and_advice() {
    let (recorder, _recording) = Recorder::start();
    let steps = record(async {
        let run = Bulk::new(0..100)
            .concurrency(4)
            .max_failures(3)
            .run(async |number| {
                tokio::task::yield_now().await;
                Err::<u32, u32>(number)
            });
        assert!(run.collect().await.stopped.is_some());
        let mut stopped = Bulk::new(0..100).run(async |number| Ok::<u32, u32>(number));
        stopped.stop();
        assert_eq!(stopped.next().await, None);
        let all = Bulk::new(0..100).run(async |number| Ok::<u32, u32>(number));
        assert_eq!(all.collect().await.stopped, None);
    });
    let ((), steps) = steps.await;
    let stop = |reason| Step::BulkStopped(reason);
    let steps: Vec<_> = steps.steps().cloned().collect();
    assert_eq!(steps, [stop("failures"), stop("requested")]);
    let events = recorder.events();
    let told: Vec<_> = events
        .iter()
        .filter(|it| it.message == "bulk stopped")
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].level, told[1].level), (Level::WARN, Level::INFO));
    assert_eq!(
        (told[0].field("ended"), told[0].field("failed")),
        ("4", "4")
    );
    assert!(told[0].field("advice").contains("raise `max_failures`"));
}
