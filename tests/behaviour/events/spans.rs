//! The span around a call: its name, level and fields.

use super::fixed;
use resilient_runtime::{Level, Policy, Upstream, call, resilient};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;

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
async fn the_level_of_a_built_call_is_that_of_its_span() {
    let (recorder, _guard) = Recorder::start();
    for policy in [
        Policy::new(),
        Policy::new().deadline(Duration::from_secs(1)),
    ] {
        let upstream = Upstream::new("api");
        let call = policy.call("built").level(Level::Trace).upstream(&upstream);
        let result: Result<(), Failure> = call.run(async || Ok(())).await;
        result.unwrap();
    }
    let result: Result<(), Failure> = Policy::new().call("plain").run(async || Ok(())).await;
    result.unwrap();
    let spans = recorder.spans();
    let levels: Vec<_> = spans
        .iter()
        .map(|span| (&*span["otel.name"], &*span["level"]))
        .collect();
    assert_eq!(
        levels,
        [("built", "TRACE"), ("built", "TRACE"), ("plain", "INFO")]
    );
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
        "behaviour::events::spans::plain"
    );
}

#[resilient(name = "three attempts", policy = fixed(), fields(gen_ai.request.model = %model))]
async fn three_attempts(model: &str, failures: &mut Vec<u16>) -> Result<(), Failure> {
    tracing::info!("sending");
    failures
        .pop()
        .map_or(Ok(()), |status| Err(Failure::status(status)))
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_a_span_in_that_of_its_call() {
    let (recorder, _guard) = Recorder::start();
    three_attempts("gpt", &mut vec![429, 503]).await.unwrap();
    tracing::info!("outside");
    assert_eq!(
        recorder.tree(),
        "\
gen_ai.request.model=gpt otel.name=three attempts span=resilient
  span=attempt
    sending
    error.type=overloaded
    http.response.status_code=503
    attempt failed
  retrying
  http.request.resend_count=1 span=attempt
    sending
    error.type=rate_limited
    http.response.status_code=429
    attempt failed
  retrying
  http.request.resend_count=2 span=attempt
    sending
  recovered
outside"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_attempt_ends_its_span_with_the_call() {
    let (recorder, _guard) = Recorder::start();
    let call = call!(fixed(), "dropped", async {
        std::future::pending::<Result<(), Failure>>().await
    });
    tokio::time::timeout(Duration::from_secs(1), call)
        .await
        .unwrap_err();
    tracing::info!("outside");
    assert_eq!(
        recorder.tree(),
        "\
otel.name=dropped span=resilient
  span=attempt
  cancelled
outside"
    );
}
