//! Events of the attempts of a call.

use super::fixed;
use resilient_runtime::{Class, Classification, ServerWait, WaitOrigin, call};
use resilient_tests::{Counter, Failure, Recorder};
use std::time::Duration;
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn events_of_a_failed_attempt_have_all_fields() {
    let (recorder, _guard) = Recorder::start();
    let counter = Counter::new();
    let failure = || {
        Classification::of_status(429)
            .wait(ServerWait::new(
                Duration::from_secs(5),
                WaitOrigin::RetryAfter,
            ))
            .code("rate_limit_exceeded")
            .message("slow down")
            .request_id("req_1")
            .into()
    };
    let result: Result<u32, Failure> = call!(fixed(), "test::chat", async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if counter.count() == 1 {
            Err(failure())
        } else {
            Ok(1)
        }
    })
    .await;
    result.unwrap();
    assert_eq!(
        recorder.messages(),
        ["attempt failed", "retrying", "recovered"]
    );
    let [failed, retrying, recovered] = &recorder.events()[..] else {
        panic!()
    };
    assert_eq!(
        (failed.level, retrying.level, recovered.level),
        (Level::DEBUG, Level::WARN, Level::INFO)
    );
    for event in [failed, retrying] {
        assert_eq!(event.field("attempt"), "1");
        assert_eq!(event.field("attempts"), "3");
        assert_eq!(event.field("error.type"), "rate_limited");
        assert_eq!(event.field("http.response.status_code"), "429");
        assert_eq!(event.field("error.code"), "rate_limit_exceeded");
        assert_eq!(event.field("error.message"), "slow down");
        assert_eq!(event.field("request.id"), "req_1");
        assert_eq!(event.field("elapsed"), "1s");
    }
    assert_eq!(
        (retrying.field("delay"), retrying.field("delay.source")),
        ("5s", "retry-after")
    );
    assert_eq!(
        (recovered.field("attempt"), recovered.field("elapsed")),
        ("2", "7s")
    );
    let spans = recorder.spans();
    let [span] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(
        (&*span["span"], &*span["otel.name"], &*span["level"]),
        ("resilient", "test::chat", "INFO")
    );
    assert!(recorder.events().iter().all(|event| event.span == *span));
}

#[tokio::test(start_paused = true)]
async fn giving_up_event_has_the_reason_and_the_advice() {
    for (failure, reason) in [
        (Failure::status(401), "not retryable"),
        (Failure::status(500), "attempts used up"),
    ] {
        let (recorder, _guard) = Recorder::start();
        let class = failure.class();
        let result: Result<(), Failure> = call!(fixed(), async { Err(failure.clone()) }).await;
        result.unwrap_err();
        let [end] = &recorder.of("giving up")[..] else {
            panic!("{:?}", recorder.messages())
        };
        assert_eq!(end.level, Level::ERROR);
        assert_eq!(
            (end.field("reason"), end.field("advice")),
            (reason, class.advice())
        );
        let attempts = recorder.of("attempt failed").len();
        assert_eq!(recorder.of("retrying").len(), attempts - 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_during_an_attempt_is_an_event() {
    let (recorder, _guard) = Recorder::start();
    let policy = fixed().deadline(Duration::from_secs(1));
    let result: Result<(), Failure> = call!(policy, async { std::future::pending().await }).await;
    assert_eq!(result.unwrap_err().class(), Class::Deadline);
    let [end] = &recorder.of("giving up")[..] else {
        panic!("{:?}", recorder.messages())
    };
    assert_eq!(
        (end.field("reason"), end.field("error.type")),
        ("deadline", "deadline")
    );
}

#[tokio::test(start_paused = true)]
async fn a_success_at_the_first_try_is_a_debug_event() {
    let (recorder, _guard) = Recorder::start();
    call!(fixed(), async { Ok::<(), Failure>(()) })
        .await
        .unwrap();
    let [event] = &recorder.events()[..] else {
        panic!()
    };
    assert_eq!((event.level, &*event.message), (Level::DEBUG, "succeeded"));
}
