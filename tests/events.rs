//! What the log says.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_runtime::{
    Backoff, Breaker, Class, Classification, Jitter, Policy, ServerWait, Upstream, WaitOrigin,
    call, resilient,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::time::Duration;
use tracing::Level;

fn fixed() -> Policy {
    Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(Duration::from_secs(2)).jitter(Jitter::None))
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_and_its_wait_are_told_in_full() {
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
async fn giving_up_says_why_and_what_to_do() {
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
async fn a_deadline_in_the_middle_of_an_attempt_is_told() {
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

#[tokio::test(start_paused = true)]
async fn events_of_the_body_are_in_the_calls_span() {
    let (recorder, _guard) = Recorder::start();
    let call = call!(fixed(), "test::body", async {
        tracing::info!("from the body");
        tokio::task::yield_now().await;
        tracing::info!("from the body");
        Ok::<(), Failure>(())
    });
    call.await.unwrap();
    tracing::info!("outside");
    let inside = recorder.of("from the body");
    assert_eq!(inside.len(), 2);
    assert!(
        inside
            .iter()
            .all(|event| event.span["otel.name"] == "test::body")
    );
    assert!(
        recorder
            .of("outside")
            .iter()
            .all(|event| event.span.is_empty())
    );
}

#[resilient(name = "models/list", level = "debug", fields(model = %model.to_uppercase(), count = list.len(), raw = ?list))]
async fn named(model: &str, list: Vec<u32>, secret: &str) -> Result<usize, Failure> {
    Ok(list.len() + model.len() + secret.len())
}

#[tokio::test(start_paused = true)]
async fn name_level_and_fields_are_those_of_the_attribute() {
    let (recorder, _guard) = Recorder::start();
    named("gpt", vec![7, 8], "CANARY").await.unwrap();
    let spans = recorder.spans();
    let [span] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(
        (&*span["otel.name"], &*span["level"]),
        ("models/list", "DEBUG")
    );
    assert_eq!(
        (&*span["model"], &*span["count"], &*span["raw"]),
        ("GPT", "2", "[7, 8]")
    );
    assert!(!format!("{spans:?} {:?}", recorder.events()).contains("CANARY"));
}

#[tokio::test(start_paused = true)]
async fn a_functions_name_is_its_path() {
    #[resilient]
    async fn plain() -> Result<(), Failure> {
        Ok(())
    }
    let (recorder, _guard) = Recorder::start();
    plain().await.unwrap();
    assert_eq!(
        recorder.spans().first().unwrap()["otel.name"],
        "events::plain"
    );
}

#[tokio::test(start_paused = true)]
async fn a_circuits_changes_are_told_with_its_upstream_and_its_break() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("openai").breaker(Breaker::new().consecutive(1).probes(2));
    let once = Policy::new().attempts(1);
    let call = async |good: bool| -> Result<(), Failure> {
        call!(upstream = &upstream, policy = once, async {
            if good {
                Ok(())
            } else {
                Err(Failure::status(500))
            }
        })
        .await
    };
    call(false).await.unwrap_err();
    // Those that are refused tell of no change.
    call(true).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(5)).await;
    call(true).await.unwrap();
    call(false).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(10)).await;
    call(true).await.unwrap();
    call(true).await.unwrap();
    upstream.isolate();
    upstream.release();
    let changes: Vec<_> = recorder
        .events()
        .into_iter()
        .filter(|event| event.message.starts_with("circuit"))
        .map(|event| {
            assert_eq!(event.field("upstream"), "openai");
            let [from, to, pause] =
                ["from", "to", "pause"].map(|name| event.field(name).to_owned());
            (event.level, event.message, from, to, pause)
        })
        .collect();
    let expected = [
        (Level::WARN, "circuit opened", "closed", "open", "5s"),
        (Level::INFO, "circuit half-open", "open", "half_open", ""),
        (Level::WARN, "circuit opened", "half_open", "open", "10s"),
        (Level::INFO, "circuit half-open", "open", "half_open", ""),
        (Level::INFO, "circuit closed", "half_open", "closed", ""),
        (Level::WARN, "circuit opened", "closed", "isolated", ""),
        (Level::INFO, "circuit closed", "isolated", "closed", ""),
    ];
    let expected = expected.map(|(level, message, from, to, pause)| {
        (
            level,
            message.to_owned(),
            from.to_owned(),
            to.to_owned(),
            pause.to_owned(),
        )
    });
    assert_eq!(changes, expected);
}

/// Who is refused hears why, and for how long, once.
#[tokio::test(start_paused = true)]
async fn a_refused_call_is_told_with_its_class() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("limited").requests_per_minute(1);
    let call = async || -> Result<(), Failure> {
        let policy = Policy::new().deadline(Duration::from_secs(1));
        call!(upstream = &upstream, policy = policy, async { Ok(()) }).await
    };
    call().await.unwrap();
    call().await.unwrap_err();
    let [refused] = &recorder.of("giving up")[..] else {
        panic!("{:?}", recorder.messages())
    };
    assert_eq!(
        (refused.field("error.type"), refused.field("reason")),
        ("limited", "the client-side limits leave no room in time")
    );
}

/// Two callers, of which one is in the other's way.
#[tokio::test(start_paused = true)]
async fn a_deferred_retry_is_reported_when_it_waits_and_when_it_goes_or_gives_up() {
    let upstream = Upstream::new("deferred");
    let fails = async |attempts, status| {
        let policy = fixed().attempts(attempts);
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = policy, async {
            Err(Failure::status(status))
        })
        .await;
        result.unwrap_err();
    };
    // Empties the budget.
    fails(5, 503).await;
    let (recorder, _guard) = Recorder::start();
    let many = (0..20).map(|_| fails(2, 429));
    futures::future::join_all(many).await;
    let (deferred, released) = (
        recorder.of("deferring retry"),
        recorder.of("releasing retry"),
    );
    let gave_up: Vec<_> = recorder
        .of("giving up")
        .into_iter()
        .filter(|event| event.field("reason") == "the retry budget is spent")
        .collect();
    assert!(!released.is_empty() && !gave_up.is_empty());
    assert_eq!(deferred.len(), released.len() + gave_up.len());
    for event in deferred {
        assert_eq!(event.level, Level::WARN);
        assert_eq!(event.field("error.type"), "rate_limited");
        assert_eq!(event.field("http.response.status_code"), "429");
    }
    for event in released {
        assert_eq!(event.field("released.by"), "trial");
        assert!(event.field("waited").ends_with('s'));
    }
    for event in gave_up {
        assert_eq!(event.level, Level::ERROR);
    }
}
